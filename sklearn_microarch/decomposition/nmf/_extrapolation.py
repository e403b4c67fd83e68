"""Steps beyond the last iterate, for a descent in fewer iterations."""

import numpy as np
from numpy.typing import NDArray

# The first weight of the last step, how it grows where it pays, and what it is divided
# by where it does not; how the largest weight recovers, up to a bound. With 1 for the
# bound, steps swing about a minimum for long before they come to rest.
_FIRST, _GROWTH, _CUT, _RECOVERY, _BOUND = 0.5, 1.05, 1.5, 1.01, 0.9


class Extrapolation:
    """Where to take the next iteration from: further along the last step.

    The weight of the step grows while the objective falls. Where it rose, the next
    iteration is plain and the weight smaller from then on.
    """

    # Ang and Gillis, "Accelerating nonnegative matrix factorization algorithms using
    # extrapolation", 2019, doi:10.1162/neco_a_01157.
    def __init__(self, start: NDArray[np.float64]) -> None:
        self._last = start
        self._weight, self._largest = _FIRST, _BOUND
        self.is_plain = True  # whether the next iteration is

    def beyond(self, H: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return non-negative components (n_components, n_features) to go on from."""
        step, self._last = H - self._last, H
        return H if self.is_plain else np.maximum(H + self._weight * step, 0.0)

    def learn(self, *, fell: bool, plain_next: bool) -> None:
        """Take in whether the objective fell; a last iteration has to be plain."""
        if fell:
            self._largest = min(_BOUND, _RECOVERY * self._largest)
            self._weight = min(self._largest, _GROWTH * self._weight)
        elif not self.is_plain:
            self._largest = self._weight
            self._weight /= _CUT
        self.is_plain = plain_next or not fell
