"""Refuse a depth that lies in no layers, as of annotations that belong elsewhere."""

import numpy as np

from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.depth._more_than_depth import find_layers

# Of an atlas, names of the regions that come nearest are enough.
_MOST_NAMES = 8


def check_layers(cells: TissueCells) -> None:
    """Raise ValueError where depth is known, and in most cells of no two regions."""
    if cells.depth is None or find_layers(cells).any():
        return
    kept, n_regions = cells.annotated, len(cells.regions)
    codes, known = cells.codes[kept], np.isfinite(cells.depths[kept])
    counts = np.bincount(codes, minlength=n_regions)
    shares = np.bincount(codes[known], minlength=n_regions) / np.maximum(counts, 1)
    order = np.argsort(-shares, kind="stable")
    named = [f"{cells.regions[at]} {100 * shares[at]:.0f} %" for at in order.tolist()]
    more = "" if n_regions <= _MOST_NAMES else f", and {n_regions - _MOST_NAMES} others"
    raise ValueError(
        "depth is given, but no two regions of rois are layers, of which most cells "
        f"have a depth: {', '.join(named[:_MOST_NAMES])}{more}. Give rois in which "
        "layers are annotated, and that lie on the same slice as depth, or depth=None."
    )
