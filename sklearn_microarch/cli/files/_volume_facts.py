"""What the maps of a volume say of themselves, plane by plane and as a whole."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import read_ome_zarr_provenance
from sklearn_microarch.mapping._disk_space import size_in_words
from sklearn_microarch.mapping.reading._plane_record import (
    read_plane_record,
    record_path,
)
from sklearn_microarch.volumes._volume_report import listed_planes
from sklearn_microarch.volumes.store._kept_failures import kept_failures
from sklearn_microarch.volumes.store._stored_grey_levels import (
    kept_grey_course,
    kept_grey_levels,
)
from sklearn_microarch.volumes.store._volume_store import is_there

_AS_THEY_ARE = ("mask", "dense", "precision", "device", "threads")


def volume_facts(folder: Path) -> dict[str, Any]:
    """Return what is known of the maps of a volume, without reading a map."""
    record = read_ome_zarr_provenance(folder)
    try:
        about, model, settings = (
            dict(record[key]) for key in ("image", "model", "settings")
        )
        n_planes = int(record["volume"]["planes"])
        return {
            "name": about["name"],
            "animal": about["specimen"],
            **_planes(folder, n_planes),
            **_sizes(about, float(settings["cell_size"])),
            "factors": list(record["factors"]),
            "regions": list(record["regions"]),
            "clusters": bool(record["clusters"]),
            "novelty": bool(record["novelty"]),
            "model_fingerprint": model["fingerprint"],
            "model_steps": list(model["steps"]),
            "settings": _settings(settings, folder),
            "source": record["volume"]["source"],
            "versions": dict(record["versions"]),
        }
    except (KeyError, TypeError, ValueError) as error:
        raise ImageFileError(
            f"{folder} is damaged: its record does not say what it holds "
            f"({type(error).__name__}: {error}). Map the volume anew."
        ) from error


def _planes(folder: Path, n_planes: int) -> dict[str, Any]:
    """Return how many planes are mapped, which are not and why, and what they take."""
    planes = range(n_planes)
    mapped = [plane for plane in planes if is_there(folder, plane)]
    failed = kept_failures(folder)
    rest = set(planes) - {*mapped, *failed}
    damaged = sorted(plane for plane in rest if record_path(folder, plane).exists())
    missing = sorted(rest - set(damaged))
    records = [read_plane_record(folder, plane) or {} for plane in mapped]
    verdicts = Counter(_verdict_of(one) for one in records)
    n_bytes = sum(sum(one.get("files", {}).values()) for one in records)
    return {
        "planes": n_planes,
        "mapped": len(mapped),
        "failed": {f"plane {plane}": failed[plane] for plane in sorted(failed)},
        "damaged": listed_planes(damaged) if damaged else None,
        "not_mapped": listed_planes(missing) if missing else None,
        "drift": {name: f"{n} planes" for name, n in verdicts.items() if name},
        "on_disk": size_in_words(n_bytes),
    }


def _verdict_of(about: Mapping[str, Any]) -> str | None:
    drift = about["record"].get("drift")
    return None if drift is None else str(drift["verdict"])


def _sizes(about: Mapping[str, Any], cell_size: float) -> dict[str, Any]:
    """Return how large the volume is, in pixels, micrometres and cells."""
    nz, height, width = (int(length) for length in about["shape"])
    pixel, spacing = about["pixel_size_um"], about["spacing_um"]
    found: dict[str, Any] = {
        "plane": f"{height} x {width} pixels",
        "values": about["dtype"],
        "pixel_size_um": pixel,
        "distance_of_planes_um": spacing,
        "cell_size_um": None if pixel is None else pixel * cell_size,
    }
    if pixel is not None and spacing is not None:
        edges = (nz * spacing, height * pixel, width * pixel)
        found["size_mm"] = " x ".join(f"{edge / 1000:.3g}" for edge in edges)
    return found


def _settings(settings: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return how planes were mapped, in words."""
    known = {name: settings.get(name) for name in _AS_THEY_ARE}
    return {
        "cells": f"{float(settings['cell_size']):g} pixels",
        "normalization": _normalization(folder),
        **known,
        "drift": "looked for" if settings.get("check_drift") else "not looked for",
    }


def _normalization(folder: Path) -> str:
    if kept_grey_levels(folder) is None:
        return "each plane by itself, or none at all"
    if kept_grey_course(folder) is None:
        return "all planes alike"
    return "a gain and an offset that change smoothly along z"
