"""How well factors mark regions, with an interval over blocks of tissue."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.model_selection.settings._folds import BlockedRows


def resampled_localization(
    marks: NDArray[np.bool_],  # (n_settings, n, n_regions)
    codes: NDArray[np.int64],  # (n,)
    tissue: BlockedRows,
    n_resamples: int,
    rng: RandomState,
) -> NDArray[np.float64]:
    """Return the localization score (1 + n_resamples, n_settings), the estimate first.

    As `factor_localization_score` has it, of all folds together; all settings are
    resampled together.
    """
    n_settings, _, n_regions = marks.shape
    known = codes >= 0
    inside = codes[:, np.newaxis] == np.arange(n_regions)
    on = marks & known[:, np.newaxis]
    counted = [known[:, np.newaxis], inside]
    counted += [part for one in on for part in (one, one & inside)]
    values = np.concatenate(counted, axis=1).astype(np.float64)
    sums = tissue.resample(values, n_resamples, rng)
    total, in_region = sums[:, :1], sums[:, 1 : 1 + n_regions]
    marked = sums[:, 1 + n_regions :].reshape(len(sums), n_settings, 2, n_regions)
    scores = [
        _corrected(active / total, both / total, in_region / total)
        for active, both in np.moveaxis(marked, 0, 2)
    ]
    return np.stack(scores, axis=1)


def _corrected(
    active: NDArray[np.float64], both: NDArray[np.float64], inside: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean over regions of overlap over union, less that by chance.

    Of shares (n, n_regions) of the annotated rows. A region that no drawn block holds
    is left out.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        overlap = both / (active + inside - both)
        chance = active * inside / (active + inside - active * inside)
        score = np.where(inside > 0, (overlap - chance) / (1 - chance), np.nan)
    found: NDArray[np.float64] = np.nanmean(score, axis=1)
    return found
