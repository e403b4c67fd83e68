"""Where annotated slices show tissue, found before any sampler is fitted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import TissueWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._lay_out import check_plane
from sklearn_microarch.sampling._resample import shape_as_given
from sklearn_microarch.sampling.regions._slice_regions import SliceRegions
from sklearn_microarch.sampling.tissue._dark_tissue import warn_of_dark_tissue
from sklearn_microarch.sampling.tissue._grey_histogram import grey_histogram
from sklearn_microarch.sampling.tissue._learn_tissue import (
    LEAST_SHARE,
    AnnotatedCentres,
    learn_tissue,
)
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey
from sklearn_microarch.sampling.tissue._tissue_mask import Tissue, tissue_mask

# Pixels of a region that are looked at, in each slice.
PIXELS_OF_A_REGION = 2000


@dataclass(frozen=True, eq=False)
class TrainingTissue:
    """Where annotated slices show tissue, and how much of each region does."""

    # (height, width) of each slice.
    masks: list[NDArray[np.bool_]]
    # Share of the region's pixels, by code.
    shares: dict[int, float]

    @property
    def off_tissue(self) -> list[int]:
        """Codes of the regions that are hardly tissue."""
        return [code for code, share in self.shares.items() if share < LEAST_SHARE]


def find_training_tissue(
    images: Sequence[SliceImage],
    regions: SliceRegions,
    tissue: Tissue,
    *,
    holes_filled: bool,
    is_quiet: bool,
) -> TrainingTissue | None:
    """Find the tissue of annotated slices as a sampler does that is fitted on them.

    Warns of regions that are none. None where everything is tissue, or where
    ``is_quiet`` and the mask given is of other slices, those to be mapped.
    """
    if tissue is None or (is_quiet and _is_of_other_slices(tissue, images)):
        return None
    centres = _annotated_pixels(regions)
    greys: list[SmoothedGrey | None] = [None] * len(images)
    threshold, rule = None, None
    if isinstance(tissue, str):
        known = [SmoothedGrey(image) for image in images]
        greys = list(known)
        if tissue == "otsu":
            threshold = grey_histogram(known).otsu()
        elif tissue == "auto":
            rule = learn_tissue(known, centres)
        if tissue != "auto":
            warn_of_dark_tissue(tissue, known, centres)
    masks = [
        tissue_mask(
            image,
            tissue,
            threshold=threshold,
            rule=rule,
            grey=grey,
            holes_filled=holes_filled,
            quiet=is_quiet,
        )
        for image, grey in zip(images, greys, strict=True)
    ]
    index, rows, cols = centres.positions.T
    on_tissue = np.zeros(len(index), dtype=bool)
    for number, mask in enumerate(masks):
        here = index == number
        on_tissue[here] = mask[rows[here], cols[here]]
    shares = {
        code: float(on_tissue[centres.labels == code].mean())
        for code in np.unique(centres.labels).tolist()
    }
    found = TrainingTissue(masks, shares)
    _warn_of_regions_off_tissue(found, regions, tissue)
    return found


def _is_of_other_slices(tissue: Tissue, images: Sequence[SliceImage]) -> bool:
    if isinstance(tissue, str) or callable(tissue):
        return False
    shape = check_plane("tissue", tissue).shape
    return any(shape not in (shape_as_given(one), one.shape) for one in images)


def _annotated_pixels(regions: SliceRegions) -> AnnotatedCentres:
    """Return pixels of each region, in even steps through each slice."""
    positions, labels = [], []
    for index, placed in enumerate(regions.placed):
        codes = placed.on_grid()
        for code in regions.codes:
            places = np.flatnonzero(codes == code)
            places = places[:: max(1, len(places) // PIXELS_OF_A_REGION)]
            rows, cols = np.divmod(places, codes.shape[1])
            positions.append(np.column_stack([np.full(len(rows), index), rows, cols]))
            labels.append(np.full(len(rows), code))
    return AnnotatedCentres(np.concatenate(positions), np.concatenate(labels))


def _warn_of_regions_off_tissue(
    found: TrainingTissue, regions: SliceRegions, tissue: Tissue
) -> None:
    off = [
        f"{regions.title(code)} ({found.shares[code]:.0%})" for code in found.off_tissue
    ]
    if off:
        how = f"tissue={tissue!r}" if isinstance(tissue, str) else "tissue"
        warn_user(
            f"annotated regions that {how} does not take for tissue, with the share of "
            f"their pixels that is: {', '.join(off)}. They would be trained on and "
            "left out of maps. Check the annotation's place; or say where tissue is, "
            "tissue=mask (True there), or tissue=None for everywhere.",
            TissueWarning,
        )
