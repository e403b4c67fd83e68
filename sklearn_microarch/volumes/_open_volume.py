"""Open a volume of whatever kind, without loading it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sklearn_microarch._arguments._numbers import (
    check_number,
    check_option,
    check_path,
    shown,
)
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import PixelSizeWarning
from sklearn_microarch.images._file_kind import OME_ZARR, file_kind
from sklearn_microarch.images._image_errors import as_image_file_error, existing_path
from sklearn_microarch.images._pixel_size import check_pixel_size
from sklearn_microarch.volumes._volume import Volume, first_readable
from sklearn_microarch.volumes.planes._array_planes import AXES, ArrayPlanes
from sklearn_microarch.volumes.planes._file_planes import (
    FilePlanes,
    StackPlanes,
    files_in_order,
)
from sklearn_microarch.volumes.planes._ome_zarr_planes import OmeZarrPlanes
from sklearn_microarch.volumes.planes._plane_source import PlaneSource
from sklearn_microarch.volumes.planes._remote_planes import (
    is_address,
    planes_at_address,
)


def open_volume(
    volume: Any,  # noqa: ANN401 - a path, paths, or any array
    *,
    axis: str = "z",
    level: int = 0,
    channels: int | str | Sequence[int | str] | None = None,
    pixel_size_um: float | None = None,
    spacing_um: float | None = None,
    name: str | None = None,
    specimen: str | None = None,
) -> Volume:
    """Open a volume as a stack of planes, without loading it.

    Parameters
    ----------
    volume : path-like, sequence of path-like, or array of shape (nz, ny, nx)
        Folder of an OME-Zarr image with an axis z; folder of pictures, ordered by the
        numbers in their names; TIFF stack; list of pictures; an array of numpy, zarr
        or dask; or the address of an OME-Zarr image or a zarr array, such as
        ``"s3://bucket/brain.ome.zarr"``, which needs fsspec and the package that it
        names for the protocol. Only the pixels of a numpy array are in memory.
    axis : {"z", "y", "x"}, default="z"
        Across which the planes lie; "y" and "x" for arrays and OME-Zarr of one channel.
    level : int, default=0
        Level of the pyramid of OME-Zarr or TIFF; 0 is the finest.
    channels : int, str, sequence of these or None, default=None
        Channels to read of files, by number or name. None: all of them.
    pixel_size_um : float or None, default=None
        Edge length of a pixel within a plane, in micrometres, instead of what files
        say. None: as they state, unknown where they state nothing.
    spacing_um : float or None, default=None
        Distance of two planes, in micrometres. None: as the file states.
    name : str or None, default=None
        Name of the volume. None: that of the file or folder, "volume" for arrays.
    specimen : str or None, default=None
        Specimen (animal) that the volume shows.

    Returns
    -------
    volume : Volume
        ``volume.plane(z)`` is a `SliceImage`.

    Raises
    ------
    FileNotFoundError
        If there is no such file or folder.
    ImageFileError
        If a file is damaged, or has no planes along ``axis``; planes with pixels that
        are not square; an address at which no zarr is found.
    ImportError
        If a package that the format needs is not installed.
    TypeError
        If the array has no real numbers, or an argument is of the wrong kind.
    ValueError
        If the array has not three axes, a folder lacks a number in the row, or the
        distance of planes is unknown while the pixel size is known.

    Warns
    -----
    PixelSizeWarning
        If neither pixel size nor distance of planes is known.

    See Also
    --------
    map_volume : Map the planes of a volume.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from sklearn_microarch import SliceImage
    >>> from sklearn_microarch.images import write_tiff
    >>> from sklearn_microarch.volumes import open_volume
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for z in (9, 10, 11):
    ...         plane = SliceImage(np.full((40, 60), z, "uint8"), pixel_size_um=1.17)
    ...         _ = write_tiff(f"{folder}/section_{z}.tif", plane)
    ...     volume = open_volume(folder, spacing_um=40)
    ...     volume.shape, volume.plane(2).pixels[0, 0]
    ((3, 40, 60), np.uint8(11))
    """
    check_option("axis", axis, AXES)
    for argument, text in (("name", name), ("specimen", specimen)):
        if text is not None and not isinstance(text, str):
            raise TypeError(f"{argument}={shown(text)} must be a string or None.")
    edge = check_pixel_size(pixel_size_um)
    options: dict[str, Any] = {"pixel_size_um": edge, "channels": channels}
    source, called = _source_of(volume, axis, level, options)
    first = first_readable(source.plane, source.n_planes)
    if edge is None:
        edge = first.pixel_size_um
    distance = source.distance_um
    if spacing_um is not None:
        distance = check_number("spacing_um", spacing_um, low=1e-3, high=1e6)
    _check_distance(source, edge, distance)
    return Volume(source, called if name is None else name, edge, distance, specimen)


def _source_of(
    volume: Any,  # noqa: ANN401
    axis: str,
    level: int,
    options: dict[str, Any],
) -> tuple[PlaneSource, str]:
    """Return the planes, and what to call them."""
    if is_address(volume):
        name = str(volume).rstrip("/").rpartition("/")[2].split(".")[0]
        return planes_at_address(volume, axis, options | {"level": level}), name
    if isinstance(volume, str | Path):
        return _source_at(existing_path(volume, "volume"), axis, level, options)
    if isinstance(volume, list | tuple):
        paths = [check_path(f"volume[{at}]", path) for at, path in enumerate(volume)]
        if not paths:
            raise ValueError(
                "volume is an empty list; give one picture for each plane."
            )
        _only_z(axis, "a list of pictures")
        return FilePlanes(paths, options | {"level": level or None}), "volume"
    if options["channels"] is not None:
        raise ValueError("channels is for files; index the array instead.")
    return ArrayPlanes(volume, axis), "volume"


def _source_at(
    path: Path, axis: str, level: int, options: dict[str, Any]
) -> tuple[PlaneSource, str]:
    name = path.name.split(".")[0]
    if path.is_dir() and _is_folder_of_pictures(path):
        _only_z(axis, "a folder of pictures")
        paths = files_in_order(path)
        return FilePlanes(paths, options | {"level": level or None}), name
    with as_image_file_error(str(path)):
        kind = file_kind(path)
    if kind == OME_ZARR:
        return OmeZarrPlanes(path, axis, options | {"level": level}), name
    _only_z(axis, "a TIFF stack")
    return StackPlanes(path, options | {"level": level or None}), name


def _is_folder_of_pictures(path: Path) -> bool:
    return not any((path / one).exists() for one in ("zarr.json", ".zgroup", ".zarray"))


def _only_z(axis: str, what: str) -> None:
    if axis != "z":
        raise ValueError(
            f"axis={axis!r} is for arrays and OME-Zarr; {what} has the planes it has."
        )


def _check_distance(
    source: PlaneSource, edge: float | None, distance: float | None
) -> None:
    """Raise or warn where a volume would have no size in micrometres."""
    if edge is not None and distance is None:
        raise ValueError(
            f"{source.describe()} does not say how far apart its planes are; pass "
            "spacing_um, in micrometres."
        )
    if edge is None:
        known = "" if distance is None else " within its planes"
        warn_user(
            f"the size of a pixel of {source.describe()} is unknown{known}, and taken "
            "for that of the model; pass pixel_size_um and spacing_um.",
            PixelSizeWarning,
        )
