"""Withhold each region in turn, to see whether a model knows what it never saw."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import (
    annotated_rows,
    check_roi_labels,
    place_labels,
)
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import Separation, separation_of, shares_pixels
from sklearn_microarch.spatial._check_arguments import check_labels_of, check_patches

WithheldRegion = tuple[int | str, NDArray[np.intp], NDArray[np.intp]]


def leave_one_region_out(
    patches: Patches,
    y: ArrayLike,
    *,
    regions: ArrayLike | None = None,
    unannotated: int | str | None = None,
    buffer: int = 0,
    buffer_um: float | None = None,
    z_um: ArrayLike | None = None,
) -> Iterator[WithheldRegion]:
    """Return the rows to train on when each region in turn is withheld.

    A network trained on the others should call the withheld region unknown, which
    `novelty_report` judges. So that it has seen nothing of that region under any
    label, all patches are left out that share a pixel with one of the region's:
    those of its neighbours, and unannotated ones, from which terms of the training
    that need no labels would learn.

    Parameters
    ----------
    patches : Patches
        All patches that may be trained on.
    y : array-like of shape (n,)
        Region of each patch, integers or strings.
    regions : array-like of shape (m,) or None, default=None
        Regions to withhold, one after the other. None: all of ``y``, sorted.
    unannotated : int, str or None, default=None
        Label of rows without a region: never withheld as one, and among the training
        rows where they are far enough.
    buffer : int, default=0, unit: pixels
        Pixels between a withheld patch and a training patch, beyond sharing none.
    buffer_um : float or None, default=None, unit: micrometres
        The same as a length, in place of ``buffer``.
    z_um : array-like of shape (n_images,), default=None, unit: micrometres
        Height of each image of ``patches.images`` in its specimen. None: unknown, so
        that all slices of one specimen count as near.

    Returns
    -------
    withheld : iterator of (region, train, withheld)
        The region; rows to train on, and rows of that region, both in order.

    Raises
    ------
    TypeError
        If ``patches`` are no `Patches`, labels mix types, or a length is no number.
    ValueError
        If ``regions`` is empty or names one that ``y`` lacks, if without a region
        another has no row left or fewer than two have, or if a length in micrometres
        is given and the pixel size is unknown. All are said before the first region.
    PixelSizeMismatchError
        If the slices differ in pixel size.

    See Also
    --------
    sklearn_microarch.metrics.novelty_report : How well the region is told as unknown.
    SpatialBlockKFold : Folds that let nothing through.

    References
    ----------
    .. [1] W. J. Scheirer, A. de Rezende Rocha, A. Sapkota and T. E. Boult, "Toward
       open set recognition", IEEE Transactions on Pattern Analysis and Machine
       Intelligence 35(7), 2013. :doi:`10.1109/TPAMI.2012.256`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches
    >>> from sklearn_microarch.model_selection import leave_one_region_out
    >>> centres = [[20, col] for col in range(10, 110, 10)]
    >>> patches = Patches(np.zeros((40, 120)), centres, 16)
    >>> y = ["CTX"] * 3 + ["VP"] * 4 + ["ZI"] * 3
    >>> for region, train, withheld in leave_one_region_out(patches, y):
    ...     print(region, train.tolist(), withheld.tolist())
    CTX [4, 5, 6, 7, 8, 9] [0, 1, 2]
    VP [0, 1, 8, 9] [3, 4, 5, 6]
    ZI [0, 1, 2, 3, 4, 5] [7, 8, 9]
    """
    check_patches("patches", patches, "leave_one_region_out")
    labels = check_labels_of(patches, y, name="y")
    annotated = annotated_rows(labels, unannotated)
    known = np.unique(labels[annotated])
    wanted = known if regions is None else _regions_of(regions, known)
    separation = separation_of(patches, buffer=buffer, buffer_um=buffer_um, z_um=z_um)
    found = []
    for region in wanted.tolist():
        train, withheld = _withhold(patches, labels == region, separation)
        _check_what_is_left(region, known, labels[train], annotated[train])
        found.append((region, train, withheld))
    return iter(found)


def _regions_of(regions: ArrayLike, known: NDArray) -> NDArray:
    """Return the regions asked for, each of which must be known."""
    wanted = check_roi_labels(regions, name="regions", what="regions")
    at = place_labels(wanted, known, name="regions")
    if not len(wanted) or (at == len(known)).any():
        raise ValueError(
            f"regions={wanted.tolist()} must name at least one region to withhold, all "
            f"of them in y, which holds {known.tolist()}."
        )
    return wanted


def _withhold(
    patches: Patches, here: NDArray[np.bool_], separation: Separation
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows that are separate from some rows (n,), and those rows."""
    near = shares_pixels(patches, patches.take(here), separation=separation)
    return np.flatnonzero(~here & ~near), np.flatnonzero(here)


def _check_what_is_left(
    region: int | str, known: NDArray, labels: NDArray, annotated: NDArray[np.bool_]
) -> None:
    """Raise where the rows left (m,) do not hold all other regions, at least two."""
    left = np.unique(labels[annotated])
    lost = [other for other in known.tolist() if other != region and other not in left]
    if lost:
        raise ValueError(
            f"y: without region {region!r} and all patches that are not separate from "
            f"its own, no row of {lost} is left to train on. Merge these regions, "
            "use smaller patches or a smaller buffer, or leave that region out of "
            "`regions`."
        )
    if len(left) < 2:
        raise ValueError(
            f"y holds the regions {known.tolist()}; without {region!r} fewer than two "
            "are left to tell apart. Annotate at least three."
        )
