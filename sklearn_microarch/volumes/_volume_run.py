"""One run over the planes of a volume, from a place that is held to a report."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import joblib
from sklearn.pipeline import Pipeline

from sklearn_microarch.volumes._volume import Volume
from sklearn_microarch.volumes._volume_plan import VolumePlan
from sklearn_microarch.volumes._volume_report import VolumeReport, time_in_words
from sklearn_microarch.volumes.running._cluster import cluster, n_slots
from sklearn_microarch.volumes.running._map_plane import PlaneResult
from sklearn_microarch.volumes.running._run_planes import run_planes
from sklearn_microarch.volumes.running._volume_job import VolumeJob, save_job
from sklearn_microarch.volumes.store._kept_failures import keep_failures
from sklearn_microarch.volumes.store._volume_store import (
    describe_volume,
    forget_plane,
    is_there,
    remove_partial_files,
)

# Values that are on their way to a shard: as they came, packed, and halved.
_COPIES = 3


@dataclass(frozen=True)
class VolumeRun:
    """A volume to be mapped with a pipeline into a folder; see `map_volume`."""

    pipeline: Pipeline
    volume: Volume
    plan: VolumePlan
    # Holds the arrays; ``work`` is a hidden one, for what is not kept.
    folder: Path
    work: Path
    # Of map_slice.
    settings: dict[str, Any]
    n_threads: int
    memory: int
    client: Any
    verbose: bool

    def map(self, planes: Sequence[int], path: Path) -> VolumeReport:
        """Map what is missing, and describe the whole, whatever happens."""
        start = time.perf_counter()
        remove_partial_files(self.folder)
        todo = [plane for plane in planes if not is_there(self.folder, plane)]
        for plane in todo:
            forget_plane(self.folder, plane)
        report = VolumeReport(path, found=sorted(set(planes) - set(todo)))
        n_workers = 1
        try:
            if todo:
                n_workers = self._map(todo, report, start)
        finally:
            remove_partial_files(self.folder)
            keep_failures(self.folder, planes, report.failed)
            describe_volume(self.folder, self.plan.layout, self.plan.record)
            self._job_path.unlink(missing_ok=True)
        seconds = time.perf_counter() - start
        return replace(
            report, mapped=sorted(report.mapped), seconds=seconds, n_workers=n_workers
        )

    @property
    def _job_path(self) -> Path:
        return (self.work / "job.joblib").absolute()

    def _map(self, todo: list[int], report: VolumeReport, start: float) -> int:
        """Map planes into a report; return how many were mapped at a time."""
        needed = _COPIES * self.plan.layout.bytes_per_plane()
        with cluster(
            self.client,
            n_planes=len(todo),
            n_threads=self.n_threads,
            bytes_per_plane=needed,
            memory=self.memory,
        ) as (client, limit):
            n_workers = n_slots(client)
            file = save_job(self._job(limit), self._job_path)
            loaded = self.volume.source.is_loaded
            image_of = self.volume.plane if loaded else None
            for result in run_planes(client, file, todo, image_of):
                if not (result.is_known or is_there(self.folder, result.plane)):
                    result = replace(result, error="its worker died; map it again")
                self._take(result, report)
                if self.verbose:
                    n_done = len(report.mapped) + len(report.failed)
                    left = (time.perf_counter() - start) / n_done
                    _say(result, report, len(todo), left * (len(todo) - n_done))
        return n_workers

    def _job(self, limit: int) -> VolumeJob:
        return VolumeJob(
            self.pipeline,
            None if self.volume.source.is_loaded else self.volume,
            self.plan.layout,
            self.folder.absolute(),
            self.settings | {"memory_limit": limit},
            self.n_threads,
            str(joblib.hash(self.pipeline)),
        )

    @staticmethod
    def _take(result: PlaneResult, report: VolumeReport) -> None:
        """Add what became of a plane; OSError where the disk is full."""
        if result.disk_is_full:
            raise OSError(
                f"{result.error}. The disk is full: planes that were finished stay. "
                "Make room, and map with resume=True to go on."
            )
        if result.error is not None:
            report.failed[result.plane] = result.error
        else:
            report.mapped.append(result.plane)
            report.plane_seconds.append(result.seconds)
        if result.drift is not None:
            report.drift[result.plane] = result.drift
        for text in result.warnings:
            report.warnings.setdefault(text, []).append(result.plane)


def _say(result: PlaneResult, report: VolumeReport, n_planes: int, left: float) -> None:
    n_done = len(report.mapped) + len(report.failed)
    what = result.error or f"{result.seconds:.0f} s"
    print(
        f"[map_volume] plane {result.plane}: {what}; {n_done} of {n_planes}, "
        f"{len(report.failed)} failed, {time_in_words(left)} left",
        flush=True,
    )
