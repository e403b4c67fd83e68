"""Open the slice of an OME-Zarr image that is asked for, without loading it."""

import itertools
from functools import partial
from pathlib import Path

from sklearn_microarch.images._image_errors import as_image_file_error
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images._wanted import Wanted, downsample_of, pick_channels
from sklearn_microarch.images.ome_zarr._zarr import import_zarr
from sklearn_microarch.images.ome_zarr.reading._chunks import (
    MAX_COUNTED,
    check_no_chunk_missing,
    missing_chunks,
)
from sklearn_microarch.images.ome_zarr.reading._locate import locate_image
from sklearn_microarch.images.ome_zarr.reading._open import Multiscale, open_multiscale
from sklearn_microarch.images.ome_zarr.reading._pixel_size import level_pixel_size
from sklearn_microarch.images.ome_zarr.reading._plane import (
    plane_of_channels,
    select_slice,
)


def open_ome_zarr(
    path: Path, wanted: Wanted, *, allow_missing_chunks: bool | None
) -> SliceImage:
    """Open a slice; with None, chunks may be missing but in what this library wrote."""
    import_zarr()
    with as_image_file_error(f"{path}, level {wanted.level or 0}"):
        image, level, notes = locate_image(path, wanted.series, wanted.level)
        multiscale = open_multiscale(image)
        number = _pick_level(multiscale, wanted, level, path)
    where = f"{path}, level {number}"
    with as_image_file_error(where):
        array = multiscale.level(number)
        names = multiscale.axis_names
        index = select_slice(names, array.shape, t=wanted.t, z=wanted.z)
        if allow_missing_chunks is None:
            allow_missing_chunks = not is_written_here(multiscale)
        folder = image / str(multiscale.datasets[number]["path"])
        if not allow_missing_chunks:
            check_no_chunk_missing(array, folder, index)
        missing = itertools.islice(missing_chunks(array, folder, index), MAX_COUNTED)
        n_missing = sum(1 for _ in missing)
        if n_missing:
            notes.append(
                f"chunks without a file, read as {array.fill_value}: {n_missing}"
            )
        if len(multiscale.datasets) > 1:
            notes.append(f"level {number} of {len(multiscale.datasets)}")
        edge = wanted.stated_size(
            partial(level_pixel_size, multiscale, number, where=where)
        )
        n_channels = array.shape[names.index("c")] if "c" in names else 1
        chosen = pick_channels(
            wanted.channels, n_channels, names_of_channels(multiscale)
        )
        downsample = 1.0
        if number:
            downsample = downsample_of(_size(multiscale, 0), _size(multiscale, number))
        return wanted.image(
            plane_of_channels(array, names, index, chosen),
            image if image.absolute() in path.absolute().parents else path,
            edge=edge,
            downsample=downsample,
            notes=notes,
        )


def is_written_here(image: Multiscale) -> bool:
    """Tell whether this library wrote an image: all chunks, also those of one value."""
    return image.group.attrs.get("sklearn_microarch") is not None


def _pick_level(
    image: Multiscale, wanted: Wanted, level: int | str | None, path: Path
) -> int:
    if level != "auto":
        return int(level or 0)
    sizes = [_size(image, number) for number in range(len(image.datasets))]
    edge = level_pixel_size(image, 0, where=str(path))
    return wanted.pick_level(sizes, edge)


def _size(image: Multiscale, number: int) -> tuple[int, int]:
    height, width = image.level(number).shape[-2:]
    return height, width


def names_of_channels(image: Multiscale) -> list[str]:
    """Return what channels are called; empty where nothing is said of them."""
    omero = image.ome.get("omero")
    channels = omero.get("channels") if isinstance(omero, dict) else None
    if not isinstance(channels, list):
        return []
    return [
        str(about.get("label", at)) if isinstance(about, dict) else str(at)
        for at, about in enumerate(channels)
    ]
