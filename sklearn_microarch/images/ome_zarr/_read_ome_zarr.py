"""Read one slice from OME-Zarr."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn_microarch._arguments._numbers import check_switch
from sklearn_microarch.images._image_errors import (
    as_image_file_error,
    check_position,
    existing_path,
)
from sklearn_microarch.images._pixel_size import check_pixel_size
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images.ome_zarr._chunks import check_no_chunk_missing
from sklearn_microarch.images.ome_zarr._open import open_multiscale
from sklearn_microarch.images.ome_zarr._pixel_size import level_pixel_size
from sklearn_microarch.images.ome_zarr._plane import Index, ZarrPlane, select_slice
from sklearn_microarch.images.ome_zarr._zarr import import_zarr

if TYPE_CHECKING:
    import zarr


def read_ome_zarr(
    path: str | Path,
    *,
    level: int = 0,
    t: int | None = None,
    z: int | None = None,
    pixel_size_um: float | None = None,
    name: str | None = None,
    specimen: str | None = None,
    allow_missing_chunks: bool = False,
) -> SliceImage:
    """Open one slice of an OME-Zarr image, without loading it.

    Versions 0.4 and 0.5, in a local folder. Needs zarr:
    ``pip install sklearn-microarch[zarr]``.

    Parameters
    ----------
    path : str or pathlib.Path
        Folder of the image; of an image within another, such as
        ``maps.ome.zarr/regions``, the inner folder.
    level : int, default=0
        Level of the pyramid; 0 is the finest.
    t, z : int or None, default=None
        Position along time and depth, from 0. None where there is only one.
    pixel_size_um : float or None, default=None
        Edge length of a pixel of this level, in micrometres, instead of what
        the file says. None: as the file states, unknown where it states no
        unit of length.
    name : str or None, default=None
        Name of the slice. None: the name of the folder without extension.
    specimen : str or None, default=None
        Specimen (animal) the slice was cut from.
    allow_missing_chunks : bool, default=False
        Whether chunks without a file are read as the fill value. Some
        programs leave out chunks that hold nothing else.

    Returns
    -------
    image : SliceImage
        ``data`` of shape (height, width), or (n_channels, height, width)
        where there are several channels: an array that reads its chunks when
        it is indexed.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ImageFileError
        If it is no zarr group or no OME-Zarr image, of another version, or
        damaged; if ``level``, ``t`` or ``z`` does not exist or is not given
        where there is a choice; if chunks are missing, or pixels are not
        square. The message names the folder and the level.
    ImportError
        If zarr is not installed.
    TypeError, ValueError
        If an argument is of the wrong type, or ``pixel_size_um`` is out of range.

    See Also
    --------
    OmeZarrWriter : Write maps and label images.
    read_ome_zarr_labels : Read a label image.

    Notes
    -----
    Of several pyramids in one group, the first is read. Chunks missing within
    a shard are not noticed, and damage within a chunk only where it is read.

    References
    ----------
    .. [1] J. Moore et al., "OME-Zarr: a cloud-optimized bioimaging file format
       with international community support", Histochemistry and Cell Biology
       160, 2023. https://ngff.openmicroscopy.org/

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> from sklearn_microarch.images import OmeZarrWriter, read_ome_zarr
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = f"{folder.name}/z159.ome.zarr"
    >>> with OmeZarrWriter(path, shape=(40, 60), pixel_size_um=1.17) as writer:
    ...     writer.add_image(["grey"], dtype="uint8")[:] = 7
    >>> image = read_ome_zarr(path, specimen="mouse 1")
    >>> image
    SliceImage('z159', 40 x 60 uint8, 1.17 um per pixel)
    >>> image.read(slice(0, 2), slice(0, 3))
    array([[7, 7, 7],
           [7, 7, 7]], dtype=uint8)
    >>> folder.cleanup()
    """
    import_zarr()
    number = check_position("level", level) or 0
    t, z = check_position("t", t), check_position("z", z)
    pixel_size_um = check_pixel_size(pixel_size_um)
    allow_missing_chunks = check_switch("allow_missing_chunks", allow_missing_chunks)
    path = existing_path(path, "OME-Zarr image")
    where = f"{path}, level {number}"
    with as_image_file_error(where):
        multiscale = open_multiscale(path)
        array = multiscale.level(number)
        index = select_slice(multiscale.axis_names, array.shape, t=t, z=z)
        if not allow_missing_chunks:
            folder = path / str(multiscale.datasets[number]["path"])
            check_no_chunk_missing(array, folder, index)
        if pixel_size_um is None:
            pixel_size_um = level_pixel_size(multiscale, number, where=where)
        stem = path.name.removesuffix(".zarr").removesuffix(".ome")
        return SliceImage(
            _lazy_plane(array, index),
            pixel_size_um=pixel_size_um,
            name=stem if name is None else name,
            specimen=specimen,
        )


def _lazy_plane(array: "zarr.Array", index: Index) -> Any:  # noqa: ANN401
    """Return the array itself where it is the slice."""
    if all(isinstance(part, slice) for part in index) and array.dtype.isnative:
        return array
    return ZarrPlane(array, index)
