"""The grid that outlines are laid on: a slice, or the outlines' own extent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.annotation._grid_places import image_frame
from sklearn_microarch.annotation._optional import optional
from sklearn_microarch.annotation.shapes._area_shape import AreaShape
from sklearn_microarch.exceptions import AnnotationWarning, ImageFileError
from sklearn_microarch.images._slice_image import SliceImage

_MOST_PIXELS_UNASKED = 2**27
# An annotation that fills no more of both edges is hardly meant for the slice.
_TINY = 0.34
_FAR_OUTSIDE = 1.5


@dataclass(frozen=True)
class Frame:
    """Where pixels of the picture that was drawn on lie on the grid of codes."""

    image: SliceImage | None = None
    # Pixels of the whole picture for one of the picture drawn on; None: not stated.
    scale: float | None = None
    # Of the picture drawn on, in micrometres, and where its first pixel's centre lies.
    edge: float | None = None
    offset_um: tuple[float, float] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the slice is not known to be a part of a larger picture."""
        return self.image is not None and image_frame(self.image)[1] == (0, 0)

    def _placing(self) -> tuple[float, NDArray[np.float64]]:
        """Return factor and shift (x, y) from drawn pixels to those of the grid."""
        if self.image is None:
            return self.scale or 1.0, np.zeros(2)
        downsample, crop = image_frame(self.image)
        full_edge = None
        if self.image.pixel_size_um is not None:
            full_edge = self.image.pixel_size_um / downsample
        scale = self.scale or 1.0
        if self.edge is not None and full_edge is not None:
            scale = self.edge / full_edge
        shift = -np.array(crop[::-1], dtype=float)
        if self.offset_um is not None and full_edge is not None:
            row, col = self.offset_um
            shift += np.array([col, row]) / full_edge + 0.5 - 0.5 * scale
        return scale / downsample, shift / downsample

    def place(self, areas: Sequence[AreaShape], where: str) -> list[AreaShape]:
        """Return areas in pixels of the grid; an error or a warning if they miss it."""
        shapely = optional("shapely", "Reading outlines")
        factor, shift = self._placing()
        placed = list(areas)
        if factor != 1 or shift.any():
            placed = [
                replace(
                    area,
                    polygon=shapely.transform(
                        area.polygon, lambda xy: xy * factor + shift
                    ),
                )
                for area in areas
            ]
        if self.image is not None:
            self._check(placed, where)
        return placed

    def _check(self, placed: Sequence[AreaShape], where: str) -> None:
        """Raise or warn where the extent of the areas does not suit the slice."""
        assert self.image is not None
        height, width = self.image.shape
        bounds = np.array([area.polygon.bounds for area in placed])
        x0, y0 = bounds[:, :2].min(axis=0)
        x1, y1 = bounds[:, 2:].max(axis=0)
        extent = (
            f"{where}: the outlines reach from row {y0:.0f} and column {x0:.0f} to row "
            f"{y1:.0f} and column {x1:.0f} of a slice of {height} x {width} pixels"
        )
        remedy = (
            "Outlines are read in pixels of the full-resolution picture. If they were "
            "drawn on a smaller or larger copy of it, pass scale=, pixels of the "
            "picture for one of the copy; if the slice is a part or a level of it, "
            "read it by read_image, or state its crop and downsample."
        )
        inside = (bounds[:, 0] < width) & (bounds[:, 2] > 0)
        inside &= (bounds[:, 1] < height) & (bounds[:, 3] > 0)
        if not inside.any():
            raise ImageFileError(f"{extent}, so that nothing lies on it. {remedy}")
        if not self.is_whole or self.scale is not None or self.edge is not None:
            return
        tiny = max(x1 / width, y1 / height) < _TINY
        if tiny or max(x1 / width, y1 / height) > _FAR_OUTSIDE:
            how = "a small corner" if tiny else "far more than"
            warn_user(f"{extent}: {how} of it. {remedy}", AnnotationWarning)

    def share_inside(self, area: AreaShape) -> float:
        """Return how much of a placed area lies on the slice, from 0 to 1."""
        if self.image is None:
            return 1.0
        height, width = self.image.shape
        x0, y0, x1, y1 = area.polygon.bounds
        if x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height:
            return 1.0
        if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
            return 0.0
        shapely = optional("shapely", "Reading outlines")
        try:
            kept = shapely.clip_by_rect(area.polygon, 0, 0, width, height).area
        except shapely.errors.GEOSException:
            # An outline too tangled to be mended.
            return 1.0
        return min(1.0, kept / area.polygon.area) if area.polygon.area else 1.0

    def shape_for(self, placed: Sequence[AreaShape], where: str) -> tuple[int, int]:
        """Return height and width of the grid."""
        if self.image is not None:
            return self.image.shape
        bounds = np.array([area.polygon.bounds for area in placed])
        width, height = (max(1, ceil(edge)) for edge in bounds[:, 2:].max(axis=0))
        if height * width > _MOST_PIXELS_UNASKED:
            raise ImageFileError(
                f"{where}: the outlines reach to row {height} and column {width}, too "
                "far to make up a grid of pixels for them; pass the slice they were "
                "drawn on: like=image."
            )
        return height, width
