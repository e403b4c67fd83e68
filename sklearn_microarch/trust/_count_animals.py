"""In how many animals a map follows its region, and is found when they are left out."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.trust._against_chance import ChanceTest, against_chance
from sklearn_microarch.trust._judge_map import SAME
from sklearn_microarch.trust._limits import MOST_P
from sklearn_microarch.trust._tissue_cells import TissueCells


def count_animals(
    cells: TissueCells,
    values: NDArray[np.float64],
    chance: ChanceTest,
    left_out: NDArray[np.float64] | None,
    *,
    n_shifts: int,
    rng: RandomState,
) -> tuple[int, NDArray[np.int64]]:
    """Return how many animals there are, and in how many each map (k,) is seen.

    Seen: it follows its region there by itself, and a fit without that animal shows the
    same (``left_out``, (animals, k); None where that was not tried).
    """
    names = sorted(set(cells.animals))
    if len(names) == 1:
        return 1, (chance.p_value <= MOST_P).astype(np.int64)
    seen = np.zeros(values.shape[1], dtype=np.int64)
    for number, name in enumerate(names):
        own = [at for at, animal in enumerate(cells.animals) if animal == name]
        here = cells.of_slices(own)
        if not (here & cells.annotated).any():
            continue
        part = cells.take(here)
        for at in range(values.shape[1]):
            # One at a time: the question is whether this one repeats.
            test = against_chance(part, values[here, at : at + 1], n_shifts, rng)
            same = test.moved.region[0] == chance.moved.region[at]
            again = left_out is None or left_out[number, at] >= SAME
            seen[at] += bool(same and again and test.p_value[0] <= MOST_P)
    return len(names), seen
