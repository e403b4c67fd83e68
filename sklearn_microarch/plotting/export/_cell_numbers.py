"""Maps as tables: a line for each cell that has a value."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.plotting._layers import SliceLayer
from sklearn_microarch.plotting.export._numbers_mixin import Numbers


def cell_columns(layer: SliceLayer, mapped: NDArray[np.bool_]) -> Numbers:
    """Return where the mapped cells (rows, columns) lie: slice, pixel, micrometres."""
    section = layer.section
    rows, cols = np.nonzero(mapped)
    (first_row, first_col), size = section.grid.offset, section.grid.cell_size
    row_px, col_px = first_row + size * rows, first_col + size * cols
    unit = np.nan if section.pixel_size_um is None else section.pixel_size_um
    return {
        "slice": np.full(len(rows), layer.title),
        "row_px": row_px,
        "column_px": col_px,
        # To a nanometre: more digits are none of the slice.
        "y_um": np.round(row_px * unit, 3),
        "x_um": np.round(col_px * unit, 3),
    }


def loading_columns(layers: Sequence[SliceLayer], names: Sequence[str]) -> Numbers:
    """Return the loadings of each cell, a column for each factor."""
    tables = []
    for layer in layers:
        mapped = ~np.isnan(layer.values).all(axis=2)
        values = layer.values[mapped]
        # Two factors may bear one name.
        loadings = {
            name if list(names).count(name) == 1 else f"{name} [{at}]": values[:, at]
            for at, name in enumerate(names)
        }
        tables.append(cell_columns(layer, mapped) | loadings)
    return stack_columns(tables)


def stack_columns(tables: Sequence[Numbers]) -> Numbers:
    """Return tables of the same columns, one under the other."""
    return {
        name: np.concatenate([table[name] for table in tables]) for name in tables[0]
    }
