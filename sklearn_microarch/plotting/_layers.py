"""One slice or several in a display: what lies over each, and its title."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.plotting._slice_maps import SliceMaps, chosen_factors, slices_of
from sklearn_microarch.plotting.panels._section import Section


@dataclass(frozen=True, eq=False)
class SliceLayer:
    """What a display draws over one slice."""

    section: Section
    # Whatever the kind of display draws: loadings, codes of clusters, ...
    values: Any
    # Specimen and name of the slice, where a list of slices is shown; else "".
    title: str = ""


class Layered(Protocol):
    """A display: it has one layer for each slice."""

    _layers: list[SliceLayer]
    # Whether it was made of a list of maps, however long.
    _is_list: bool


Display = TypeVar("Display", bound=Layered)


def join_displays(
    displays: Sequence[Display], maps: SliceMaps | Sequence[SliceMaps]
) -> Display:
    """Return one display of the slices of several, in the order of a list of maps."""
    joint = displays[0]
    if isinstance(maps, list | tuple):
        layers = [display._layers[0] for display in displays]
        joint._layers = [
            replace(layer, title=_title_of(one, number))
            for number, (layer, one) in enumerate(
                zip(layers, slices_of(maps), strict=True), start=1
            )
        ]
        joint._is_list = True
    return joint


def _title_of(maps: SliceMaps, number: int) -> str:
    name = maps.image.name or f"slice {number}"
    return f"{maps.image.specimen}: {name}" if maps.image.specimen else name


def factor_display(
    kind: Callable[..., Display],
    maps: SliceMaps | Sequence[SliceMaps],
    factors: Iterable[int | str] | None,
) -> Display:
    """Return a display of some factors of one slice, or of several of one model."""
    displays, names = [], []
    for one in slices_of(maps):
        loadings, chosen = chosen_factors(one, factors)
        placed = {
            "background": one.image,
            "cell_size": one.cell_size,
            "offset": one.offset,
        }
        displays.append(kind(loadings, factor_names=chosen, **placed))
        names.append(chosen)
    for number, found in enumerate(names):
        if found != names[0]:
            raise ValueError(
                f"maps[{number}] holds the factors {shown(found)}, but maps[0] holds "
                f"{shown(names[0])}; one scale is for the factors of one model: map "
                "all slices with the same pipeline."
            )
    return join_displays(displays, maps)
