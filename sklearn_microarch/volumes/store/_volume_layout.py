"""What an OME-Zarr image of a volume consists of, known before anything is mapped."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, prod
from pathlib import Path

from sklearn_microarch.images.ome_zarr._levels import COARSEST_EDGE
from sklearn_microarch.mapping.reading._open_maps import SLICE
from sklearn_microarch.mapping.sinks._stored_kinds import StoredKind

CHUNK = 512
Shape = tuple[int, ...]


@dataclass(frozen=True)
class VolumeLayout:
    """The images and labels of a volume's maps, and where they lie in space."""

    kinds: list[StoredKind]
    n_planes: int
    # Of the slices, in pixels, and of the maps, in cells.
    slice_shape: tuple[int, int]
    grid_shape: tuple[int, int]
    # Between cells, and of the first one: in pixels of the slice.
    cell_size: float
    offset: tuple[float, float]
    pixel_size_um: float | None
    spacing_um: float | None
    name: str

    def plane_shape(self, kind: StoredKind) -> tuple[int, int]:
        """Return the height and width of the finest level of a kind."""
        return self.slice_shape if kind.kind == SLICE else self.grid_shape

    def level_shapes(self, kind: StoredKind) -> list[tuple[int, int]]:
        """Return the height and width of each level, the finest first."""
        shapes = [self.plane_shape(kind)]
        while max(shapes[-1]) > COARSEST_EDGE:
            height, width = shapes[-1]
            shapes.append(((height + 1) // 2, (width + 1) // 2))
        return shapes

    def arrays(self) -> Iterator[tuple[StoredKind, int, Shape, Shape, Shape]]:
        """Yield kind, level, and shapes of the array, of a chunk and of a shard.

        A shard holds all of one plane: whoever maps a plane shares no file.
        """
        for kind in self.kinds:
            leading = () if kind.is_label else (len(kind.channels),)
            for level, (height, width) in enumerate(self.level_shapes(kind)):
                shape = (*leading, self.n_planes, height, width)
                edges = [min(CHUNK, length) for length in (height, width)]
                whole = [
                    ceil(length / edge) * edge
                    for length, edge in zip((height, width), edges, strict=True)
                ]
                chunk = (*(1,) * len(leading), 1, *edges)
                yield kind, level, shape, chunk, (*leading, 1, *whole)

    def bytes_per_plane(self) -> int:
        """Return what one plane's values take in memory, all levels, unpacked."""
        return sum(
            prod(shape) // self.n_planes * kind.dtype.itemsize
            for kind, _, shape, _, _ in self.arrays()
        )


def array_path(folder: Path, kind: StoredKind, level: int) -> Path:
    """Return where the array of a level lies."""
    return folder / kind.group / str(level)
