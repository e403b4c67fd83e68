"""Do not mix maps of two models, or of two strides, in one folder."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import joblib
from sklearn.pipeline import Pipeline

from sklearn_microarch._walk import find_steps
from sklearn_microarch.images import read_ome_zarr_provenance
from sklearn_microarch.mapping.sinks._tiff_folder import RECORD_END

Record = dict[str, Any]

# A pixel size is the same to within so much.
_TOLERANCE = 0.01


def refuse_other_run(
    out: Path,
    stems: Sequence[str],
    pipeline: Pipeline,
    stride: int | None,
    *,
    overwrite: bool,
) -> None:
    """Raise FileExistsError where a folder holds maps that were made otherwise.

    With ``overwrite``, only where they would stay: those not of ``stems``.
    """
    if out.suffix == ".zarr" or not out.is_dir():
        return
    fingerprint = joblib.hash(pipeline)
    cell_um = _cell_um(pipeline, stride)
    others = {
        stem: unlike
        for stem, record in records_in(out)
        if not (overwrite and stem in stems)
        and (unlike := _unlike(record, fingerprint, cell_um))
    }
    if not others:
        return
    remedy = "choose another folder"
    if not overwrite and set(others) <= set(stems):
        remedy = "pass overwrite=True to replace them, or choose another folder"
    raise FileExistsError(
        f"{out} holds maps of {_listed(list(others))} that were made with "
        f"{next(iter(others.values()))}. They are not to be mixed: {remedy}."
    )


def records_in(folder: Path) -> Iterator[tuple[str, Record]]:
    """Yield what the maps of a folder are named after, and how they came about."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.name.endswith(RECORD_END):
            yield path.name.removesuffix(RECORD_END), _read_json(path)
        elif path.suffix == ".zarr" and path.is_dir():
            yield path.stem, _read_provenance(path)


def _read_json(path: Path) -> Record:
    """Return the object that a file holds, {} where it holds none."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _read_provenance(path: Path) -> Record:
    # An OME-Zarr of any other maker has none, or none that can be read.
    try:
        return read_ome_zarr_provenance(path) or {}
    except (ValueError, OSError):
        return {}


def _cell_um(pipeline: Pipeline, stride: int | None) -> float | None:
    """Return how far apart mapped values are, in micrometres; None if not known."""
    sampler = find_steps(pipeline, "map_study").sampler
    size = sampler.pixel_size_um_
    if size is None:
        return None
    return float(size) * (sampler.stride if stride is None else stride)


def _unlike(record: Record, fingerprint: str, cell_um: float | None) -> str:
    """Return in what maps differ from those asked for, in words; "" where they do not.

    What the slice itself decides, `map_slice` compares.
    """
    known = (record.get("model") or {}).get("fingerprint")
    if known is not None and known != fingerprint:
        return "another model"
    cell_px = (record.get("settings") or {}).get("cell_size")
    pixel_um = (record.get("image") or {}).get("pixel_size_um")
    if cell_um is None or cell_px is None or pixel_um is None:
        return ""
    there = cell_px * pixel_um
    if abs(there - cell_um) <= _TOLERANCE * cell_um:
        return ""
    return (
        f"another stride (values are {there:.4g} um apart, and would be "
        f"{cell_um:.4g} um apart now)"
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
