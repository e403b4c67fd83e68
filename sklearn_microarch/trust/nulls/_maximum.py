"""P values corrected for the number of maps, by the extreme of all of them."""

import numpy as np
from numpy.typing import NDArray


def corrected_p_values(
    observed: NDArray[np.float64], null: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return p values (k,) of statistics (k,), given those under chance (b, k).

    Each map is compared with its own null first, as a map's spread depends on its
    grain: its p value among all draws. In each draw, the smallest of all maps that are
    no better is what that of one map is compared with (Westfall and Young's min P,
    stepping down): a map that stands out costs the others nothing. Of many maps, many
    draws hold one that is the best of its own. So of equal p values that one counts as
    smaller which lies more of its map's deviations above the mean.
    """
    both = np.vstack([observed, null])
    p_values = own_ranks(both) - _height(both)
    order = np.argsort(p_values[0], kind="stable")
    # From the last, the smallest of each one and all after it.
    smallest = np.minimum.accumulate(p_values[:, order[::-1]], axis=1)[:, ::-1]
    counted = (smallest <= p_values[0, order]).mean(axis=0)
    corrected = np.empty(len(order))
    # No map is given a smaller one than a map that is better.
    corrected[order] = np.maximum.accumulate(counted)
    return corrected


def own_ranks(both: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return how many of its column (1 + b, k) are as good as each value, itself too.

    The observed is among its draws, so that none is as rare as no draw at all.
    """
    # A draw as good as the observed counts against it.
    order = np.sort(both, axis=0)
    return np.column_stack(
        [
            len(both) - np.searchsorted(one, own, side="left")
            for one, own in zip(order.T, both.T, strict=True)
        ]
    )


def _height(both: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far above the mean of its column a value (1 + b, k) is, below 1."""
    above = np.maximum(both - both.mean(axis=0), 0.0)
    spread = both.std(axis=0)
    return np.divide(above, above + spread, out=np.zeros(both.shape), where=spread > 0)
