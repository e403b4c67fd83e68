"""Read one slice from an image file, of whatever format."""

from pathlib import Path

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_option,
    check_switch,
)
from sklearn_microarch.images._convert_color import COLORS, convert_color
from sklearn_microarch.images._file_kind import (
    COMPANION,
    NIFTI,
    OME_ZARR,
    TIFF,
    file_kind,
)
from sklearn_microarch.images._image_errors import as_image_file_error, existing_path
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images._wanted import Channels, Wanted
from sklearn_microarch.images.nifti._open_nifti import open_nifti
from sklearn_microarch.images.ome_zarr.reading._open_ome_zarr import open_ome_zarr
from sklearn_microarch.images.pictures._open_picture import open_picture
from sklearn_microarch.images.tiff._companion import open_companion
from sklearn_microarch.images.tiff._open_tiff import open_tiff

MAX_BYTES = 4 * 1024**3
# A TIFF with more bytes of pixels stays in its file until they are needed.
LAZY_FROM = 32 * 1024**2


def read_image(
    path: str | Path,
    *,
    series: int | None = None,
    level: int | str | None = None,
    page: int | None = None,
    z: int | None = None,
    t: int | None = None,
    channels: Channels = None,
    color: str = "rgb",
    pixel_size_um: float | None = None,
    name: str | None = None,
    specimen: str | None = None,
    allow_missing_chunks: bool | None = None,
    max_bytes: int = MAX_BYTES,
) -> SliceImage:
    """Read one slice from an image file, whatever its format.

    TIFF of every dialect (OME-TIFF, also of several files; ImageJ; pyramids of slide
    scanners such as SVS, NDPI and SCN), OME-Zarr, PNG, JPEG, and planes of NIfTI
    volumes. The format is told from the content, not from the name. PNG, JPEG and
    NIfTI need ``pip install sklearn-microarch[annotation]``, OME-Zarr
    ``pip install sklearn-microarch[zarr]``.

    Parameters
    ----------
    path : str or pathlib.Path
        File; of a set of OME-TIFF files one of them, or the companion that describes
        them; for OME-Zarr the folder of an image, or that of one of its levels.
    series : int or None, default=None
        Which image of a file that holds several, from 0. None where there is only
        one, beside the label, macro picture and thumbnail of a slide.
    level : int, "auto" or None, default=None
        Level of a pyramid; 0 and None are the full resolution. "auto": the coarsest
        level whose pixels are not larger than ``pixel_size_um``, or the finest where
        all are larger.
    page : int or None, default=None
        Which slice of a TIFF stack, from 0, all its axes counted together, the last
        one fastest. None where there is only one, or ``z`` and ``t`` are given.
    z, t : int or None, default=None
        Position along depth and time, from 0. None where there is only one.
    channels : int, str, sequence of these or None, default=None
        Channels to read, by number from 0 or by name, in the order wanted; one alone
        gives a 2-D picture. Those of colour pictures are "red", "green" and "blue".
        None: all of them.
    color : {"rgb", "grey", "optical density"}, default="rgb"
        What becomes of a colour picture: three channels; one channel of its
        brightness; or one channel of its optical density [3]_, which is high where
        stain is dense and does not change with the lamp: the mean over colours of
        log10(glass / pixel), float32, glass being the picture's 99th percentile.
    pixel_size_um : float or None, default=None
        Edge length of a pixel of what is read, in micrometres, instead of what the
        file says; with ``level="auto"`` the size that is wanted. None: as the file
        states, unknown where it states nothing that can be meant.
    name : str or None, default=None
        Name of the slice. None: the name of the file without extension.
    specimen : str or None, default=None
        Specimen (animal) the slice was cut from.
    allow_missing_chunks : bool or None, default=None
        Whether parts of an OME-Zarr image without a file are read as its fill value,
        as some programs leave out parts that hold nothing else. None: unless this
        library wrote the image, which leaves out none.
    max_bytes : int, default=4 GiB
        Files that declare more bytes of pixels than this are not read, but for
        OME-Zarr, as a damaged file may declare anything.

    Returns
    -------
    image : SliceImage
        ``data`` of shape (height, width), or (n_channels, height, width) of several
        channels. OME-Zarr and large TIFF files are not loaded: ``image.read`` loads a
        part. ``downsample`` says how much coarser the level is than the full
        resolution, ``notes`` what was chosen or left out.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImageFileError
        If the file is of no kind that is read, damaged or incomplete; if what is
        asked for does not exist, or is not given where there is a choice; if pixels
        are not square, and ``pixel_size_um`` is not given. The message names the
        file, the choices and the remedy.
    ImportError
        If a package that the format needs is not installed.
    TypeError, ValueError
        If an argument is of the wrong type or out of range.

    See Also
    --------
    read_tiff, read_ome_zarr : Read one format, with options of its own.

    Notes
    -----
    Transparency (alpha) is left out, and said so in ``notes``; what is tagged as
    transparency and holds data, as in probability maps of ilastik, is a channel. A
    PNG or JPEG picture whose red, green and blue are equal has one grey channel.
    Pictures that are stored turned or mirrored are turned as their orientation tag
    says. A TIFF palette is not applied, that of a PNG is. Rows of a NIfTI plane are y
    and columns x, as stored.

    A pixel size that is a program's default is unknown: dots per inch of screens and
    printers, 10000 pixels per centimetre without a unit, an OME-Zarr without a scale
    or a unit, and whatever is smaller than an atom or larger than 10 cm.

    References
    ----------
    .. [1] J. Moore et al., "OME-Zarr: a cloud-optimized bioimaging file format
       with international community support", Histochemistry and Cell Biology
       160, 2023. https://ngff.openmicroscopy.org/
    .. [2] Open Microscopy Environment, "The OME-TIFF format",
       https://ome-model.readthedocs.io/en/stable/ome-tiff/
    .. [3] A. C. Ruifrok and D. A. Johnston, "Quantification of histochemical staining
       by color deconvolution", Analytical and Quantitative Cytology and Histology
       23(4), 2001.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> from sklearn_microarch import SliceImage, read_image
    >>> from sklearn_microarch.images import write_tiff
    >>> colours = SliceImage(np.zeros((3, 40, 60), "uint8"), pixel_size_um=1.17)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_tiff(f"{folder}/z159.tif", colours)
    ...     read_image(path, channels=1, specimen="mouse 1")
    SliceImage('z159', 40 x 60 uint8, 1.17 um per pixel)
    """
    check_option("color", color, COLORS)
    wanted = Wanted(series, level, page, z, t, channels, pixel_size_um, name, specimen)
    if allow_missing_chunks is not None:
        check_switch("allow_missing_chunks", allow_missing_chunks)
    max_bytes = check_integer("max_bytes", max_bytes, minimum=1, maximum=2**63 - 1)
    path = existing_path(path, "image file or folder")
    image = _read(path, wanted, allow_missing_chunks, max_bytes)
    with as_image_file_error(str(path)):
        return convert_color(image, color)


def _read(
    path: Path, wanted: Wanted, allow_missing_chunks: bool | None, max_bytes: int
) -> SliceImage:
    with as_image_file_error(str(path)):
        kind = file_kind(path)
    if kind == OME_ZARR:
        if wanted.page not in (None, 0):
            with as_image_file_error(str(path)):
                wanted.refuse(["page"], "an OME-Zarr image, which counts by z and t,")
        return open_ome_zarr(path, wanted, allow_missing_chunks=allow_missing_chunks)
    if kind == TIFF:
        return open_tiff(path, wanted, max_bytes=max_bytes, lazy_from=LAZY_FROM)
    if kind == COMPANION:
        return open_companion(path, wanted, max_bytes=max_bytes)
    if kind == NIFTI:
        return open_nifti(path, wanted, max_bytes=max_bytes)
    return open_picture(path, wanted, max_bytes=max_bytes)
