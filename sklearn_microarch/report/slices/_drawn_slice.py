"""A slice with its layers, as much of it as a page can carry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sklearn_microarch.report.slices._layers import MapLayer, slice_layers
from sklearn_microarch.report.slices._outlines import outline_paths
from sklearn_microarch.report.slices._palette import Palette
from sklearn_microarch.report.slices._slice_view import SliceView
from sklearn_microarch.report.slices._still_picture import (
    Ground,
    Still,
    make_ground,
    paint,
)
from sklearn_microarch.report.slices._viewer_data import slice_json

# Of what the script is given; stills and patches take the rest of 15 MB.
MOST_BYTES = 8_000_000
# Pixels of still pictures: sharp over the width of a printed page, and over half of it;
# and of all factors together.
_LARGE, _SMALL, _FACTORS = 600_000, 300_000, 3_000_000


@dataclass(frozen=True, eq=False)
class DrawnSlice:
    """A slice, what lies over it, and the same for the script of the page."""

    view: SliceView
    layers: list[MapLayer]
    # A path around each annotated region.
    outlines: list[str]
    json: str

    @property
    def n_bytes(self) -> int:
        """What the slice takes of the page, without still pictures."""
        return len(self.json)

    def of_kind(self, *kinds: str) -> list[MapLayer]:
        """Return the layers of some kinds, from the bottom up."""
        return [layer for layer in self.layers if layer.kind in kinds]

    def still(
        self,
        layers: Sequence[MapLayer],
        what: str,
        *,
        outlined: bool = False,
        small: bool = False,
    ) -> Still:
        """Return a picture of some layers; ``what`` they show is said in words."""
        return paint(
            self.view,
            self._small_ground if small else self._large_ground,
            layers,
            alt=f"{what} over {self.view.title}",
            outlines=self.outlines if outlined else (),
        )

    @cached_property
    def _large_ground(self) -> Ground:
        return make_ground(self.view.backdrop, _LARGE)

    @cached_property
    def _small_ground(self) -> Ground:
        n_factors = max(1, len(self.of_kind("factor")))
        return make_ground(self.view.backdrop, min(_SMALL, _FACTORS // n_factors))


def draw_slice(
    view: SliceView,
    palette: Palette,
    limits: Mapping[str, float],
    *,
    most_bytes: int = MOST_BYTES,
) -> DrawnSlice:
    """Return a slice with its layers, of fewer cells where all are too much."""
    outlines: list[str] = []
    if view.annotation is not None:
        outlines = outline_paths(view.annotation, n_regions=len(view.annotated_names))
    while True:
        layers = slice_layers(view, palette, limits)
        text = slice_json(view, layers, outlines)
        if len(text) <= most_bytes or max(view.grid.shape) < 2:
            return DrawnSlice(view, layers, outlines, text)
        view = view.thinner()
