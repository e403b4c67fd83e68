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

    That of z is the least, over the regions, of ``|z @ main @ axes[:, region] -
    places[region]|``.
    """

    main: NDArray[np.float32]  # (n_features, d), what is looked at
    axes: NDArray[np.float32]  # (d, n_regions, n_axes)
    places: NDArray[np.float32]  # (n_regions, n_axes)


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
    main = main_axes(features[fitted], n_regions)
    values = features @ main
    found = []
    for rows, held_out in folds:
        both = fit_region_forms(values[rows], codes[rows], n_regions)
        found.append([form.distances(values[held_out]) for form in both])
    held_codes = np.concatenate([codes[held_out] for _, held_out in folds])
    distances = [np.concatenate(parts) for parts in zip(*found, strict=True)]
    allowed = [_allowances(each, held_codes) for each in distances]
    squares = [
        np.square(each / most) for each, most in zip(distances, allowed, strict=True)
    ]
    nearest = np.sqrt(np.sum(squares, axis=0)).min(axis=1)
    unit = float(np.quantile(nearest, KNOWN_SHARE)) or 1.0
    forms = fit_region_forms(values[fitted], codes[fitted], n_regions)
    axes = _joint_axes(forms, allowed) / unit
    places = np.einsum("rd,rdq->rq", forms[0].centres, axes)
    arrays = main, np.moveaxis(axes, 0, 1), places
    return NoveltyReference(
        *(np.array(array, dtype=np.float32, order="C") for array in arrays)
    )


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


def _joint_axes(
    forms: Sequence[RegionForms], allowed: Sequence[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return axes (n_regions, d, d) of which squares are the sum of those of all."""
    precision = np.sum(
        [
            form.axes @ form.axes.transpose(0, 2, 1) / np.square(most)[:, None, None]
            for form, most in zip(forms, allowed, strict=True)
        ],
        axis=0,
    )
    variances, directions = np.linalg.eigh(precision)
    return np.asarray(directions * np.sqrt(np.maximum(variances, 0))[:, None, :])
