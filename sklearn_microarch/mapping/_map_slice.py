"""Map one slice with a fitted pipeline, piece by piece."""

from pathlib import Path

from numpy.typing import ArrayLike
from sklearn.pipeline import Pipeline

from sklearn_microarch._arguments._numbers import check_integer, check_switch
from sklearn_microarch._freed_memory import freed_memory_kept
from sklearn_microarch._walk import find_steps
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._slice_image import as_slice_image
from sklearn_microarch.mapping._memory import parse_memory
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping._output import Output
from sklearn_microarch.mapping._slice_run import SliceRun
from sklearn_microarch.mapping._steps import check_steps
from sklearn_microarch.sampling import Patches, PatchSampler
from sklearn_microarch.sampling._purity import check_stride
from sklearn_microarch.sampling._slices import check_channels, check_fitted_dtype


def map_slice(
    pipeline: Pipeline,
    image: SliceImage | ArrayLike,
    mask: ArrayLike | None = None,
    *,
    stride: int | None = None,
    out: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    ome_zarr_version: str = "0.5",
    memory_limit: str | int = "auto",
    allow_pixel_size_mismatch: bool = False,
    check_drift: bool = True,
    verbose: int = 0,
) -> MicroarchMaps:
    """Map the factors, clusters and regions of one slice.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, with a `PatchSampler` as its first step; later steps turn rows
        into rows. Also within a `FrozenEstimator`.
    image : SliceImage or 2-D array
        The slice, annotated or not.
    mask : array-like of shape (height, width), dtype bool, default=None
        Map only here, within the tissue.
    stride : int or None, default=None, unit: pixels
        Distance of neighbouring values; None takes the sampler's.
    out : path-like or None, default=None
        Where to write the maps: an OME-Zarr image if the name ends in ".zarr", else a
        folder of TIFF files, as `MicroarchMaps.to_tiff` writes them. None keeps them
        in memory only.
    overwrite : bool, default=False
        Whether maps that exist at ``out`` may be replaced, once the new ones
        are complete. Data that are no maps of this library never are.
    resume : bool, default=False
        Go on where an earlier call with ``resume=True`` was interrupted, also by a
        kill or a power cut: each finished piece of the maps was kept in a hidden folder
        beside ``out``, with a checksum, until the maps stood. Maps that stand already
        and are of the same model, slice, mask, settings, versions, threads and device
        are opened without computing anything; others are an error that says what
        differs. Values are those of an uninterrupted call, to the bit.
    ome_zarr_version : {"0.5", "0.4"}, default="0.5"
        Version of the OME-Zarr format.
    memory_limit : {"auto"}, str or int, default="auto"
        What the computation and maps in memory may take together, such as "1GB", or
        in bytes; the libraries themselves take some 0.4 GB more. "auto": half of the
        machine's memory. It decides how much is done at a time and changes no value.
        A lazy slice of more than 256 MB stays in its file, whatever the limit. Where
        memory runs out all the same, also that of a GPU, smaller pieces are tried.
        Maps for TIFF files are in memory until all are computed, those for OME-Zarr
        are not.
    allow_pixel_size_mismatch : bool, default=False
        False brings a slice of another known pixel size to that of the fitted
        pipeline first. True maps it as it is: cells appear larger or smaller then,
        and maps may mean little.
    check_drift : bool, default=True
        Compare the slice with the reference that `fit_drift_reference` left in the
        pipeline, on rows that are computed anyway. What is found is ``maps.drift``,
        and stands in the record of OME-Zarr maps.
    verbose : int, default=0
        1 shows a progress bar, with the rate and the time left.

    Returns
    -------
    maps : MicroarchMaps
        One cell per value, ``stride`` pixels apart: the same values as
        ``patches.to_map(pipeline[1:].predict(patches))`` has at the cells' samples,
        where ``patches`` are cut by the first step. ``cell_size`` and ``offset`` are
        in pixels of the slice as given, also where it was resampled; ``stride`` counts
        pixels of the fitted size. Written to OME-Zarr, they are as
        `open_maps` opens them: read when needed. ``maps.expand()`` gives maps on the
        slice's own grid.

    Raises
    ------
    TypeError
        If ``pipeline`` is no Pipeline that starts with a `PatchSampler`, a step cannot
        transform or predict new rows, ``image`` is no single image or of another dtype
        than those of the fit, another argument is of the wrong kind, or clusters are
        names and ``out`` is given.
    FileExistsError
        If there are maps at ``out`` and ``overwrite`` is False, or what is there is
        not such maps. Nothing is computed then.
    FileNotFoundError
        If the folder of an OME-Zarr image does not exist.
    NotADirectoryError
        If ``out`` is a file.
    DiskSpaceError
        If the maps cannot fit on the disk; nothing is computed then.
    OtherMapsError
        If ``resume`` is True and the maps at ``out``, or what an interrupted mapping
        kept, are of another model, slice or setting; the message says what differs.
    OutputInUseError
        If another process or thread writes maps to ``out``. Nothing is computed then.
    KeyboardInterrupt
        On Ctrl-C. What was at ``out`` is untouched, and finished pieces are kept where
        ``resume`` is True. SIGTERM ends a Python program at once unless it does
        ``signal.signal(signal.SIGTERM, signal.default_int_handler)``.
    OSError
        If the maps cannot be written; what was at ``out`` is untouched then, as it is
        after any other failure.
    ImportError
        If an OME-Zarr image is to be written, and zarr is not installed.
    PixelSizeMismatchError
        If the slice would be made more than 1.5 times as fine as it is, to be of the
        fitted pixel size.
    ValueError
        If the slice is smaller than a patch, not finite, shows no tissue or has other
        channels than those of the fit,
        ``memory_limit`` is too small (the message says what is needed), or another
        argument is out of its range.

    Warns
    -----
    DiskSpaceWarning
        If the maps may not fit on the disk.
    LeftoverWarning
        If an earlier version that was replaced cannot be deleted.
    UnfinishedMapsWarning
        If ``resume`` is False, and what an interrupted mapping kept is thrown away.
    DriftWarning
        If the slice is not like those the pipeline knows: what moved, the cause where
        it shows, and what mends it.
    NoDriftReferenceWarning
        If the pipeline could be asked and keeps no reference; once for each pipeline.
    PixelSizeWarning
        If the pixel size of the slice is unknown, or that of the fit.
    TissueWarning
        If everything, nothing or hardly anything of the slice is taken for tissue.

    See Also
    --------
    open_maps : Opens maps that were written to OME-Zarr.
    fit_drift_reference : Gives a pipeline what slices are compared with.

    Notes
    -----
    Factors are what enters the last step: the selected ones in the standard
    pipeline, all of them where nothing is selected. Region probabilities are
    those of the first classifier among the steps, also inside a frozen or
    nested pipeline.

    A value depends on the slice, the pipeline and the stride: not on
    ``memory_limit``, ``mask`` or ``out``, to the bit, on one machine with one
    number of threads. (Other estimators than those of this library may round
    otherwise when rows come in other batches.)

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import PatchSampler, map_slice, make_microarch_pipeline
    >>> rng = np.random.default_rng(0)
    >>> image = rng.normal(128, 20, size=(60, 90)).clip(0, 255).astype(np.uint8)
    >>> image[:, 45:] //= 2
    >>> rois = np.repeat([[1, 2]], 45, axis=1).repeat(60, axis=0)
    >>> sampler = PatchSampler(16, n_patches_per_roi=30, tissue=None, random_state=0)
    >>> pipe = make_microarch_pipeline(
    ...     sampler=sampler, n_components=3, n_clusters=2, random_state=0
    ... ).set_params(features__max_epochs=1, features__device="cpu")
    >>> patches, labels = sampler.sample(image, rois)
    >>> maps = map_slice(pipe.fit(patches, labels), image, stride=10)
    >>> maps.cell_size, maps.clusters.shape, maps.region_names
    (10.0, (6, 9), ['1', '2'])
    """
    parts = find_steps(pipeline, "map_slice")
    sampler, steps = parts.sampler, parts.later
    if isinstance(image, Patches | list | tuple):
        raise TypeError(
            f"image is a {type(image).__name__}; map_slice maps one slice, given as a "
            "SliceImage or a 2-D array. Map several in a loop."
        )
    limit = parse_memory(memory_limit)
    any_pixel_size = check_switch(
        "allow_pixel_size_mismatch", allow_pixel_size_mismatch
    )
    check_drift = check_switch("check_drift", check_drift)
    if not isinstance(verbose, bool):
        check_integer("verbose", verbose, minimum=0)
    if not steps:
        raise ValueError("pipeline has no step after its PatchSampler to map with.")
    check_steps(steps)
    image = _check_image(image, sampler)
    sampler._validate_params()
    run = SliceRun(
        pipeline,
        parts,
        image,
        mask,
        sampler.stride if stride is None else check_stride(stride),
        limit,
        any_pixel_size=any_pixel_size,
        check_drift=check_drift,
        verbose=bool(verbose),
    )
    output = Output(
        out, overwrite=overwrite, resume=resume, ome_zarr_version=ome_zarr_version
    )
    with output.hold(image), freed_memory_kept():
        return run.map(output)


def _check_image(image: SliceImage | ArrayLike, sampler: PatchSampler) -> SliceImage:
    """Return a slice that is like those of the fit; an array has the sampler's size."""
    if not isinstance(image, SliceImage):
        image = as_slice_image(image).replace(pixel_size_um=sampler.pixel_size_um)
    check_channels(image, sampler.patch_shape_)
    check_fitted_dtype(image, sampler.pixel_dtype_, sampler.tissue)
    return image
