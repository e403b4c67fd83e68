"""Map one slice of a study, or find it mapped, and write it in other formats."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_microarch.exceptions import DriftWarning, NoDriftReferenceWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.mapping import MicroarchMaps, map_slice, open_maps
from sklearn_microarch.mapping.sinks._tiff_folder import (
    KINDS,
    RECORD_END,
    check_output_folder,
)
from sklearn_microarch.studies._gather_warnings import gather_warnings, issue_warnings
from sklearn_microarch.studies.batch._formats import STORED
from sklearn_microarch.studies.batch._slice_jobs import SliceJob
from sklearn_microarch.studies.batch._study_maps import MappedSlice


@dataclass(frozen=True)
class MapPlan:
    """How slices are mapped, and where to."""

    out: Path
    formats: Sequence[str]
    overwrite: bool
    # Further arguments of `map_slice`.
    settings: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """Where files go that belong to no OME-Zarr image."""
        return self.out.parent if self.out.suffix == ".zarr" else self.out

    def place_of(self, job: SliceJob, stored: str) -> Path:
        """Return what `map_slice` is told as the place of a slice's maps."""
        if stored == "tiff" or self.out.suffix == ".zarr":
            return self.out
        return self.out / f"{job.stem}.zarr"


def map_job(
    pipeline: Pipeline, job: SliceJob, plan: MapPlan
) -> tuple[MappedSlice, MicroarchMaps | None]:
    """Map a slice; what it fails of becomes its message, and there are no maps."""
    started = time.monotonic()
    try:
        with gather_warnings() as warned:
            done, maps = _map_or_find(pipeline, job, plan)
    # Whatever one slice fails of, the others are mapped.
    except Exception as error:
        words = " ".join(str(error).split()) or type(error).__name__
        return MappedSlice(job.name, job.animal, "failed", words, error=error), None
    # The slice's own line says what drift there is.
    issue_warnings(warned, but=(DriftWarning, NoDriftReferenceWarning))
    return done.after(time.monotonic() - started), maps


def _map_or_find(
    pipeline: Pipeline, job: SliceJob, plan: MapPlan
) -> tuple[MappedSlice, MicroarchMaps]:
    """Map a slice where its maps are not there already, and write all formats."""
    image = job.read().replace(name=job.name)
    plan.folder.mkdir(parents=True, exist_ok=True)
    files, was_there = [], True
    for stored in STORED:
        if stored in plan.formats:
            place = plan.place_of(job, stored)
            before = _written_at(place, job)
            maps = map_slice(
                pipeline,
                image,
                out=place,
                overwrite=plan.overwrite,
                resume=True,
                **plan.settings,
            )
            was_there &= before is not None and before == _written_at(place, job)
            files += _files_of(place, image)
    files += _write_others(maps, job, plan)
    unknown = unknown_share(maps)
    done = MappedSlice(
        job.name,
        job.animal,
        "found" if was_there else "mapped",
        _in_words(maps, unknown),
        unknown_share=unknown,
        drift=None if maps.drift is None else maps.drift.verdict,
        files=tuple(files),
    )
    # The maps of a whole study would not fit in memory.
    is_zarr = place.suffix == ".zarr"
    return done, open_maps(place, name=None if is_zarr else job.name)


def _files_of(place: Path, image: SliceImage) -> list[Path]:
    """Return what maps of a slice consist of, but for the record of TIFF files."""
    if place.suffix == ".zarr":
        return [place]
    paths = check_output_folder(place, image, overwrite=True)
    return [path for kind, path in paths.items() if kind in KINDS and path.exists()]


def _written_at(place: Path, job: SliceJob) -> int | None:
    """Return when maps at a place were written, None where there are none."""
    record = place if place.suffix == ".zarr" else place / f"{job.stem}{RECORD_END}"
    return record.stat().st_mtime_ns if record.exists() else None


def _write_others(maps: MicroarchMaps, job: SliceJob, plan: MapPlan) -> list[Path]:
    """Write what other programs read; made anew from the maps, which are known."""
    files: list[Path] = []
    if "geojson" in plan.formats:
        for kind, found in (
            ("regions", maps.predicted_regions),
            ("clusters", maps.clusters),
        ):
            if found is not None:
                path = plan.folder / f"{job.stem}_{kind}.geojson"
                maps.to_rois(kind).write(path, image=maps.image, overwrite=True)
                files.append(path)
    if "nifti" in plan.formats:
        files += maps.to_nifti(plan.folder, overwrite=True)
    return files


def unknown_share(maps: MicroarchMaps) -> float | None:
    """Return the share of the mapped cells that are unlike all regions known."""
    if maps.novelty is None:
        return None
    novelty = np.asarray(maps.novelty)
    known = np.isfinite(novelty)
    return float((novelty[known] > 1).mean()) if known.any() else None


def _in_words(maps: MicroarchMaps, unknown: float | None) -> str:
    """Return whether a slice is known tissue, in one line."""
    drift = maps.drift
    if drift is None:
        words = "not compared: the model keeps nothing to compare slices with"
    elif drift.verdict == "same":
        words = "like the slices the model knows"
    elif drift.verdict == "unchecked":
        words = f"not compared: {drift.message}"
    else:
        words = f"{drift.verdict}: {drift.message}"
    if unknown is not None:
        words = f"{words.rstrip('.')}; {unknown:.0%} of the tissue is unknown"
    return " ".join(words.split())
