"""Map the slices of a study with one model, and go on where a run left off."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_microarch._arguments._collections import check_call, check_mapping
from sklearn_microarch._arguments._numbers import check_path, check_switch, shown
from sklearn_microarch._device import resolve_device
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.anatomy import regional_summary
from sklearn_microarch.anatomy._table_file import write_table
from sklearn_microarch.exceptions import AnnotationWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.model_file import load_model, read_manifest
from sklearn_microarch.sampling._purity import check_stride
from sklearn_microarch.sheets import Sheet
from sklearn_microarch.sheets._file_fingerprint import changed_since
from sklearn_microarch.studies.batch._formats import check_formats
from sklearn_microarch.studies.batch._map_job import MapPlan, map_job
from sklearn_microarch.studies.batch._other_run import refuse_other_run
from sklearn_microarch.studies.batch._slice_jobs import SliceJob, slice_jobs
from sklearn_microarch.studies.batch._study_maps import MappedSlice, StudyMaps

_TABLE = "regions.csv"


def map_study(
    model: Pipeline | str | Path,
    slices: Sheet | str | Path | SliceImage | Sequence[SliceImage],
    out: str | Path,
    *,
    formats: Sequence[str] | None = None,
    picture: Mapping[str, Any] | None = None,
    stride: int | None = None,
    device: str | None = None,
    trusted: Sequence[str] = (),
    memory_limit: str | int = "auto",
    allow_pixel_size_mismatch: bool = False,
    check_drift: bool = True,
    ome_zarr_version: str = "0.5",
    overwrite: bool = False,
    verbose: int = 0,
    say: Callable[[MappedSlice], None] | None = None,
) -> StudyMaps:
    """Map the slices of a study with one model.

    A slice whose maps are there already, of the same picture, model, settings and
    versions, is not computed again. A slice that fails does not stop the others.

    Parameters
    ----------
    model : Pipeline or path-like
        A fitted pipeline, or the file of one, which `load_model` reads.
    slices : Sheet, path-like, SliceImage or sequence of SliceImage
        What to map. A path is that of a sheet.
    out : path-like
        A folder for the maps, made when missing. For one slice also an OME-Zarr image,
        if the name ends in ".zarr".
    formats : sequence of str or None, default=None
        What to write, of "tiff", "ome-zarr", "geojson", "nifti" and "csv". Maps are
        stored as "tiff" or "ome-zarr", TIFF unless told; the others are made from
        these: "geojson" has outlines of regions and clusters for QuPath, "nifti"
        volumes of one plane, "csv" one table, ``regions.csv``, with a row per slice,
        region, and factor or cluster.
    picture : mapping or None, default=None
        How pictures are read: arguments of `read_image`, for all sections of a sheet.
    stride : int or None, default=None, unit: pixels
        Distance of neighbouring values; None takes the model's.
    device : str or None, default=None
        Where the network runs. None: where the model says.
    trusted : sequence of str, default=()
        Names of code that the model file may import; see `load_model`.
    memory_limit : {"auto"}, str or int, default="auto"
        What may be taken at a time; see `map_slice`.
    allow_pixel_size_mismatch : bool, default=False
        Map slices of another pixel size as they are.
    check_drift : bool, default=True
        Compare each slice with those the model knows.
    ome_zarr_version : {"0.5", "0.4"}, default="0.5"
        Version of the OME-Zarr format.
    overwrite : bool, default=False
        Replace maps of these slices that were made otherwise.
    verbose : int, default=0
        1 shows a progress bar for each slice.
    say : callable or None, default=None
        Called with the `MappedSlice` of each slice once it is done, for example
        `print`. None: nothing is shown.

    Returns
    -------
    done : StudyMaps
        What became of each slice; print it. Slices that failed are in ``done.failed``.

    Raises
    ------
    FileExistsError
        If the folder holds maps of another model or of other settings, and
        ``overwrite`` is False; the message says what differs.
    TypeError
        If ``model`` or ``slices`` are none.
    ValueError
        If two slices have one name, a format is unknown, or a table is asked for and
        the animal of a slice is unknown. Nothing is computed then.
    OSError
        If the model or the sheet cannot be read.

    Warns
    -----
    AnnotationWarning
        If an annotation that the model was trained on has changed since.

    See Also
    --------
    train_study : Trains the model.
    map_slice : Maps one slice.
    open_maps : Opens what was written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn_microarch import PatchSampler, make_microarch_pipeline
    >>> from sklearn_microarch.datasets import make_thalamocortical_phantom
    >>> from sklearn_microarch.studies import map_study
    >>> phantom = make_thalamocortical_phantom(
    ...     shape=(192, 768), six_class=True, random_state=0
    ... )
    >>> sampler = PatchSampler(24, n_patches_per_roi=40, random_state=0)
    >>> pipe = make_microarch_pipeline(sampler=sampler, n_components=8, random_state=0)
    >>> pipe = pipe.set_params(features__max_epochs=1)
    >>> pipe = pipe.fit(*sampler.sample(phantom.images[0], phantom.rois[0]))
    >>> with TemporaryDirectory() as folder:
    ...     first = map_study(pipe, phantom.images, folder, stride=16)
    ...     again = map_study(pipe, phantom.images, folder, stride=16)
    >>> first.slices[0].status, again.slices[0].status
    ('mapped', 'found')
    """
    out = check_path("out", out)
    overwrite = check_switch("overwrite", overwrite)
    chosen = check_formats(formats, out)
    jobs = slice_jobs(slices, check_mapping("picture", picture))
    allow_pixel_size_mismatch = check_switch(
        "allow_pixel_size_mismatch", allow_pixel_size_mismatch
    )
    stride = None if stride is None else check_stride(stride)
    check_call("say", say)
    _check_jobs(jobs, chosen, out)
    pipeline = _pipeline_of(model, device, trusted)
    plan = MapPlan(
        out,
        chosen,
        overwrite,
        {
            "stride": stride,
            "memory_limit": memory_limit,
            "allow_pixel_size_mismatch": allow_pixel_size_mismatch,
            "check_drift": check_drift,
            "ome_zarr_version": ome_zarr_version,
            "verbose": verbose,
        },
    )
    if not allow_pixel_size_mismatch:
        stems = [job.stem for job in jobs]
        refuse_other_run(out, stems, pipeline, stride, overwrite=overwrite)
    if not isinstance(model, Pipeline):
        _warn_of_changes(Path(model), jobs)
    done, found = [], []
    for job in jobs:
        result, maps = map_job(pipeline, job, plan)
        if say is not None:
            say(result)
        done.append(result)
        if maps is not None and "csv" in chosen:
            found.append(maps)
    table = _write_table(found, plan.folder) if found else None
    return StudyMaps(out, tuple(done), table)


def _write_table(maps: Sequence[MicroarchMaps], folder: Path) -> Path:
    """Write a row per slice, predicted region, and factor or cluster."""
    table = regional_summary(list(maps))
    columns = {name: np.asarray(table[name]) for name in table.columns}
    return write_table(folder / _TABLE, columns, overwrite=True)


def _check_jobs(jobs: Sequence[SliceJob], formats: Sequence[str], out: Path) -> None:
    if out.suffix == ".zarr" and len(jobs) > 1:
        raise ValueError(
            f"{out} names one OME-Zarr image, and there are {len(jobs)} slices; name a "
            "folder, and ask for the format ome-zarr."
        )
    unknown = [job.name for job in jobs if job.animal is None]
    if "csv" in formats and unknown:
        raise ValueError(
            f"a table needs the animal of each slice, which is unknown of "
            f"{', '.join(unknown)}; fill the column animal of a sheet."
        )


def _pipeline_of(
    model: Pipeline | str | Path, device: str | None, trusted: Sequence[str]
) -> Pipeline:
    if isinstance(model, str | Path):
        model = load_model(check_path("model", model), trusted=trusted)
    elif not isinstance(model, Pipeline):
        raise TypeError(
            f"model={shown(model)} must be a fitted Pipeline, or the file of one."
        )
    if device is None or "features__device" not in model.get_params():
        return model
    usual = resolve_device(model.get_params()["features__device"])
    if resolve_device(device) == usual:
        return model
    # A model is not changed by being used; its weights are shared.
    steps = [(name, copy(step)) for name, step in model.steps]
    return Pipeline(steps).set_params(features__device=device)


def _warn_of_changes(model: Path, jobs: Sequence[SliceJob]) -> None:
    """Warn of annotations that are other than those the model was trained on."""
    known = (read_manifest(model).get("facts") or {}).get("annotations") or {}
    changed = [
        job.annotation.name
        for job in jobs
        if job.annotation is not None
        and job.annotation.exists()
        and changed_since(known, job.annotation)
    ]
    if changed:
        warn_user(
            f"{', '.join(changed)} changed since the model was trained; train it anew "
            "to have it learn from the corrections.",
            AnnotationWarning,
        )
