"""Name annotated regions that are no tissue, before anything is trained on them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import TissueWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._lay_out import check_plane
from sklearn_microarch.sampling.tissue._dark_tissue import warn_of_dark_tissue
from sklearn_microarch.sampling.tissue._grey_histogram import grey_histogram
from sklearn_microarch.sampling.tissue._learn_tissue import (
    LEAST_SHARE,
    AnnotatedCentres,
    learn_tissue,
)
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey
from sklearn_microarch.sampling.tissue._tissue_mask import Tissue, tissue_mask


def warn_of_regions_off_tissue(
    images: Sequence[SliceImage],
    positions: NDArray[np.integer],
    labels: NDArray,
    tissue: Tissue,
    *,
    holes_filled: bool,
) -> None:
    """Warn of regions most of whose drawn centres (n, 3) lie where no tissue is."""
    shares = _shares_of_tissue(
        images, positions, labels, tissue, holes_filled=holes_filled
    )
    off = [f"{name} ({share:.0%})" for name, share in shares if share < LEAST_SHARE]
    if off:
        how = f"tissue={tissue!r}" if isinstance(tissue, str) else "tissue"
        warn_user(
            f"annotated regions that {how} does not take for tissue, with the share of "
            f"their centres that is: {', '.join(off)}. They would be trained on and "
            "left out of maps. Check the annotation's place; or say where tissue is, "
            "tissue=mask (True there), or tissue=None for everywhere.",
            TissueWarning,
        )


def _shares_of_tissue(
    images: Sequence[SliceImage],
    positions: NDArray[np.integer],
    labels: NDArray,
    tissue: Tissue,
    *,
    holes_filled: bool,
) -> list[tuple[object, float]]:
    """Return each region and the share of its centres that is tissue."""
    if tissue is None or callable(tissue):
        return []
    greys: list[SmoothedGrey | None] = [None] * len(images)
    threshold, rule = None, None
    if isinstance(tissue, str):
        known = [SmoothedGrey(image) for image in images]
        greys, centres = list(known), AnnotatedCentres(positions, labels)
        if tissue == "otsu":
            threshold = grey_histogram(known).otsu()
        elif tissue == "auto":
            rule = learn_tissue(known, centres)
        if tissue != "auto":
            warn_of_dark_tissue(tissue, known, centres)
    elif any(check_plane("tissue", tissue).shape != image.shape for image in images):
        # Meant for the slices to be mapped.
        return []
    on_tissue = np.zeros(len(positions), dtype=bool)
    for index, (image, grey) in enumerate(zip(images, greys, strict=True)):
        here = positions[:, 0] == index
        if here.any():
            mask = tissue_mask(
                image,
                tissue,
                threshold=threshold,
                rule=rule,
                grey=grey,
                holes_filled=holes_filled,
                quiet=True,
            )
            on_tissue[here] = mask[positions[here, 1], positions[here, 2]]
    return [
        (region, float(on_tissue[labels == region].mean()))
        for region in np.unique(labels).tolist()
    ]
