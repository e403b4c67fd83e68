"""What known tissue looks like, and how far from it is unknown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.features.novelty._held_out import Fold
from sklearn_microarch.features.novelty._main_axes import main_axes
from sklearn_microarch.features.novelty._region_forms import (
    RegionForms,
    fit_region_forms,
)

# Share of held-out rows of known tissue whose novelty is at most 1.
KNOWN_SHARE = 0.95


@dataclass(frozen=True, eq=False)
class NoveltyReference:
    """Regions in whitened features; the distance to the nearest is the novelty.

    With s = z @ seen - origin of features z, parted into its first d columns and the
    others, its square is the least, over the regions, of ``|s[:d] @ axes[:, region] -
    places[region]|^2 + weights[region] |s[d:] - rest[region]|^2``.
    """

    seen: NDArray[np.float32]  # (n_features, n_seen)
    origin: NDArray[np.float32]  # (n_seen,)
    axes: NDArray[np.float32]  # (d, n_regions, d)
    places: NDArray[np.float32]  # (n_regions, d)
    weights: NDArray[np.float32]  # (n_regions,)
    rest: NDArray[np.float32]  # (n_regions, n_seen - d)


def learn_reference(
    features: NDArray[np.floating],
    codes: NDArray[np.integer],
    fitted: NDArray[np.intp],
    folds: Sequence[Fold],
) -> NoveltyReference:
    """Return the reference of features (n, n_features) of regions, codes (n,) from 0.

    It is of the rows ``fitted``, some of every region. In each fold, some rows are held
    out from others, to find which distance known tissue has; at least one is.
    """
    n_regions = int(codes.max()) + 1
    main, rest = main_axes(features[fitted])
    found = []
    for rows, held_out in folds:
        forms = fit_region_forms(features[rows], codes[rows], n_regions, main, rest)
        found.append([form.distances(features[held_out]) for form in forms])
    held_codes = np.concatenate([codes[held_out] for _, held_out in folds])
    distances = [np.concatenate(parts) for parts in zip(*found, strict=True)]
    allowed = [_allowances(each, held_codes) for each in distances]
    squares = [
        np.square(each / most) for each, most in zip(distances, allowed, strict=True)
    ]
    nearest = np.sqrt(np.sum(squares, axis=0)).min(axis=1)
    unit = float(np.quantile(nearest, KNOWN_SHARE)) or 1.0
    forms = fit_region_forms(features[fitted], codes[fitted], n_regions, main, rest)
    return _as_reference(forms, main, [most * unit for most in allowed])


def _allowances(
    distances: NDArray[np.float64], codes: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return the distance (n_regions,) that is usual of rows to their own region.

    Half way, as a factor, from what is usual of all regions: one that was held out
    where it is of another kind would else take much for its own that it is not.
    """
    own = np.full(distances.shape[1], np.nan)
    for code in np.unique(codes):
        own[code] = np.quantile(distances[codes == code, code], KNOWN_SHARE)
    usual = np.nanmedian(own)
    # Nothing else is known of a region of which nothing was held out.
    found = np.sqrt(np.where(np.isnan(own), usual, own) * usual)
    return np.where(found > 0, found, usual or 1.0)


def _as_reference(
    forms: tuple[RegionForms, RegionForms, RegionForms],
    main: NDArray[np.float64],
    allowed: Sequence[NDArray[np.float64]],
) -> NoveltyReference:
    """Return forms, whose distances are divided by those ``allowed``, as a few arrays.

    The first two lie in the main directions, and are one sum of squares there.
    """
    centres, beyond = forms[0].centres, forms[2].axes[0]
    if not beyond.size:
        # An empty array has another hash once it was pickled.
        beyond = np.zeros((len(beyond), 1))
    precision = np.zeros((len(centres), main.shape[1], main.shape[1]))
    for form, most in zip(forms[:2], allowed[:2], strict=True):
        axes = main.T @ form.axes / most[:, None, None]
        precision += axes @ axes.transpose(0, 2, 1)
    variances, directions = np.linalg.eigh(precision)
    axes = directions * np.sqrt(np.maximum(variances, 0))[:, None, :]
    seen = np.concatenate([main, beyond], axis=1)
    # So that differences are small numbers.
    origin = (centres @ seen).mean(axis=0)
    at_main, at_rest = np.split(centres @ seen - origin, [main.shape[1]], axis=1)
    arrays = (
        seen,
        origin,
        np.moveaxis(axes, 0, 1),
        np.einsum("rd,rdq->rq", at_main, axes),
        1 / np.square(allowed[2]),
        at_rest,
    )
    return NoveltyReference(
        *(np.array(array, dtype=np.float32, order="C") for array in arrays)
    )
