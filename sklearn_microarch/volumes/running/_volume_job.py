"""What every worker has to know, once: the model, the volume, where maps go."""

import functools
import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import joblib
from sklearn.pipeline import Pipeline

from sklearn_microarch._whole import replace_file
from sklearn_microarch.exceptions import ClusterError
from sklearn_microarch.volumes._volume import Volume
from sklearn_microarch.volumes.store._volume_layout import VolumeLayout


@dataclass(frozen=True)
class VolumeJob:
    """A volume that is mapped with one model to one place."""

    pipeline: Pipeline
    # None where planes come with their tasks.
    volume: Volume | None
    layout: VolumeLayout
    folder: Path
    # Of map_slice.
    settings: dict[str, Any]
    n_threads: int
    fingerprint: str


@dataclass(frozen=True)
class JobFile:
    """Where a job lies, for all workers to load; ``digest`` is of its bytes."""

    path: Path
    digest: str

    def load(self) -> VolumeJob:
        """Return the job, once for each worker; ClusterError where it is not there."""
        return _load(self.path, self.digest)


def save_job(job: VolumeJob, path: Path) -> JobFile:
    """Write a job where the workers find it: beside the maps that they write."""
    buffer = BytesIO()
    joblib.dump(job, buffer)
    with replace_file(path) as file:
        file.write(buffer.getvalue())
    return JobFile(path, hashlib.sha256(buffer.getvalue()).hexdigest())


@functools.lru_cache(maxsize=2)
def _load(path: Path, digest: str) -> VolumeJob:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ClusterError(
            f"a worker cannot read {path} ({error.strerror}): workers need to see the "
            "folder that the maps are written to, under the same name. Choose one on a "
            "file system that all of them share."
        ) from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise ClusterError(
            f"{path} is not what this run began with; another one was begun to the "
            "same place."
        )
    job: VolumeJob = joblib.load(BytesIO(data))
    if joblib.hash(job.pipeline) != job.fingerprint:
        raise ClusterError(
            "the model that a worker loaded is not the one that was sent to it; "
            "install the same versions of scikit-learn, numpy and torch there."
        )
    return job
