"""What maps say of themselves, in a folder of TIFF files or in an OME-Zarr image."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sklearn_microarch.mapping import MicroarchMaps, open_maps

_RECORD = "_maps.json"


def holds_maps(folder: Path) -> bool:
    """Tell whether a folder holds maps that `map_slice` wrote."""
    return bool(_names(folder)) or _is_ome_zarr(folder)


def holds_volume(folder: Path) -> bool:
    """Tell whether a folder is an image of maps that `map_volume` wrote."""
    from sklearn_microarch.images import read_ome_zarr_provenance
    from sklearn_microarch.mapping.reading._plane_record import says_volume

    return _is_ome_zarr(folder) and says_volume(read_ome_zarr_provenance(folder))


def maps_facts(folder: Path) -> dict[str, Any]:
    """Return what the maps of a folder say, by the name of the slice."""
    if _is_ome_zarr(folder):
        maps = open_maps(folder)
        return {"slices": {maps.image.name or folder.stem: _one(maps)}}
    found = {name: _one(open_maps(folder, name=name)) for name in _names(folder)}
    return {"slices": found}


def _names(folder: Path) -> list[str]:
    return sorted(
        path.name.removesuffix(_RECORD) for path in folder.glob(f"*{_RECORD}")
    )


def _is_ome_zarr(folder: Path) -> bool:
    from sklearn_microarch.exceptions import ImageFileError
    from sklearn_microarch.images import read_ome_zarr_provenance
    from sklearn_microarch.images.ome_zarr._read_ome_zarr_provenance import says_maps

    try:
        return says_maps(read_ome_zarr_provenance(folder))
    except (ImageFileError, OSError):
        return False


def _one(maps: MicroarchMaps) -> dict[str, Any]:
    drift = maps.drift
    about = maps.about if isinstance(maps.about, Mapping) else {}
    return {
        "animal": maps.image.specimen,
        "group": maps.image.group,
        "cells": " x ".join(str(length) for length in maps.grid.shape),
        "cell_size_um": maps.cell_size_um,
        "factors": list(maps.factor_names),
        "regions": list(maps.region_names),
        "clusters": maps.clusters is not None,
        "drift": None if drift is None else f"{drift.verdict}: {drift.message}",
        "model_fingerprint": about.get("model_fingerprint"),
    }
