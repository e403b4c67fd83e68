"""One slice or several in a display: what lies over each, and its title."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.plotting._slice_maps import SliceMaps, chosen_factors, slices_of
from sklearn_microarch.plotting.panels._section import SliceGround, slice_title


@dataclass(frozen=True, eq=False)
class SliceLayer:
    """What a display draws over one slice."""

    section: SliceGround
    # Whatever the kind of display draws: loadings, codes of clusters, ...
    values: Any

    @property
    def title(self) -> str:
        """Specimen and name of the slice, "" where it has none."""
        return self.section.title


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
        joint._layers = [
            _titled(display._layers[0], one, number)
            for number, (display, one) in enumerate(
                zip(displays, slices_of(maps), strict=True), start=1
            )
        ]
        joint._is_list = True
    return joint


def _titled(layer: SliceLayer, maps: SliceMaps, number: int) -> SliceLayer:
    """Return a layer of several, whose slice is numbered where it has no name."""
    title = slice_title(maps.image, unnamed=f"slice {number}")
    return replace(layer, section=replace(layer.section, title=title))


def factor_display(
    kind: Callable[..., Display],
    maps: SliceMaps | Sequence[SliceMaps],
    factors: Iterable[int | str] | None,
    orientation: Mapping[str, str] | None,
) -> Display:
    """Return a display of some factors of one slice, or of several of one model."""
    displays, names = [], []
    for one in slices_of(maps):
        loadings, chosen = chosen_factors(one, factors)
        placed = {
            "background": one.image,
            "cell_size": one.cell_size,
            "offset": one.offset,
            "orientation": orientation,
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
