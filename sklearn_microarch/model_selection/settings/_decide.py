"""The rules by which measured curves become a recommendation, with its words."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.model_selection.settings._recommendation import MeasuredCurve

# Of ten factors, nine at least must be found again; so far must clusters agree.
ENOUGH_FACTORS, ENOUGH_AGREEMENT = 0.9, 0.8
USUAL_LAM = 1.0

Decision = tuple[float | None, str]


def decide_number(
    values: NDArray[np.int64],
    error: MeasuredCurve,
    again: MeasuredCurve,
    marks: MeasuredCurve | None,
    *,
    what: str,
    enough: float,
) -> Decision:
    """Choose a number of factors or clusters: the smallest that is as good and stable.

    Where none is both, the largest stable one; where none is stable, or the error still
    falls at the largest number, nothing.
    """
    stable = again.estimate >= enough
    good = error.as_good if marks is None else error.as_good & marks.as_good
    unlike = "found again in another half of the tissue"
    if not stable.any():
        return None, (
            f"at none of the numbers tried are the {what} {unlike}; annotate or map "
            "more tissue, or try fewer."
        )
    both = np.flatnonzero(good & stable)
    if not len(both):
        chosen = int(np.flatnonzero(stable)[-1])
        better = "would lower the held-out error further"
        if error.as_good[chosen]:
            better = "would mark the regions better"
        return int(
            values[chosen]
        ), f"other numbers {better}, but with them not all {what} are {unlike}."
    chosen = int(both[0])
    last = len(values) - 1
    if chosen == last and last and not good[:last].any():
        return None, (
            f"{values[last]} {what}, the most that were tried, do better on held-out "
            "tissue than fewer; try more."
        )
    reason = f"more {what} lower the held-out error by less than its interval"
    unstable = np.flatnonzero(~stable & (values > values[chosen]))
    if chosen == last:
        reason = f"fewer {what} do worse on held-out tissue or are not {unlike}"
    elif len(unstable) and not stable[unstable[0] :].any():
        limit = values[unstable[0] - 1]
        reason += f", and with more than {limit} not all {what} are {unlike}"
    return int(values[chosen]), f"{reason}."


def decide_lam(values: NDArray[np.float64], marks: MeasuredCurve) -> Decision:
    """Choose the price nearest to the usual one among those that do as well as any."""
    good = marks.as_good
    low, high = values[good][0], values[good][-1]
    hint = (
        "raise it if factors spill outside of their region, lower it if they fill only "
        "part of it."
    )
    if good.all() and len(values) > 1:
        return None, (
            f"factors mark the regions as well with any lambda from {low:g} to "
            f"{high:g}. Keep {USUAL_LAM:g}; {hint}"
        )
    chosen = values[good][np.abs(values[good] - USUAL_LAM).argmin()]
    where = f"with {low:g}" if low == high else f"from {low:g} to {high:g}"
    return float(chosen), (
        f"factors mark held-out regions best {where}, and this is nearest to "
        f"{USUAL_LAM:g}, which is usual; {hint}"
    )
