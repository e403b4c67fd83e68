"""How long a volume will take, and how much room, from a few of its planes."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_microarch._arguments._collections import check_several
from sklearn_microarch._arguments._numbers import check_integer
from sklearn_microarch.mapping._disk_space import size_in_words
from sklearn_microarch.mapping._memory import parse_memory
from sklearn_microarch.volumes._map_volume import map_volume
from sklearn_microarch.volumes._open_volume import open_volume
from sklearn_microarch.volumes._volume import Volume
from sklearn_microarch.volumes._volume_report import time_in_words
from sklearn_microarch.volumes.running._cluster import cluster, n_slots

# Planes of the trial for each worker: the first of them loads the model.
_EACH = 2
# A cluster is tried by so many of its workers.
_MOST_WORKERS = 8


@dataclass(frozen=True)
class VolumeEstimate:
    """How long mapping a volume will take, and how much room.

    Returned by `estimate_volume`.

    Parameters
    ----------
    n_planes : int
        Planes to map; each is one task.
    n_workers : int
        Planes that are mapped at a time.
    plane_seconds : float
        What a plane takes its worker.
    start_seconds : float
        Before the first plane: the workers start, the grey levels are looked at.
    disk_bytes : int
        What the maps take on the disk.
    memory_bytes : int or None
        Most that a worker took; None where that is not known.

    Attributes
    ----------
    seconds : float
        What the whole takes.

    Examples
    --------
    >>> from sklearn_microarch.volumes import VolumeEstimate
    >>> print(VolumeEstimate(720, 2, 20.0, 30.0, 216_000_000_000, 2_500_000_000))
    720 planes, 2 at a time, 20 s each: 2 h 0 min
    on disk 216 GB; each worker takes up to 2.5 GB of memory
    """

    n_planes: int
    n_workers: int
    plane_seconds: float
    start_seconds: float
    disk_bytes: int
    memory_bytes: int | None

    @property
    def seconds(self) -> float:
        """What the whole takes."""
        rounds = ceil(self.n_planes / self.n_workers)
        return self.start_seconds + rounds * self.plane_seconds

    def __str__(self) -> str:
        memory = ""
        if self.memory_bytes is not None:
            taken = size_in_words(self.memory_bytes)
            memory = f"; each worker takes up to {taken} of memory"
        return (
            f"{self.n_planes} planes, {self.n_workers} at a time, "
            f"{time_in_words(self.plane_seconds)} each: {time_in_words(self.seconds)}\n"
            f"on disk {size_in_words(self.disk_bytes)}{memory}"
        )


def estimate_volume(
    model: Pipeline | str | Path,
    volume: Any,  # noqa: ANN401 - a Volume, or what open_volume takes
    *,
    axis: str = "z",
    slices: Iterable[int] | None = None,
    client: Any = None,  # noqa: ANN401 - distributed.Client
    memory_limit: str | int = "auto",
    n_threads: int = 1,
    folder: str | Path | None = None,
    **settings: Any,  # noqa: ANN401 - of map_volume and open_volume
) -> VolumeEstimate:
    """Tell how long `map_volume` will take, by mapping a few planes of the volume.

    Two planes for each worker are mapped to a folder that is removed again: of the
    cores of this machine, or of at most 8 workers of a cluster.

    Parameters
    ----------
    model : Pipeline or path-like
        Fitted, or the file of one.
    volume : Volume, path-like, sequence of path-like or array of shape (nz, ny, nx)
        The volume, or what `open_volume` opens.
    axis : {"z", "y", "x"}, default="z"
        Across which the planes lie.
    slices : iterable of int or None, default=None
        Planes that are to be mapped. None: all.
    client : distributed.Client or None, default=None
        The cluster. None: the cores of this machine.
    memory_limit : int or str, default="auto"
        Bytes that the workers may take; see `map_volume`.
    n_threads : int, default=1
        Threads for each plane.
    folder : path-like or None, default=None
        Where the trial is written: on the disk that the maps will be written to, and
        where all workers see it. None: the folder for temporary files.
    **settings
        What else is given to `map_volume`, such as ``stride``.

    Returns
    -------
    estimate : VolumeEstimate
        Print it.

    Raises
    ------
    ClusterError, ImageFileError, ImportError, OSError, TypeError, ValueError
        As `map_volume` does; and RuntimeError if no plane of the trial can be mapped.

    See Also
    --------
    map_volume : Maps the volume.

    Examples
    --------
    >>> import numpy as np
    >>> from distributed import Client
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_microarch import CNNFeatureExtractor, PatchSampler
    >>> from sklearn_microarch.volumes import estimate_volume
    >>> grey = np.random.default_rng(0).integers(80, 120, (9, 64, 96), dtype=np.uint8)
    >>> grey[:, :, 48:] //= 2
    >>> rois = np.repeat([[1, 2]], 48, axis=1).repeat(64, axis=0)
    >>> sampler = PatchSampler(16, n_patches_per_roi=30, tissue=None, random_state=0)
    >>> network = CNNFeatureExtractor(max_epochs=1, n_features=8, random_state=0)
    >>> pipe = make_pipeline(sampler, network, PCA(2))
    >>> pipe = pipe.fit(*sampler.sample(grey[0], rois))
    >>> with Client(processes=False, dashboard_address=":0") as client:
    ...     estimate = estimate_volume(
    ...         pipe, grey, stride=8, client=client, pixel_size_um=1.17, spacing_um=5,
    ...         check_drift=False, allow_pixel_size_mismatch=True,
    ...     )
    >>> estimate.n_planes, estimate.seconds > 0
    (9, True)
    """
    n_threads = check_integer("n_threads", n_threads, minimum=1)
    limit = parse_memory(memory_limit)
    if not isinstance(volume, Volume):
        opening = ("level", "channels", "pixel_size_um", "spacing_um", "name")
        known = (*opening, "specimen")
        given = {key: settings.pop(key) for key in known if key in settings}
        volume = open_volume(volume, axis=axis, **given)
    planes = range(len(volume)) if slices is None else check_several("slices", slices)
    with (
        tempfile.TemporaryDirectory(dir=folder) as place,
        cluster(
            client,
            n_planes=len(planes),
            n_threads=n_threads,
            bytes_per_plane=0,
            memory=limit,
        ) as (workers, each),
    ):
        n_workers = n_slots(workers)
        n_tried = min(len(planes), _EACH * min(n_workers, _MOST_WORKERS))
        at = np.unique(np.linspace(0, len(planes) - 1, n_tried).round().astype(int))
        report = map_volume(
            model,
            volume,
            Path(place) / "trial.zarr",
            slices=[planes[one] for one in at],
            client=workers,
            memory_limit=each,
            n_threads=n_threads,
            **settings,
        )
        if not report.mapped:
            raise RuntimeError(f"no plane of the trial could be mapped. {report}")
        files = [path for path in Path(place).rglob("*") if path.is_file()]
        n_bytes = sum(path.stat().st_size for path in files) / len(report.mapped)
        memory = max(workers.run(_peak_memory).values(), default=0)
    several = sorted(report.plane_seconds)
    # The first plane of each worker loads the model as well.
    usual = several[: max(1, len(several) - min(n_workers, len(several) - 1))]
    return VolumeEstimate(
        len(planes),
        n_workers,
        float(np.mean(usual)),
        max(0.0, report.seconds - sum(several) / n_workers),
        ceil(n_bytes * len(planes)),
        memory or None,
    )


def _peak_memory() -> int:
    """Return the most bytes that a worker has held, 0 where that is not known."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
