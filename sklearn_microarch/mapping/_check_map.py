"""What the values of a map must be to lie on a slice's grid of cells."""

from numpy.typing import NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._numbers import check_strings
from sklearn_microarch.images._cell_grid import CellGrid, check_cells
from sklearn_microarch.mapping.reading._stored_map import StoredMap

# Axes, kinds of dtype, and what they are in words.
_VALUES = {
    "factors": (3, "biuf", "real numbers"),
    "clusters": (2, "biufUS", "numbers or names"),
    "region_probabilities": (3, "biuf", "real numbers"),
    "predicted_regions": (2, "iu", "integers"),
    "novelty": (2, "biuf", "real numbers"),
}


def check_map(kind: str, values: object, grid: CellGrid) -> NDArray:
    """Return a map of some kind, (rows, columns) or (rows, columns, n_channels)."""
    # What lies on disk is read when it is needed.
    found = values if isinstance(values, StoredMap) else as_array(kind, values)  # type: ignore[arg-type]
    n_axes, dtypes, words = _VALUES[kind]
    if found.ndim != n_axes:
        axes = "(rows, columns, n_channels)" if n_axes == 3 else "(rows, columns)"
        raise ValueError(f"{kind} has shape {found.shape}; it must be {axes}.")
    if found.dtype.kind not in dtypes:
        raise TypeError(f"{kind} has dtype {found.dtype}; it must hold {words}.")
    return check_cells(found, grid, name=kind)  # type: ignore[arg-type]


def check_map_names(
    argument: str, names: object, values: NDArray | None, *, made_up: str
) -> list[str]:
    """Return one name per channel of a map; where none is given, ``made_up`` of each.

    ``made_up`` is a format that takes the channel's number. Without values, any names.
    """
    found = check_strings(argument, names)
    if values is None:
        return found
    if not found:
        return [made_up.format(number) for number in range(values.shape[2])]
    if len(found) != values.shape[2]:
        raise ValueError(
            f"{argument} has {len(found)} names, but the map has {values.shape[2]} "
            "channels; give one for each, or none."
        )
    return found
