"""What a display asks of the maps it is given: names of attributes, no more."""

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Protocol, TypeGuard, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_strings, shown
from sklearn_microarch.images import SliceImage


@runtime_checkable
class SliceMaps(Protocol):
    """The maps of one slice, as `sklearn_microarch.map_slice` returns them."""

    @property
    def image(self) -> SliceImage:
        """The slice."""

    @property
    def cell_size(self) -> float:
        """Distance between cells, in pixels."""

    @property
    def offset(self) -> tuple[float, float]:
        """Row and column of the first cell, in pixels."""

    @property
    def clusters(self) -> NDArray | None:
        """Cluster of each cell, of shape (rows, columns), -1 where none."""

    @property
    def factors(self) -> NDArray | None:
        """Loadings, of shape (rows, columns, n_factors), NaN where none."""

    @property
    def factor_names(self) -> Sequence[str]:
        """One name per factor."""

    @property
    def region_probabilities(self) -> NDArray | None:
        """Of shape (rows, columns, n_regions), NaN where none."""

    @property
    def region_names(self) -> Sequence[str]:
        """One name per region."""


def check_maps(maps: object) -> None:
    """Raise where something is no maps of a slice."""
    if not isinstance(maps, SliceMaps):
        raise TypeError(
            f"maps is a {type(maps).__name__}; it must be what map_slice or open_maps "
            "returns, or a list of them."
        )


def slices_of(maps: SliceMaps | Sequence[SliceMaps]) -> list[SliceMaps]:
    """Return the maps of one slice or of several as a list."""
    if not isinstance(maps, list | tuple):
        check_maps(maps)
        return [maps]  # type: ignore[list-item]
    if not maps:
        raise ValueError("maps is empty; give the maps of at least one slice.")
    for one in maps:
        check_maps(one)
    return list(maps)


def present(values: NDArray | None, name: str) -> NDArray:
    """Return ``maps.<name>``, or raise ValueError where these maps lack it."""
    if values is None:
        raise ValueError(
            f"maps.{name} is None: the pipeline that made these maps has no step "
            "that gives it."
        )
    return values


def check_names(
    names: Sequence[str] | None, n_names: int, *, prefix: str, argument: str
) -> list[str]:
    """Return one name per category; None makes them up: ``prefix`` and a number."""
    if names is None:
        return [f"{prefix}{index}" for index in range(n_names)]
    found = check_strings(argument, names)
    if len(found) != n_names:
        raise ValueError(
            f"{argument} has {len(found)} entries, {shown(found)}, but the map needs "
            f"{n_names}."
        )
    return found


def find_columns(
    wanted: Iterable[int | str], names: Sequence[str], *, argument: str
) -> list[int]:
    """Return the columns that numbers, counted from 0, or names stand for."""
    if isinstance(wanted, str | bytes) or not isinstance(wanted, Iterable):
        raise TypeError(
            f"{argument}={shown(wanted)} must be a sequence of columns or names."
        )
    columns = []
    for item in wanted:
        if isinstance(item, str) and item in names:
            columns.append(list(names).index(item))
        elif _is_number(item) and 0 <= item < len(names):
            columns.append(int(item))
        else:
            raise ValueError(
                f"{argument} asks for {shown(item)}, which is neither a column from 0 "
                f"to {len(names) - 1} nor one of the names {list(names)}."
            )
    return columns


def _is_number(item: object) -> TypeGuard[int]:
    return isinstance(item, Integral) and not isinstance(item, bool)


def chosen_factors(
    maps: SliceMaps, wanted: Iterable[int | str] | None
) -> tuple[NDArray, list[str]]:
    """Return some of the factor maps (rows, columns, n_wanted), and their names."""
    check_maps(maps)
    loadings, names = present(maps.factors, "factors"), list(maps.factor_names)
    if wanted is None:
        return loadings, names
    columns = find_columns(wanted, names, argument="factors")
    if not columns:
        raise ValueError("factors is empty; ask for at least one.")
    # Of maps on disk, one channel is read at a time.
    chosen = np.stack([loadings[..., column] for column in columns], axis=-1)
    return chosen, [names[column] for column in columns]
