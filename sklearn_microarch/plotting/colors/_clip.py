"""The one rule by which factor maps are clipped, and the words that state it."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._numbers import check_number


def check_factors(factors: ArrayLike) -> NDArray:
    """Return factor maps as an array of shape (rows, columns, n_factors)."""
    maps = as_array("factors", factors)
    if maps.dtype.kind not in "buif":
        raise TypeError(f"factors has dtype {maps.dtype}; loadings are real numbers.")
    if maps.ndim != 3 or 0 in maps.shape:
        raise ValueError(
            f"factors has shape {maps.shape}; factor maps are 3-D (rows, columns, "
            "n_factors) and not empty. One map: factors[..., np.newaxis]."
        )
    return maps


def check_no_infinity(factors: NDArray) -> NDArray:
    """Return factor maps; ValueError where a loading is infinite, as NaN says none."""
    if factors.dtype.kind == "f" and np.isinf(factors).any():
        raise ValueError(
            f"factors holds {int(np.isinf(factors).sum())} infinite loadings; "
            "mark cells without a value as NaN."
        )
    return factors


def clip_limits(
    maps: Sequence[NDArray], *, percentile: float = 99.0, threshold: float = 0.0
) -> NDArray[np.float64]:
    """Return the loading at which each factor's colours end, on all slices alike.

    ``maps`` are of shape (rows, columns, n), one a slice. The limit is that percentile
    of a factor's loadings above the threshold, over the cells of all slices; NaN for a
    factor that is active nowhere.
    """
    if check_number("percentile", percentile, high=100) == 0:
        raise ValueError(f"percentile={percentile} must lie above 0.")
    threshold = check_number("threshold", threshold)
    limits = np.full(maps[0].shape[-1], np.nan)
    for index in range(len(limits)):
        each = [factors[..., index] for factors in maps]
        active = np.concatenate([loadings[loadings > threshold] for loadings in each])
        if active.size:
            limits[index] = np.percentile(active, percentile)
    return limits


def clip_caption(*, percentile: float, threshold: float, n_slices: int = 1) -> str:
    """Return the rule in words; of several slices, that they share it."""
    number = f"{percentile:g}"
    teens = re.search(r"1\d$", number) is not None
    ending = "th" if teens else {"1": "st", "2": "nd", "3": "rd"}.get(number[-1], "th")
    which = "positive loadings" if threshold == 0 else f"loadings above {threshold:g}"
    where = f"the {number}{ending} percentile of each factor's {which}"
    if n_slices == 1:
        return f"0 to {where}"
    return f"common scale: 0 to x = {where} over {n_slices} slices"


def factor_title(name: str) -> str:
    """Return a factor's name as a title: "factor07_VP" is "Factor 7: VP"."""
    parts = re.fullmatch(r"factor0*(\d+)(?:_(.+))?", name)
    if parts is None:
        return name
    number, region = parts.groups()
    return f"Factor {number}" if region is None else f"Factor {number}: {region}"
