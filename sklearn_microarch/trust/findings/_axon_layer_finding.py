"""The finding that axons and many cells lie together in two layers of the cortex."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.anatomy.laminar._shares_over_blocks import (
    ratios_over_blocks,
    sum_in_blocks,
)
from sklearn_microarch.trust.findings._finding import (
    PublishedFinding,
    judged,
    not_testable,
)
from sklearn_microarch.trust.findings._judged_cells import JudgedCells

_LAYERS = ("L4", "L6")
# Of a patch: what rounding leaves of means over patches is no axon.
_LEAST_SHARE = 1e-3


def axon_layer_finding(
    cells: JudgedCells,
    layers: NDArray[np.str_] | None,
    share: NDArray[np.float64] | None,
    rng: RandomState,
) -> PublishedFinding:
    """Judge whether L4 and L6 each hold more axons and more cells than other layers.

    ``share`` (n,) is that of axons in each patch; None: axons are where tissue is
    bright. No factor and no cluster is asked: it says what the slice itself shows.
    """
    statement = "axons and many cells lie together in L4 and L6"
    if layers is None or not (layers != "").any():
        return not_testable(statement, "no layers are annotated on this slice.")
    known = layers != ""
    axons = (cells.bright if share is None else share)[known]
    if share is not None and not (axons >= _LEAST_SHARE).any():
        return not_testable(statement, "axon_share says that these layers hold none.")
    group = sum((layers[known] == name) * at for at, name in enumerate(_LAYERS, 1))
    values = np.column_stack([cells.density[known], axons, np.ones(known.sum())])
    sums = sum_in_blocks(values, cells.blocks[known], np.asarray(group), 3)
    mean, low, high = ratios_over_blocks(
        sums[..., :2],
        sums[..., 2:],
        draw_share=cells.draw_share,
        n_resamples=1000,
        confidence_level=0.95,
        rng=rng,
    )
    if not np.isfinite([low, high]).all():
        return not_testable(
            statement, "too little of L4, L6 or other layers is mapped."
        )
    source = "bright tissue" if share is None else "axons"
    told = [f"{a:.0f} dark cells per mm2 and {b:.3f} {source}" for a, b in mean]
    return judged(
        statement,
        is_found=bool((low[1:] > high[0]).all()),
        number=f"L4 {told[1]}; L6 {told[2]}",
        baseline=f"other layers {told[0]}",
        rule="of both, L4 and L6 each have more than the other layers, intervals apart",
    )
