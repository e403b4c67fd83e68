"""Read one slice from OME-Zarr."""

from pathlib import Path

from sklearn_microarch._arguments._numbers import check_switch
from sklearn_microarch.images._image_errors import existing_path
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images._wanted import Channels, Wanted
from sklearn_microarch.images.ome_zarr._zarr import import_zarr
from sklearn_microarch.images.ome_zarr.reading._open_ome_zarr import open_ome_zarr


def read_ome_zarr(
    path: str | Path,
    *,
    level: int | str = 0,
    t: int | None = None,
    z: int | None = None,
    pixel_size_um: float | None = None,
    name: str | None = None,
    specimen: str | None = None,
    allow_missing_chunks: bool = False,
    series: int | None = None,
    channels: Channels = None,
) -> SliceImage:
    """Open one slice of an OME-Zarr image, without loading it.

    Versions 0.1 to 0.5, in a local folder. Needs zarr:
    ``pip install sklearn-microarch[zarr]``.

    Parameters
    ----------
    path : str or pathlib.Path
        Folder of the image; of an image within another, such as
        ``maps.ome.zarr/regions``, the inner folder; or the folder of a level.
    level : int or "auto", default=0
        Level of the pyramid; 0 is the finest. "auto": the coarsest whose pixels are
        not larger than ``pixel_size_um``.
    t, z : int or None, default=None
        Position along time and depth, from 0. None where there is only one.
    pixel_size_um : float or None, default=None
        Edge length of a pixel of this level, in micrometres, instead of what
        the file says. None: as the file states, unknown where it states no
        scale or no unit of length, or an affine transformation.
    name : str or None, default=None
        Name of the slice. None: the name of the folder without extension.
    specimen : str or None, default=None
        Specimen (animal) the slice was cut from.
    allow_missing_chunks : bool, default=False
        Whether chunks without a file are read as the fill value. Some
        programs leave out chunks that hold nothing else.
    series : int or None, default=None
        Which image of a folder that bioformats2raw wrote. None when it is the only
        one.
    channels : int, str, sequence of these or None, default=None
        Channels to read, by number or name; one alone gives a 2-D picture. None:
        all of them.

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
        square. The message names the folder and the level. Later, when pixels are
        loaded, if a chunk cannot be decoded; the message names its file.
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
    a shard are not noticed, and damage within a chunk only where it is read. Images
    of versions before 0.4 state no pixel size.

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
    wanted = Wanted(series, level, None, z, t, channels, pixel_size_um, name, specimen)
    allow_missing_chunks = check_switch("allow_missing_chunks", allow_missing_chunks)
    path = existing_path(path, "OME-Zarr image")
    return open_ome_zarr(path, wanted, allow_missing_chunks=allow_missing_chunks)
