"""Which rows tell how far known tissue lies that a reference was not learned from."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import Separation, shares_pixels, spatial_strips

N_FOLDS = 3

# Rows to learn from, and rows held out.
Fold = tuple[NDArray[np.intp], NDArray[np.intp]]


def held_out_folds(
    X: Patches | NDArray, codes: NDArray[np.integer], *, seed: int
) -> list[Fold]:
    """Return rows (n,) to learn from and rows held out, of regions that keep some.

    Of `Patches`, a strip of every region is held out in turn, from rows that share no
    pixel with it; of plain arrays, which do not say where they lie, rows are drawn.
    Where no fold can hold out any, there is none.
    """
    folds = _strips(X, codes) if isinstance(X, Patches) else _draws(codes, seed)
    kept = [
        (rows, held_out[np.isin(codes[held_out], codes[rows])])
        for rows, held_out in folds
    ]
    return [fold for fold in kept if len(fold[1])]


def _strips(X: Patches, codes: NDArray[np.integer]) -> Iterator[Fold]:
    specimens = np.array([str(image.specimen or "") for image in X.images])
    near = Separation(0, specimens[:, None] == specimens)
    strips = spatial_strips(X, codes, N_FOLDS, separation=near)
    for strip in range(N_FOLDS):
        here = strips == strip
        seen = shares_pixels(X, X.take(here), separation=near)
        yield np.flatnonzero(~here & ~seen), np.flatnonzero(here)


def _draws(codes: NDArray[np.integer], seed: int) -> Iterator[Fold]:
    # Of fewer rows than folds, none is held out.
    many = np.bincount(codes)[codes] >= N_FOLDS
    drawn, few = np.flatnonzero(many), np.flatnonzero(~many)
    if not len(drawn):
        return
    draw = StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed)
    for rows, held_out in draw.split(drawn, codes[drawn]):
        yield np.concatenate([drawn[rows], few]), drawn[held_out]
