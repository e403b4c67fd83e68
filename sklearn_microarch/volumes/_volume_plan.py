"""What is known of the maps of a volume before its planes are mapped."""

import warnings
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_microarch._walk import find_steps
from sklearn_microarch.images import GreyLevels
from sklearn_microarch.images.lazy._fingerprint import fingerprint_of
from sklearn_microarch.mapping import MicroarchMaps, map_slice
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.mapping.sinks._stored_kinds import stored_kinds
from sklearn_microarch.sampling._purity import check_stride
from sklearn_microarch.volumes._volume import Volume, first_readable
from sklearn_microarch.volumes.normalizing._grey_course import GreyCourse
from sklearn_microarch.volumes.store._volume_layout import VolumeLayout

# Cells along the shorter edge of the trial that tells what maps consist of.
_CELLS_OF_TRIAL = 8
# Planes whose pixels tell one volume from another.
_N_SAMPLED = 5


@dataclass(frozen=True)
class VolumePlan:
    """The layout of maps, and the record of how they come about."""

    layout: VolumeLayout
    record: dict[str, Any]


def plan_volume(
    pipeline: Pipeline,
    volume: Volume,
    *,
    stride: int | None,
    n_threads: int,
    any_pixel_size: bool,
    check_drift: bool,
) -> VolumePlan:
    """Map a plane coarsely, to learn what maps of the volume consist of.

    Raises what `map_slice` raises where a pipeline cannot map such planes.
    """
    parts = find_steps(pipeline, "map_volume")
    fine = parts.sampler.stride if stride is None else check_stride(stride)
    coarse = max(fine, min(volume.shape[1:]) // _CELLS_OF_TRIAL)
    image = first_readable(volume.plane, len(volume))
    with warnings.catch_warnings():
        # Those of the planes come with the planes.
        warnings.simplefilter("ignore")
        trial = map_slice(
            pipeline,
            image,
            stride=coarse,
            allow_pixel_size_mismatch=any_pixel_size,
            check_drift=False,
        )
    cell_size = trial.cell_size * fine / coarse
    maps = MicroarchMaps(
        image,
        cell_size=cell_size,
        offset=trial.offset,
        factor_names=trial.factor_names,
        region_names=trial.region_names,
    )
    layout = VolumeLayout(
        kinds=stored_kinds(maps, _row_of(trial)),
        n_planes=len(volume),
        slice_shape=image.shape,
        grid_shape=maps.grid.shape,
        cell_size=cell_size,
        offset=trial.offset,
        pixel_size_um=volume.pixel_size_um,
        spacing_um=volume.spacing_um,
        name=volume.name,
    )
    return VolumePlan(layout, _record(trial, volume, cell_size, n_threads, check_drift))


def _row_of(maps: MicroarchMaps) -> MappedRows:
    """Return what one cell has: which maps there are, and of what types."""
    corner = (slice(0, 1), slice(0, 1))
    found = {}
    for name in ("factors", "clusters", "region_probabilities", "novelty"):
        values = getattr(maps, name)
        if values is not None:
            found[name] = np.asarray(values[corner])[0]
    return MappedRows(
        found.get("factors"),
        found.get("clusters"),
        found.get("region_probabilities"),
        found.get("novelty"),
    )


def _record(
    trial: MicroarchMaps,
    volume: Volume,
    cell_size: float,
    n_threads: int,
    check_drift: bool,
) -> dict[str, Any]:
    known = trial.record
    levels = volume.grey_levels
    settings = dict(known["settings"]) | {
        "cell_size": cell_size,
        "threads": n_threads,
        "check_drift": check_drift,
        "grey_levels": _hash_of(levels, volume.grey_course),
    }
    return {
        "volume": {"planes": len(volume), "source": volume.source.describe()},
        "model": known["model"],
        "versions": known["versions"],
        "settings": settings,
        "image": {
            "name": volume.name,
            "specimen": volume.specimen,
            "shape": list(volume.shape),
            "dtype": str(volume.dtype),
            "pixel_size_um": volume.pixel_size_um,
            "spacing_um": volume.spacing_um,
            "planes": _fingerprints(volume),
        },
        "factors": known["factors"],
        "regions": known["regions"],
        "clusters": known["clusters"],
        "novelty": known["novelty"],
    }


def _hash_of(levels: GreyLevels | None, course: GreyCourse | None) -> str | None:
    if levels is None:
        return None
    return str(joblib.hash(levels if course is None else (levels, course)))


def _fingerprints(volume: Volume) -> dict[str, str | None]:
    """Return the fingerprints of a few planes; None of those that cannot be read."""
    found: dict[str, str | None] = {}
    at = np.linspace(0, len(volume) - 1, min(_N_SAMPLED, len(volume))).round()
    for plane in np.unique(at).astype(int).tolist():
        try:
            value = fingerprint_of(volume.plane(plane))
        except (OSError, ValueError):
            value = None
        found[str(plane)] = value
    return found
