"""Slices with their regions, brought to one size, and the patches they offer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._check_patches import Images, check_images
from sklearn_microarch.sampling._pixel_size import (
    bring_to_one_pixel_size,
    patch_size_in_pixels,
)
from sklearn_microarch.sampling._slices import check_large_enough, check_slices
from sklearn_microarch.sampling.regions._balanced_sampling import check_annotated
from sklearn_microarch.sampling.regions._missing_regions import (
    warn_of_missing_regions,
)
from sklearn_microarch.sampling.regions._placed_codes import Names
from sklearn_microarch.sampling.regions._rim import Rim
from sklearn_microarch.sampling.regions._slice_regions import (
    Rois,
    SliceRegions,
    place_regions,
)
from sklearn_microarch.sampling.tissue._centres_on_grid import centres_on_grid
from sklearn_microarch.sampling.tissue._one_grey_level import (
    warn_of_one_grey_level,
)
from sklearn_microarch.sampling.tissue._training_tissue import (
    TrainingTissue,
    find_training_tissue,
)


class _CutsPatches(Protocol):
    patch_size: int | None
    patch_size_um: float | None
    pixel_size_um: float | None
    min_tissue: float
    tissue: str | ArrayLike | Callable[[SliceImage], NDArray] | None
    fill_holes: bool
    border: str
    unannotated_code: int


@dataclass(frozen=True, eq=False)
class AnnotatedSlices:
    """Slices of one pixel size, their regions, and how many pixels a patch is wide."""

    images: tuple[SliceImage, ...]
    regions: SliceRegions
    patch_size: int

    @property
    def specimens(self) -> list[str | None]:
        """Specimen of each slice."""
        return [image.specimen for image in self.images]


def annotate_slices(
    images: Images, rois: Rois, names: Names, sampler: _CutsPatches
) -> AnnotatedSlices:
    """Check slices and regions to train on, for a sampler that need not be fitted."""
    given = check_images(check_slices(images, pixel_size_um=sampler.pixel_size_um))
    slices, pixel_size = bring_to_one_pixel_size(given, sampler.pixel_size_um)
    size = patch_size_in_pixels(sampler, pixel_size)
    for image in slices:
        check_large_enough(image, size, sampler.border)
    regions = place_regions(
        rois, slices, names, unannotated_code=sampler.unannotated_code
    )
    check_annotated(regions)
    warn_of_one_grey_level(given)
    return AnnotatedSlices(slices, regions, size)


def tissue_of(
    annotated: AnnotatedSlices, sampler: _CutsPatches, *, is_quiet: bool
) -> TrainingTissue | None:
    """Find the tissue of annotated slices; None where all is."""
    return find_training_tissue(
        annotated.images,
        annotated.regions,
        sampler.tissue,
        holes_filled=sampler.fill_holes,
        is_quiet=is_quiet,
    )


def rim_of(tissue: TrainingTissue | None, sampler: _CutsPatches) -> Rim | None:
    """Return where patches show too little tissue; None where nothing is asked."""
    if tissue is None or sampler.min_tissue <= 0:
        return None
    return Rim(
        tissue.masks,
        min_tissue=sampler.min_tissue,
        border=sampler.border,
        exempt=tissue.off_tissue,
    )


def cut_annotated(
    annotated: AnnotatedSlices, sampler: _CutsPatches, step: int
) -> tuple[NDArray[np.int32], NDArray]:
    """Return centres (n, 3) every ``step`` pixels off the rim, and their labels."""
    tissue = tissue_of(annotated, sampler, is_quiet=False)
    rim = rim_of(tissue, sampler)
    regions, n_images = annotated.regions, len(annotated.images)
    parts = []
    for index in range(n_images):
        where = _where_to_cut(annotated, index, tissue, rim)
        parts.append(
            centres_on_grid(
                [where], step, annotated.patch_size, sampler.border, index=index
            )
        )
    positions = parts[0] if len(parts) == 1 else np.concatenate(parts)
    codes = regions.codes_at(positions)
    offers = np.array(
        [
            np.bincount(positions[codes == code, 0], minlength=n_images)
            for code in regions.codes
        ]
    )
    lacking = [
        code
        for code, total in zip(regions.codes, offers.sum(axis=1).tolist(), strict=True)
        if not total
    ]
    if lacking:
        raise ValueError(_say_what_is_lacking(annotated, lacking, rim, step))
    titles = [regions.title(code) for code in regions.codes]
    warn_of_missing_regions(offers, titles, annotated.specimens)
    return positions, regions.labels(codes)


def _where_to_cut(
    annotated: AnnotatedSlices,
    index: int,
    tissue: TrainingTissue | None,
    rim: Rim | None,
) -> NDArray[np.bool_]:
    """Return where (height, width) patches of a slice may be centred."""
    if tissue is None:
        return np.ones(annotated.images[index].shape, dtype=bool)
    where = (
        tissue.masks[index] if rim is None else rim.off_it(index, annotated.patch_size)
    )
    if tissue.off_tissue:
        codes = annotated.regions.placed[index].on_grid()
        where = where | np.isin(codes, tissue.off_tissue)
    return where


def _say_what_is_lacking(
    annotated: AnnotatedSlices, lacking: Sequence[int], rim: Rim | None, step: int
) -> str:
    """Return an error about regions without a row: what they have, and what helps."""
    regions, size = annotated.regions, annotated.patch_size
    measured = []
    for code in lacking:
        own = [placed.on_grid() == code for placed in regions.placed]
        text = (
            f"{regions.title(code)} has {sum(int(mask.sum()) for mask in own)} pixels"
        )
        if rim is not None:
            n_off = sum(
                int(rim.keep_off(mask, code, index, size).sum())
                for index, mask in enumerate(own)
            )
            text += f", {n_off} of them off the rim (min_tissue={rim.min_tissue:g})"
        measured.append(text)
    titles = [regions.title(code) for code in lacking]
    return (
        f"the regions {titles} offer no centre on the grid of stride={step} for a "
        f"patch of {size} pixels: {'; '.join(measured)}. Take a smaller stride, "
        "smaller patches or a smaller min_tissue, or leave the region out, as "
        "unannotated."
    )
