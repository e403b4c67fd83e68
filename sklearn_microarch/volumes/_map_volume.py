"""Map the planes of a volume on the workers of a cluster."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_microarch._arguments._collections import check_several
from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_option,
    check_path,
    check_switch,
)
from sklearn_microarch._whole import place_of_folder
from sklearn_microarch.images.ome_zarr._check_output import check_output
from sklearn_microarch.images.ome_zarr._zarr import import_zarr
from sklearn_microarch.mapping._memory import parse_memory
from sklearn_microarch.model_file import load_model
from sklearn_microarch.volumes._open_volume import open_volume
from sklearn_microarch.volumes._volume import Volume
from sklearn_microarch.volumes._volume_plan import plan_volume
from sklearn_microarch.volumes._volume_report import VolumeReport
from sklearn_microarch.volumes._volume_run import VolumeRun
from sklearn_microarch.volumes.running._import_distributed import import_distributed
from sklearn_microarch.volumes.store._open_place import close_place, open_place
from sklearn_microarch.volumes.store._stored_grey_levels import (
    kept_grey_course,
    kept_grey_levels,
)


def map_volume(
    model: Pipeline | str | Path,
    volume: Any,  # noqa: ANN401 - a Volume, or what open_volume takes
    out: str | Path,
    *,
    axis: str = "z",
    slices: Iterable[int] | None = None,
    client: Any = None,  # noqa: ANN401 - distributed.Client
    resume: bool = True,
    overwrite: bool = False,
    memory_limit: str | int = "auto",
    stride: int | None = None,
    normalize_by: str = "volume",
    allow_pixel_size_mismatch: bool = False,
    check_drift: bool = True,
    n_threads: int = 1,
    verbose: int = 0,
    **opening: Any,  # noqa: ANN401 - of open_volume
) -> VolumeReport:
    """Map all planes of a volume, on the cores of this machine or on a cluster.

    Each plane becomes what `map_slice` makes of it. A run that was stopped anywhere
    goes on where it stopped, and ends with the same bytes. Needs zarr and
    dask.distributed: ``pip install 'sklearn-microarch[volumes]'``.

    Parameters
    ----------
    model : Pipeline or path-like
        Fitted, as `map_slice` takes it, or the file of one that `save_model` wrote.
    volume : Volume, path-like, sequence of path-like or array of shape (nz, ny, nx)
        The volume, or what `open_volume` opens.
    out : path-like
        Folder of the OME-Zarr image to write, whose name ends in ".zarr". All workers
        must see it under this name.
    axis : {"z", "y", "x"}, default="z"
        Across which the planes lie; see `open_volume`.
    slices : iterable of int or None, default=None
        Planes to map, from 0. None: all. Others can be added by another run.
    client : distributed.Client or None, default=None
        The cluster. None: the cores of this machine, a process each.
    resume : bool, default=True
        Go on with a volume that an earlier run left at ``out``. Planes that are there
        are not mapped again.
    overwrite : bool, default=False
        Whether other maps at ``out`` may be replaced, once the new ones are there.
    memory_limit : int or str, default="auto"
        Bytes that all workers of this machine may take together, such as "8GB"; of a
        ``client``, that each may take for a plane. "auto": half of the machine's
        memory, and what the workers of a client are allowed.
    stride : int or None, default=None, unit: pixels
        Distance of neighbouring values within a plane; None takes the sampler's.
    normalize_by : {"volume", "smooth", "slice"}, default="volume"
        What grey levels are normalized by where the network does so: by those of the
        whole volume, of which 24 planes are looked at; by those with a gain and an
        offset that change smoothly along z, for volumes that bleach or darken with
        depth (see `Volume.follow_grey_levels`); or plane by plane. A volume with
        ``grey_levels`` keeps its own.
    allow_pixel_size_mismatch : bool, default=False
        Map a volume of another pixel size than that of the model as it is.
    check_drift : bool, default=True
        Whether each plane is compared with those that the model knows.
    n_threads : int, default=1
        Threads for each plane. Values depend on it, in their last bits.
    verbose : int, default=0
        1 prints a line for each plane, with the time left.
    **opening
        ``level``, ``channels``, ``pixel_size_um``, ``spacing_um``, ``name`` and
        ``specimen`` of `open_volume`.

    Returns
    -------
    report : VolumeReport
        Which planes are mapped, and why others are not. `open_maps` opens a plane:
        ``open_maps(out, z=7)``.

    Raises
    ------
    ClusterError
        If the cluster is lost, or a worker has another version of this library. Planes
        that are finished stay.
    FileExistsError
        If something else than maps of this library lies at ``out``; OtherMapsError if
        they are of another model, volume or settings, and ``overwrite`` is False.
    ImageFileError, FileNotFoundError
        If no plane of the volume can be read. A single one that cannot is named in the
        report, and does not stop the others.
    ImportError
        If zarr or distributed is not installed.
    OSError
        If ``out`` cannot be written or the disk is full; OutputInUseError if another
        run writes there.
    TypeError, ValueError
        If an argument is of the wrong kind or out of its range.

    Warns
    -----
    NormalizationWarning
        If ``normalize_by="smooth"`` and too few planes show enough tissue, or their
        gains scatter by more than a curve along z explains.

    See Also
    --------
    estimate_volume : How long it will take, beforehand.
    sklearn_microarch.mapping.map_slice : Maps one slice.

    Notes
    -----
    The image is of version 0.5 and has the layout that `map_slice` writes, with z
    between channels and rows: factors (c, z, y, x), within it ``regions``, ``novelty``
    and ``slice``, and the labels ``clusters`` and ``regions`` (z, y, x), where 0 is
    none. A plane is one shard of each array and level, written by one worker; the
    attributes of ``planes/00007`` are its record. Planes are not averaged along z.

    In a script, call it under ``if __name__ == "__main__":``, as Python starts the
    processes anew.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from distributed import Client
    >>> from sklearn_microarch import CNNFeatureExtractor, PatchSampler
    >>> from sklearn_microarch.mapping import open_maps
    >>> from sklearn_microarch.volumes import map_volume
    >>> grey = np.random.default_rng(0).integers(80, 120, (3, 64, 96), dtype=np.uint8)
    >>> grey[:, :, 48:] //= 2
    >>> rois = np.repeat([[1, 2]], 48, axis=1).repeat(64, axis=0)
    >>> sampler = PatchSampler(16, n_patches_per_roi=30, tissue=None, random_state=0)
    >>> network = CNNFeatureExtractor(max_epochs=1, n_features=8, random_state=0)
    >>> pipe = make_pipeline(sampler, network, PCA(2), KMeans(2, random_state=0))
    >>> pipe = pipe.fit(*sampler.sample(grey[0], rois))
    >>> # Without `client`, processes are started, one for each core.
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Client(processes=False, dashboard_address=":0") as client:
    ...         report = map_volume(
    ...             pipe, grey, f"{folder}/maps.zarr", stride=8, client=client,
    ...             pixel_size_um=1.17, spacing_um=5, check_drift=False,
    ...             allow_pixel_size_mismatch=True,
    ...         )
    ...     maps = open_maps(f"{folder}/maps.zarr", z=2)
    ...     report.mapped, maps.clusters.shape
    ([0, 1, 2], (8, 12))
    """
    import_zarr()
    import_distributed()
    path = check_path("out", out)
    if path.suffix != ".zarr":
        raise ValueError(f"out={str(path)!r} must end in '.zarr': it is an OME-Zarr.")
    check_option("normalize_by", normalize_by, ("volume", "smooth", "slice"))
    n_threads = check_integer("n_threads", n_threads, minimum=1)
    resume, overwrite = (
        check_switch(name, value)
        for name, value in (("resume", resume), ("overwrite", overwrite))
    )
    memory = parse_memory(memory_limit)
    pipeline = model if isinstance(model, Pipeline) else _load(model)
    if not isinstance(volume, Volume):
        volume = open_volume(volume, axis=axis, **opening)
    elif opening or axis != "z":
        raise TypeError(
            f"{', '.join(opening) or 'axis'} is for open_volume; volume is open."
        )
    planes = _check_slices(slices, len(volume))
    if normalize_by != "slice" and _normalizes(pipeline):
        earlier = path if resume else None
        volume = _normalized(volume, pipeline, earlier, normalize_by == "smooth")
    plan = plan_volume(
        pipeline,
        volume,
        stride=stride,
        n_threads=n_threads,
        any_pixel_size=allow_pixel_size_mismatch,
        check_drift=check_drift,
    )
    if plan.record["model"]["fingerprint"] is None:
        raise TypeError(
            "model has a step that cannot be pickled (a lambda?), so that it cannot be "
            "sent to the workers; use a function of a module in its place."
        )
    settings = {
        "stride": stride,
        "allow_pixel_size_mismatch": allow_pixel_size_mismatch,
        "check_drift": check_drift,
    }
    place = place_of_folder(path, may_replace=partial(check_output, overwrite=True))
    with place.hold():
        folder = open_place(
            path,
            place,
            plan.layout,
            plan.record,
            volume=volume,
            resume=resume,
            overwrite=overwrite,
        )
        run = VolumeRun(
            pipeline,
            volume,
            plan,
            folder,
            place.work,
            settings,
            n_threads,
            memory,
            client,
            verbose=bool(verbose),
        )
        report = run.map(planes, path)
        close_place(folder, path, place)
    return report


def _load(model: object) -> Pipeline:
    if not isinstance(model, str | Path):
        raise TypeError(
            f"model is a {type(model).__name__}; it must be a fitted Pipeline, or the "
            "file of one."
        )
    found: Pipeline = load_model(model)
    return found


def _check_slices(slices: Iterable[int] | None, n_planes: int) -> list[int]:
    if slices is None:
        return list(range(n_planes))
    found = [
        check_integer(f"slices[{at}]", plane, minimum=0, maximum=n_planes - 1)
        for at, plane in enumerate(check_several("slices", slices))
    ]
    if not found:
        raise ValueError("slices is empty: there is nothing to map.")
    return sorted(np.unique(found).tolist())


def _normalized(
    volume: Volume, pipeline: Pipeline, earlier: Path | None, is_smooth: bool
) -> Volume:
    """Return a volume with common grey levels: its own, those of earlier maps, or new.

    Planes that could not be read then, and can be now, change nothing.
    """
    if volume.grey_levels is not None:
        return volume
    if earlier is not None:
        levels, course = kept_grey_levels(earlier), kept_grey_course(earlier)
        if levels is not None and is_smooth == (course is not None):
            return replace(volume, grey_levels=levels, grey_course=course)
    if is_smooth:
        return volume.follow_grey_levels(pipeline)
    return volume.share_grey_levels()


def _normalizes(pipeline: Pipeline) -> bool:
    """Tell whether a step normalizes each slice by its own grey levels."""
    names = pipeline.get_params(deep=True)
    return any(
        name.endswith("__normalization") and value == "slice"
        for name, value in names.items()
    )
