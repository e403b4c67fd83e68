"""P values corrected for the number of maps, by the extreme of all of them."""

import numpy as np
from numpy.typing import NDArray


def corrected_p_values(
    observed: NDArray[np.float64], null: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return p values (k,) of statistics (k,), given those under chance (b, k).

    Each map is compared with its own null first, as a map's spread depends on its
    grain: its p value among all draws. The smallest of all maps in each draw is what
    that of one map is compared with (Westfall and Young's min P).
    """
    both = np.vstack([observed, null])
    # A draw as good as the observed counts against it.
    order = np.sort(both, axis=0)
    p_values = np.column_stack(
        [
            len(both) - np.searchsorted(one, own, side="left")
            for one, own in zip(order.T, both.T, strict=True)
        ]
    )
    smallest = p_values.min(axis=1)
    counted: NDArray[np.float64] = (smallest[:, None] <= p_values[0]).mean(axis=0)
    return counted
