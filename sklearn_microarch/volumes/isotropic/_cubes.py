"""A grid of cubes laid over a mapped volume, and how much of each cell it covers."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sklearn_microarch.images._cell_grid import CellGrid


@dataclass(frozen=True)
class Cubes:
    """Cubes from the outer corner of a volume on, none of them empty by its place."""

    # Along z, y and x.
    shape: tuple[int, int, int]
    edge_um: float
    # Of planes and pixels that are mapped.
    spacing_um: float
    pixel_size_um: float

    @property
    def origin_um(self) -> tuple[float, float, float]:
        """Centre of the first cube, counted from that of the volume's first pixel."""
        z = (self.edge_um - self.spacing_um) / 2
        across = (self.edge_um - self.pixel_size_um) / 2
        return z, across, across

    def along_z(self, n_planes: int) -> csr_array:
        """Return the overlap (nz, n_planes), in um, of cubes and planes."""
        return _overlap(n_planes, 0.0, self.spacing_um, self.shape[0], self.edge_um)

    def across(self, grid: CellGrid) -> tuple[csr_array, csr_array]:
        """Return the overlap, in um, of cubes and cells: (ny, rows) and (nx, cols)."""
        size = grid.cell_size * self.pixel_size_um
        rows, cols = (
            # Offsets are of centres, counted from that of the first pixel.
            _overlap(
                n_cells,
                (first + 0.5) * self.pixel_size_um - size / 2,
                size,
                n_cubes,
                self.edge_um,
            )
            for n_cells, first, n_cubes in zip(
                grid.shape, grid.offset, self.shape[1:], strict=True
            )
        )
        return rows, cols


def lay_cubes(
    shape: tuple[int, int, int],
    *,
    spacing_um: float,
    pixel_size_um: float,
    edge_um: float,
) -> Cubes:
    """Return cubes that cover planes of a ``shape`` (n_planes, height, width)."""
    lengths = (
        shape[0] * spacing_um,
        shape[1] * pixel_size_um,
        shape[2] * pixel_size_um,
    )
    # A length that is a multiple but for rounding needs no further cube.
    nz, ny, nx = (max(1, ceil(length / edge_um - 1e-6)) for length in lengths)
    return Cubes((nz, ny, nx), edge_um, spacing_um, pixel_size_um)


def _overlap(n: int, first: float, step: float, n_cubes: int, edge: float) -> csr_array:
    """Return how far cubes (n_cubes, n) reach over intervals that begin at first."""
    low, cube = first + step * np.arange(n), edge * np.arange(n_cubes)[:, None]
    reach = np.minimum(low + step, cube + edge) - np.maximum(low, cube)
    # Borders that coincide but for rounding share nothing.
    return csr_array(np.where(reach > 1e-9 * edge, reach, 0.0))


def spread(values: NDArray, rows: csr_array, cols: csr_array) -> NDArray[np.float64]:
    """Return the integral of values (height, width) over cubes, (ny, nx)."""
    found: NDArray[np.float64] = (rows @ values.astype(np.float64)) @ cols.T
    return found
