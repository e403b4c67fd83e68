"""Which rows a network is trained on, and which judge it."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._even_shares import shares_of_slices
from sklearn_microarch.spatial import shares_pixels, strip_holdout

VALIDATION_SHARE = 0.15


def training_rows(
    X: Patches | NDArray,
    codes: NDArray[np.int64],
    *,
    max_per_class: int | None,
    spatial: bool,
    seed: int,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Choose training and validation rows of classes (n,), -1 for unannotated rows.

    Where there are more, ``max_per_class`` rows of a class are drawn, of patches
    evenly over specimens and slices. With ``spatial``, a strip of each region is set
    apart, where every region keeps half of its rows: no training patch shares a pixel
    with a validation patch, nor lies at its place in another slice of its specimen.
    """
    rng = np.random.default_rng(seed)
    rows = balanced_subset(codes, max_per_class, rng, X)
    if not spatial or not isinstance(X, Patches):
        return rows, np.empty(0, dtype=np.intp)
    train, valid = strip_holdout(X.take(rows), codes[rows], share=VALIDATION_SHARE)
    return rows[train], rows[valid]


def unannotated_rows(
    X: Patches | NDArray,
    codes: NDArray[np.int64],
    judged: Patches | None,
    *,
    n_most: int,
    seed: int,
) -> NDArray[np.intp]:
    """Choose rows without annotation, -1 in classes (n,), at most ``n_most``.

    Of patches, evenly over specimens and slices, and none that shares a pixel with the
    patches that judge the training.
    """
    free = codes < 0
    if judged is not None and len(judged) and isinstance(X, Patches):
        at = np.flatnonzero(free)
        free[at[shares_pixels(X.take(at), judged)]] = False
    rng = np.random.default_rng(seed)
    return balanced_subset(np.where(free, 0, -1), n_most, rng, X)


def balanced_subset(
    codes: NDArray[np.int64],
    max_per_class: int | None,
    rng: np.random.Generator,
    X: Patches | NDArray | None = None,
) -> NDArray[np.intp]:
    """Return annotated rows, at most ``max_per_class`` of each class, in order.

    Of patches, evenly over specimens and slices.
    """
    keep = codes >= 0
    if max_per_class is None:
        return np.flatnonzero(keep)
    for code in np.unique(codes[keep]):
        rows = np.flatnonzero(codes == code)
        if len(rows) <= max_per_class:
            continue
        parts, specimens = [rows], [None]
        if isinstance(X, Patches):
            index = X.positions[rows, 0]
            used = np.unique(index).tolist()
            parts = [rows[index == at] for at in used]
            specimens = [X.images[at].specimen for at in used]
        offers = [len(part) for part in parts]
        shares = shares_of_slices(max_per_class, offers, specimens)
        for part, share in zip(parts, shares.tolist(), strict=True):
            keep[rng.permutation(part)[share:]] = False
    return np.flatnonzero(keep)
