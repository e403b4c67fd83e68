"""One line of each plane of a mapped volume, on top of each other."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import CellGrid
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.volumes.isotropic._mapped_volume import MappedVolume

_KINDS = ("factors", "clusters", "region_probabilities", "novelty")
# What holds for all planes; patches lie within them.
_KEPT, _TOLD = ("model_fingerprint",), ("model", "versions")


@dataclass
class GatheredLines:
    """Lines along x (``axis`` 0) or y (1) through the maps of planes."""

    volume: MappedVolume
    axis: int
    # Where the line lies on a plane, in pixels from the centre of the first one.
    at: float
    lines: dict[str, dict[int, NDArray]] = field(default_factory=dict)

    def add(self, plane: int, maps: MicroarchMaps) -> None:
        """Read the line of a plane."""
        pixel = int(self.at + 0.5)
        part = [slice(None), slice(None)]
        part[self.axis] = slice(pixel, pixel + 1)
        pixels = maps.image.read(*part).squeeze(axis=self.axis - 2)
        self.lines.setdefault("pixels", {})[plane] = pixels
        n_cells = maps.grid.shape[self.axis]
        cell = round((self.at - maps.offset[self.axis]) / maps.cell_size)
        cell = min(max(cell, 0), n_cells - 1)
        for kind in _KINDS:
            values = getattr(maps, kind)
            if values is not None:
                line = values[cell] if self.axis == 0 else values[:, cell]
                self.lines.setdefault(kind, {})[plane] = np.asarray(line)

    def section(self, like: MicroarchMaps, name: str) -> MicroarchMaps:
        """Return the lines as maps, with z along the rows and the cells of ``like``."""
        nz, edge = self.volume.shape[0], self.volume.pixel_size_um
        spacing, size = self.volume.spacing_um, like.cell_size
        n_rows = max(1, round(nz * spacing / edge))
        first = min(size / 2 - 0.5, (n_rows - 1) / 2)
        pixels = self._stacked("pixels", self._planes(np.arange(n_rows)))
        image = SliceImage(
            # Channels come first.
            np.moveaxis(pixels, 0, -2),
            pixel_size_um=edge,
            name=name,
            specimen=like.image.specimen,
        )
        offset = (first, like.offset[1 - self.axis])
        n_cells = CellGrid(image.shape, size, offset).shape[0]
        planes = self._planes(first + size * np.arange(n_cells))
        values: dict[str, Any] = {
            kind: self._stacked(kind, planes) for kind in _KINDS if kind in self.lines
        }
        return MicroarchMaps(
            image,
            cell_size=size,
            offset=offset,
            factor_names=like.factor_names,
            region_names=like.region_names,
            about={key: like.about[key] for key in _KEPT if key in like.about},
            record={key: like.record[key] for key in _TOLD if key in like.record}
            | {"section": "xz" if self.axis == 0 else "yz"},
            **values,
        )

    def _planes(self, rows: NDArray) -> NDArray[np.intp]:
        """Return the plane that each row, in pixels, lies in."""
        um = (rows + 0.5) * self.volume.pixel_size_um
        planes = np.floor(um / self.volume.spacing_um + 1e-6).astype(np.intp)
        return planes.clip(0, self.volume.shape[0] - 1)

    def _stacked(self, kind: str, planes: NDArray[np.intp]) -> NDArray:
        known = self.lines[kind]
        one = next(iter(known.values()))
        fill: Any = np.nan if one.dtype.kind == "f" else 0
        nothing = np.full_like(one, -1 if kind == "clusters" else fill)
        return np.stack([known.get(plane, nothing) for plane in planes.tolist()])
