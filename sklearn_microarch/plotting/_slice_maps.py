"""What a display asks of the maps it is given: names of attributes, no more."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from numpy.typing import NDArray

from sklearn_microarch.images import SliceImage
from sklearn_microarch.plotting.panels._grid import MapGrid


class SliceMaps(Protocol):
    """The maps of one slice, as `sklearn_microarch.map_slice` returns them."""

    @property
    def image(self) -> SliceImage:
        """The slice."""

    @property
    def stride(self) -> int:
        """Distance between cells, in pixels."""

    @property
    def clusters(self) -> NDArray | None:
        """Cluster of each cell, of shape (height, width), -1 where none."""

    @property
    def factors(self) -> NDArray | None:
        """Loadings, of shape (height, width, n_factors), NaN where none."""

    @property
    def factor_names(self) -> Sequence[str]:
        """One name per factor."""

    @property
    def region_probabilities(self) -> NDArray | None:
        """Of shape (height, width, n_regions), NaN where none."""

    @property
    def region_names(self) -> Sequence[str]:
        """One name per region."""


def present(values: NDArray | None, name: str) -> NDArray:
    """Return ``maps.<name>``, or say that these maps lack it.

    Raises
    ------
    ValueError
        If it is None.
    """
    if values is None:
        raise ValueError(
            f"maps.{name} is None: the pipeline that made these maps has no step "
            "that gives it."
        )
    return values


def check_names(
    names: Sequence[str] | None, n_names: int, *, prefix: str, argument: str
) -> list[str]:
    """Return one name per category, made up where none are given.

    Parameters
    ----------
    names : sequence of str or None
        None: ``prefix`` followed by 0, 1, 2, and so on.
    n_names : int
        How many are needed.
    prefix : str
        Start of a made-up name.
    argument : str
        Argument named in the message.

    Returns
    -------
    names : list of str

    Raises
    ------
    ValueError
        If their number differs.
    """
    if names is None:
        return [f"{prefix}{index}" for index in range(n_names)]
    if len(names) != n_names:
        raise ValueError(
            f"{argument} has {len(names)} entries, {list(names)}, but the map needs "
            f"{n_names}."
        )
    return [str(name) for name in names]


def find_columns(
    wanted: Iterable[int | str], names: Sequence[str], *, argument: str
) -> list[int]:
    """Return the columns that numbers or names stand for.

    Parameters
    ----------
    wanted : iterable of int or str
        Columns, counted from 0, or names.
    names : sequence of str
        The name of each column.
    argument : str
        Argument named in the message.

    Returns
    -------
    columns : list of int

    Raises
    ------
    ValueError
        If there is no such column; the message lists the names.

    Examples
    --------
    >>> find_columns(["axons", 0], ["cells", "axons"], argument="factors")
    [1, 0]
    """
    columns = []
    for item in wanted:
        if isinstance(item, str) and item in names:
            columns.append(list(names).index(item))
        elif not isinstance(item, str) and 0 <= item < len(names):
            columns.append(int(item))
        else:
            raise ValueError(
                f"{argument} asks for {item!r}, which is neither a column from 0 to "
                f"{len(names) - 1} nor one of the names {list(names)}."
            )
    return columns


def chosen_factors(
    maps: SliceMaps, wanted: Iterable[int | str] | None
) -> tuple[NDArray, list[str]]:
    """Return some of the factor maps of a slice, and their names.

    Parameters
    ----------
    maps : SliceMaps
        The maps of one slice.
    wanted : iterable of int or str, or None
        Columns or names. None: all.

    Returns
    -------
    loadings : ndarray of shape (rows, columns, n_wanted)
        One entry per cell.
    names : list of str

    Raises
    ------
    ValueError
        If the maps hold no factors, or not the ones asked for.
    """
    # Thinned first: choosing columns copies, and a pixel-wise map may be large.
    grid = MapGrid(maps.image.shape, maps.stride)
    loadings = grid.cells(present(maps.factors, "factors"), name="maps.factors")
    names = list(maps.factor_names)
    if wanted is None:
        return loadings, names
    columns = find_columns(wanted, names, argument="factors")
    return loadings[..., columns], [names[column] for column in columns]
