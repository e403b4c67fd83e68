"""The work of mapping one slice: from checked arguments to maps in their place."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike
from sklearn.pipeline import Pipeline

from sklearn_microarch._walk import PipelineSteps
from sklearn_microarch.drift._drift_check import ALARMS, DriftCheck, as_record
from sklearn_microarch.drift._slice_watch import SliceWatch, warn_of_drift
from sklearn_microarch.exceptions import PixelSizeMismatchError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images.lazy._block_cache import BlockCache
from sklearn_microarch.mapping._facts import facts_of
from sklearn_microarch.mapping._map_rows import map_rows
from sklearn_microarch.mapping._memory import (
    SOON_LOADED,
    bytes_per_row,
    memory_of_rows,
    memory_of_slice,
    rows_of_a_piece,
    spare_memory,
    stays_in_its_file,
)
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping._output import Output
from sklearn_microarch.mapping._provenance import describe_result, describe_task
from sklearn_microarch.mapping._steps import (
    factor_names,
    first_row,
    region_names,
)
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._cut_slice import cut_slice
from sklearn_microarch.sampling._resample import (
    ResampledSlice,
    bring_to_pixel_size,
    place_as_given,
    scale_of,
)
from sklearn_microarch.sampling.tissue._tissue_mask import check_mask

AS_IT_IS = "To map it as it is, pass allow_pixel_size_mismatch=True."


@dataclass(frozen=True)
class SliceRun:
    """One slice to be mapped with one fitted pipeline; see `map_slice`."""

    pipeline: Pipeline
    parts: PipelineSteps
    image: SliceImage
    mask: ArrayLike | None
    stride: int
    memory_limit: int
    any_pixel_size: bool
    check_drift: bool
    verbose: bool

    def map(self, output: Output) -> MicroarchMaps:
        """Return maps, made or found at the output, which is held."""
        placed = self._place()
        held = self._check_memory(placed, output)
        stays = stays_in_its_file(placed)
        # A lazy picture would be loaded anew by each copy of the image.
        placed = placed.replace(
            data=BlockCache(placed.data) if stays else placed.pixels
        )
        if self.mask is not None:
            check_mask(self.mask, placed, "mask")
        first = place_as_given(placed, 0.0)
        maps = MicroarchMaps(
            # In memory where it had to be loaded anyway.
            image=self.image if stays or isinstance(placed, ResampledSlice) else placed,
            cell_size=self.stride * scale_of(placed),
            offset=(first, first),
        )
        task = describe_task(self.pipeline, self.parts, maps, placed, mask=self.mask)
        found = output.find(task, with_drift=self.check_drift)
        if found is not None:
            self._warn(found.drift)
            return found.replace(image=maps.image)
        patches = cut_slice(
            self.parts.sampler,
            placed,
            mask=self.mask,
            stride=self.stride,
            any_pixel_size=self.any_pixel_size,
            remedy=AS_IT_IS,
        )
        return self._map_patches(output, maps, patches, task, held)

    def _map_patches(
        self,
        output: Output,
        maps: MicroarchMaps,
        patches: Patches,
        task: dict[str, Any],
        held: int,
    ) -> MicroarchMaps:
        # One row tells how many factors and regions there are, and their types.
        sample = first_row(self.parts.later, patches)
        maps = maps.replace(
            factor_names=factor_names(self.parts, sample.n_factors),
            region_names=region_names(self.parts),
        )
        watch = SliceWatch(
            self.parts,
            patches,
            self.stride,
            masked=self.mask is not None,
            on=self.check_drift,
        )
        each = self._bytes_per_row()
        held += output.memory(maps, sample) + watch.memory()
        held += memory_of_rows(len(patches))
        spare = spare_memory(self.memory_limit, held, each, output.remedy)
        output.check_space(maps, sample, len(patches))
        record = task | describe_result(self.parts, maps, rows=patches, sample=sample)
        with (
            output.ledger(task, n_rows=len(patches), watched=watch.step) as ledger,
            output.open(maps, sample, record) as sink,
        ):
            map_rows(
                self.parts.later,
                patches,
                sink,
                watch,
                ledger,
                stride=self.stride,
                max_rows=rows_of_a_piece(each),
                spare=spare,
                verbose=self.verbose,
            )
            drift = watch.check(self.image, is_as_it_is=self.any_pixel_size)
            record["drift"] = as_record(drift)
        watch.warn(self.image, drift)
        return sink.result().replace(drift=drift, about=facts_of(record), record=record)

    def _place(self) -> SliceImage:
        """Return the slice at the pixel size of the fit."""
        if self.any_pixel_size:
            return self.image
        try:
            return bring_to_pixel_size(self.image, self.parts.sampler.pixel_size_um_)
        except PixelSizeMismatchError as error:
            raise PixelSizeMismatchError(f"{error} {AS_IT_IS}") from error

    def _check_memory(self, placed: SliceImage, output: Output) -> int:
        """Return what a slice takes alone; of a large one, before it is loaded."""
        held = memory_of_slice(placed, self.parts.later, self.stride)
        if held > SOON_LOADED:
            spare_memory(self.memory_limit, held, self._bytes_per_row(), output.remedy)
        return held

    def _bytes_per_row(self) -> int:
        shape = self.parts.sampler.patch_shape_
        return bytes_per_row(shape, self.image.dtype, self.parts.later)

    def _warn(self, drift: DriftCheck | None) -> None:
        if drift is not None and drift.verdict in ALARMS:
            warn_of_drift(self.image, drift)
