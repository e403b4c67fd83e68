"""The one rule by which factor maps are clipped, and the words that state it."""

import re

import numpy as np
from numpy.typing import ArrayLike, NDArray


def check_factors(factors: ArrayLike) -> NDArray:
    """Return factor maps as an array of shape (rows, columns, n_factors).

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    ValueError
        If it is not 3-D or has an empty axis.
    """
    maps = np.asarray(factors)
    if maps.dtype.kind not in "buif":
        raise TypeError(f"factors has dtype {maps.dtype}; loadings are real numbers.")
    if maps.ndim != 3 or 0 in maps.shape:
        raise ValueError(
            f"factors has shape {maps.shape}; factor maps are 3-D (rows, columns, "
            "n_factors) and not empty. One map: factors[..., np.newaxis]."
        )
    return maps


def check_no_infinity(factors: NDArray) -> NDArray:
    """Return factor maps, unless a loading is infinite.

    Raises
    ------
    ValueError
        If one is; NaN is how a cell says that it has none.
    """
    if factors.dtype.kind == "f" and np.isinf(factors).any():
        raise ValueError(
            f"factors holds {int(np.isinf(factors).sum())} infinite loadings; "
            "mark cells without a value as NaN."
        )
    return factors


def clip_limits(
    factors: NDArray, *, percentile: float = 99.0, threshold: float = 0.0
) -> NDArray[np.float64]:
    """Return the loading at which each factor's colours end.

    Parameters
    ----------
    factors : ndarray of shape (rows, columns, n_factors)
        Loadings, NaN where none.
    percentile : float, default=99.0
        Percentile of a factor's active loadings, in (0, 100].
    threshold : float, default=0.0
        Loadings above it are active.

    Returns
    -------
    limits : ndarray of shape (n_factors,), in the unit of the loadings
        NaN for a factor that is active nowhere.

    Raises
    ------
    ValueError
        If ``percentile`` or ``threshold`` is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> loadings = np.stack([np.arange(101.0), np.zeros(101)], axis=-1)
    >>> clip_limits(loadings[np.newaxis], percentile=50).tolist()
    [50.5, nan]
    """
    if not 0 < percentile <= 100:
        raise ValueError(f"percentile={percentile!r} must be in (0, 100].")
    if not 0 <= threshold < np.inf:
        raise ValueError(f"threshold={threshold!r} must be 0 or more, and finite.")
    limits = np.full(factors.shape[-1], np.nan)
    for index in range(factors.shape[-1]):
        loadings = factors[..., index]
        active = loadings[loadings > threshold]
        if active.size:
            limits[index] = np.percentile(active, percentile)
    return limits


def clip_caption(*, percentile: float, threshold: float) -> str:
    """Return the rule in words.

    Examples
    --------
    >>> clip_caption(percentile=99, threshold=0)
    "0 to the 99th percentile of each factor's positive loadings"
    """
    number = f"{percentile:g}"
    teens = re.search(r"1\d$", number) is not None
    ending = "th" if teens else {"1": "st", "2": "nd", "3": "rd"}.get(number[-1], "th")
    which = "positive loadings" if threshold == 0 else f"loadings above {threshold:g}"
    return f"0 to the {number}{ending} percentile of each factor's {which}"


def factor_title(name: str) -> str:
    """Return a factor's name as a title.

    Examples
    --------
    >>> factor_title("factor07_VP"), factor_title("axons")
    ('Factor 7: VP', 'axons')
    """
    parts = re.fullmatch(r"factor0*(\d+)(?:_(.+))?", name)
    if parts is None:
        return name
    number, region = parts.groups()
    return f"Factor {number}" if region is None else f"Factor {number}: {region}"
