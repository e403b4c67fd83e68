"""An OME-Zarr image of cubes, and a NIfTI file of each of its channels."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation._optional import optional
from sklearn_microarch.images.ome_zarr._metadata import (
    contrast_window,
    group_attributes,
    image_label,
    multiscales,
    omero,
)
from sklearn_microarch.images.ome_zarr._zarr import import_zarr
from sklearn_microarch.mapping.reading._plane_record import KEY
from sklearn_microarch.volumes.isotropic._cubes import Cubes
from sklearn_microarch.volumes.isotropic._kinds import CubeKind

VERSION, ZARR = "0.5", "maps.ome.zarr"
_CHUNK, _UM_PER_MM = 512, 1000.0


class CubeStore:
    """The arrays of all kinds, written one layer of cubes at a time."""

    def __init__(self, folder: Path, kinds: Sequence[CubeKind], cubes: Cubes) -> None:
        self._folder, self._kinds, self._cubes = folder, kinds, cubes
        self._root = import_zarr().create_group(folder / ZARR, zarr_format=3)
        images = [kind for kind in kinds if not kind.is_label]
        self._main = images[0].name
        self._arrays = {kind.name: self._make(kind) for kind in kinds}

    def _group_of(self, kind: CubeKind) -> str:
        if kind.is_label:
            return f"labels/{kind.name}"
        # A group of the name that map_volume gives it.
        name = "regions" if kind.name == "probabilities" else kind.name
        return "" if kind.name == self._main else name

    def _make(self, kind: CubeKind) -> Any:  # noqa: ANN401 - a zarr.Array
        group, name = self._root, self._group_of(kind)
        group = group if not name else group.require_group(name)
        leading = () if kind.is_label else (len(kind.channels),)
        edges = [min(_CHUNK, length) for length in self._cubes.shape[1:]]
        return group.create_array(
            "0",
            shape=(*leading, *self._cubes.shape),
            dtype=kind.dtype,
            chunks=(*(1,) * len(leading), 1, *edges),
            fill_value=np.nan if kind.dtype.kind == "f" else 0,
            dimension_names=("z", "y", "x") if kind.is_label else ("c", "z", "y", "x"),
        )

    def write(self, kind: CubeKind, layer: int, values: NDArray) -> None:
        """Write one layer (..., ny, nx)."""
        self._arrays[kind.name][..., layer, :, :] = values

    def describe(
        self, name: str, region_names: Sequence[str], record: Mapping[str, Any]
    ) -> None:
        """Write the metadata: axes, places in um, channels, names of labels."""
        labels = [kind.name for kind in self._kinds if kind.is_label]
        if labels:
            group = self._root.require_group("labels")
            group.update_attributes(group_attributes({"labels": labels}, VERSION))
        for kind in self._kinds:
            ome: dict[str, Any] = {"multiscales": self._placed(kind, name)}
            if kind.is_label:
                named = region_names if kind.name == "regions" else []
                about = {at + 1: {"region": one} for at, one in enumerate(named)}
                ome["image-label"] = image_label(about, None, VERSION)
            else:
                array = self._arrays[kind.name]
                windows = [
                    contrast_window(array[at]) for at in range(len(kind.channels))
                ]
                ome["omero"] = omero(kind.channels, windows)
            place = self._group_of(kind)
            group = self._root[place] if place else self._root
            group.update_attributes(group_attributes(ome, VERSION))
        self._root.update_attributes({KEY: dict(record)})

    def _placed(self, kind: CubeKind, name: str) -> list[dict[str, Any]]:
        leading = [] if kind.is_label else [0.0]
        edge = self._cubes.edge_um
        found = multiscales(
            "zyx" if kind.is_label else "czyx",
            1,
            pixel_size_um=edge,
            plane_distance=edge,
            name=kind.name if self._group_of(kind) else name,
            averaged=not kind.is_label,
            version=VERSION,
        )
        # Along z too, where no single slice has an offset.
        shift = {
            "type": "translation",
            "translation": [*leading, *self._cubes.origin_um],
        }
        found[0]["datasets"][0]["coordinateTransformations"].append(shift)
        return found

    def write_nifti(self) -> dict[str, str]:
        """Write a file for each channel, (nz, ny, nx); return their names by it."""
        nibabel = optional("nibabel", "Writing NIfTI files")
        affine = np.diag([self._cubes.edge_um / _UM_PER_MM] * 3 + [1.0])
        affine[:3, 3] = np.array(self._cubes.origin_um) / _UM_PER_MM
        files: dict[str, str] = {}
        for kind, channel, values in self._channels():
            title = kind.name if channel is None else f"{kind.name}/{channel}"
            stem = kind.name if channel is None else f"{kind.name}_{channel}"
            stem = re.sub(r"[^\w.+-]+", "_", stem)
            if f"{stem}.nii.gz" in files.values():
                stem = f"{stem}_{len(files)}"
            image = nibabel.Nifti1Image(_stored(values), affine)
            image.header.set_xyzt_units(xyz="mm")
            image.header.set_intent("label" if kind.is_label else "none")
            nibabel.save(image, self._folder / f"{stem}.nii.gz")
            files[title] = f"{stem}.nii.gz"
        return files

    def _channels(self) -> Iterator[tuple[CubeKind, str | None, NDArray]]:
        for kind in self._kinds:
            array = self._arrays[kind.name]
            if kind.is_label:
                yield kind, None, array[...]
            elif len(kind.channels) == 1:
                yield kind, None, array[0]
            else:
                for at, channel in enumerate(kind.channels):
                    yield kind, channel, array[at]


def _stored(values: NDArray) -> NDArray:
    """Return values in a type that all programs read: short labels where they fit."""
    if values.dtype.kind == "u" and values.max(initial=0) < 2**16:
        return values.astype(np.uint16 if values.dtype.itemsize > 1 else np.uint8)
    if values.dtype.kind == "f":
        return values.astype(np.float32)
    return values if values.dtype.itemsize < 8 else values.astype(np.float32)
