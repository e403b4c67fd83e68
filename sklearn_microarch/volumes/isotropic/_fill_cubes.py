"""Bring the planes of a mapped volume to cubes, one layer after the other."""

from collections.abc import Sequence
from pathlib import Path

from sklearn_microarch.images._cell_grid import CellGrid
from sklearn_microarch.mapping import MicroarchMaps, open_maps
from sklearn_microarch.volumes.isotropic._cube_store import CubeStore
from sklearn_microarch.volumes.isotropic._cubes import Cubes
from sklearn_microarch.volumes.isotropic._gathered import CubeLayer, Majority, Means
from sklearn_microarch.volumes.isotropic._kinds import SLICE, CubeKind, values_of


def fill_cubes(
    path: Path,
    mapped: Sequence[bool],
    cubes: Cubes,
    kinds: Sequence[CubeKind],
    store: CubeStore,
) -> list[int]:
    """Write all layers of cubes of the planes that are mapped; return empty layers."""
    thickness = cubes.along_z(len(mapped))
    last: tuple[int, MicroarchMaps] | None = None
    empty = []
    for layer in range(cubes.shape[0]):
        begin, end = thickness.indptr[layer], thickness.indptr[layer + 1]
        pairs = zip(
            thickness.indices[begin:end].tolist(),
            thickness.data[begin:end].tolist(),
            strict=True,
        )
        within = [(plane, thick) for plane, thick in pairs if mapped[plane]]
        if not within:
            empty.append(layer)
            continue
        gathered: dict[str, CubeLayer] = {}
        for plane, thick in within:
            if last is None or last[0] != plane:
                last = plane, open_maps(path, z=plane)
            _add(last[1], thick, cubes, kinds, gathered)
        for kind in kinds:
            store.write(kind, layer, gathered[kind.name].result())
    return empty


def _add(
    maps: MicroarchMaps,
    thickness: float,
    cubes: Cubes,
    kinds: Sequence[CubeKind],
    gathered: dict[str, CubeLayer],
) -> None:
    """Add a plane to what is gathered of each kind."""
    for kind in kinds:
        if kind.name not in gathered:
            pixels = CellGrid(maps.image.shape, 1.0, (0.0, 0.0))
            grid = pixels if kind.name == SLICE else maps.grid
            how = Majority if kind.is_label else Means
            gathered[kind.name] = how(*cubes.across(grid), kind.dtype)
        gathered[kind.name].add(values_of(maps, kind), thickness)
