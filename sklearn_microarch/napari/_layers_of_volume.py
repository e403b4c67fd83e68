"""Layers of a viewer out of the maps of a volume, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sklearn_microarch.images import read_ome_zarr_provenance
from sklearn_microarch.images.ome_zarr.reading._open import Multiscale, open_multiscale
from sklearn_microarch.mapping import MicroarchMaps, open_maps
from sklearn_microarch.mapping.reading._open_maps import (
    CLUSTERS,
    NOVELTY,
    REGIONS,
    SLICE,
)
from sklearn_microarch.mapping.reading._plane_record import read_plane_record
from sklearn_microarch.napari._labels_layer import LayerTuple, names_and_colors
from sklearn_microarch.napari._placement import LayerPlacement
from sklearn_microarch.report.slices._palette import Palette, make_palette

# Planes on which it is looked how many clusters there are.
_LOOKED_AT = 8


def layers_of_volume(path: Path) -> list[LayerTuple]:
    """Return the maps of a volume as layers (z, y, x), read where they are looked at.

    The same layers as those of a slice, with the distance of planes as scale of z.
    """
    record = read_ome_zarr_provenance(path)
    n_planes = int(record["volume"]["planes"])
    mapped = [z for z in range(n_planes) if read_plane_record(path, z) is not None]
    if not mapped:
        raise ValueError(f"no plane of {path} is mapped; call map_volume again.")
    first = open_maps(path, z=mapped[0])
    at = np.linspace(0, len(mapped) - 1, min(_LOOKED_AT, len(mapped))).astype(int)
    clusters = _names_of_clusters(path, [mapped[one] for one in at.tolist()])
    palette = make_palette(first.region_names, clusters, first.factor_names, given={})
    about = record["image"]
    volume = _Volume(path, first, str(about["name"]), about.get("spacing_um"))
    return [
        *volume.slices(),
        *volume.factors(palette),
        *volume.novelty(),
        *volume.labels(CLUSTERS, "cluster", clusters, palette.clusters),
        *volume.labels(REGIONS, "region", first.region_names, palette.regions),
    ]


@dataclass(frozen=True)
class _Volume:
    """Maps of a volume, one of whose planes is open."""

    path: Path
    first: MicroarchMaps
    name: str
    spacing_um: float | None

    def slices(self) -> list[LayerTuple]:
        has_maps = self.first.factor_names or self.first.region_names
        found = open_multiscale(self.path / SLICE if has_maps else self.path)
        where = self._place(1.0, (0.0, 0.0))
        n_channels = self.first.image.n_channels or 1
        several = n_channels > 1
        return [
            self._image(
                found,
                channel,
                f"{self.name} channel {channel}" if several else self.name,
                **where,
            )
            for channel in range(n_channels)
        ]

    def factors(self, palette: Palette) -> list[LayerTuple]:
        names = self.first.factor_names
        found = open_multiscale(self.path) if names else None
        return [
            self._image(
                found,
                at,
                f"{self.name} {name}",
                colormap=palette.factors[name],
                blending="additive",
                visible=False,
                **self._cells(),
            )
            for at, name in enumerate(names)
            if found is not None
        ]

    def novelty(self) -> list[LayerTuple]:
        if self.first.novelty is None:
            return []
        found = open_multiscale(self.path / NOVELTY)
        seen = {"colormap": "inferno", "opacity": 0.7, "visible": False}
        name = f"{self.name} novelty"
        return [self._image(found, 0, name, **seen, **self._cells())]

    def labels(
        self, group: str, column: str, names: Sequence[str], colors: dict[str, str]
    ) -> list[LayerTuple]:
        if not names:
            return []
        called = "clusters" if column == "cluster" else "predicted regions"
        levels = _levels(open_multiscale(self.path / "labels" / group))
        settings = {
            "multiscale": len(levels) > 1,
            **names_and_colors(names, colors, column=column),
            "name": f"{self.name} {called}",
            "opacity": 0.4,
            "visible": column == "region",
            **self._cells(),
        }
        # napari takes a list of a single level for the level itself, but not its axes.
        return [(levels if len(levels) > 1 else levels[0], settings, "labels")]

    def _image(
        self,
        found: Multiscale,
        channel: int,
        name: str,
        **settings: Any,  # noqa: ANN401
    ) -> LayerTuple:
        levels = [level[channel] for level in _levels(found)]
        window = found.ome["omero"]["channels"][channel]["window"]
        low, high = float(window["start"]), float(window["end"])
        limits = (low, high if high > low else low + 1.0)
        about = {"multiscale": True, "name": name, "contrast_limits": limits}
        return levels, about | settings, "image"

    def _cells(self) -> dict[str, tuple]:
        return self._place(self.first.cell_size, self.first.offset)

    def _place(self, size: float, offset: tuple[float, float]) -> dict[str, tuple]:
        pixel = self.first.image.pixel_size_um
        placed = LayerPlacement.of_pixel_size(pixel).cells(size, offset)
        step = 1.0 if pixel is None else float(self.spacing_um or 1.0)
        return {
            "scale": (step, *placed["scale"]),
            "translate": (0.0, *placed["translate"]),
            "units": (placed["units"][0], *placed["units"]),
            "axis_labels": ("z", "y", "x"),
        }


def _levels(found: Multiscale) -> list[Any]:
    """Return the arrays of a pyramid, which are read where they are looked at."""
    # Comes with napari, and with what maps volumes.
    import dask.array as da

    levels = map(found.level, range(len(found.datasets)))
    return [da.from_array(level, chunks=level.chunks) for level in levels]


def _names_of_clusters(path: Path, planes: Sequence[int]) -> list[str]:
    """Return names of the clusters up to the last that is on some planes."""
    last = -1
    for plane in planes:
        clusters = open_maps(path, z=plane).clusters
        if clusters is not None:
            last = max(last, int(np.asarray(clusters).max(initial=-1)))
    return [f"cluster {at}" for at in range(last + 1)]
