"""Read one slice from a TIFF file of any dialect."""

from pathlib import Path

from sklearn_microarch._arguments._numbers import check_integer
from sklearn_microarch.images._image_errors import existing_path
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images._wanted import Channels, Wanted
from sklearn_microarch.images.tiff._open_tiff import open_tiff

MAX_BYTES = 4 * 1024**3


def read_tiff(
    path: str | Path,
    *,
    page: int | None = None,
    series: int | None = None,
    pixel_size_um: float | None = None,
    name: str | None = None,
    specimen: str | None = None,
    max_bytes: int = MAX_BYTES,
    level: int | str | None = None,
    z: int | None = None,
    t: int | None = None,
    channels: Channels = None,
) -> SliceImage:
    """Read one slice from a TIFF file.

    Plain pages, OME-TIFF, ImageJ and every other dialect that tifffile knows,
    with any compression of which the decoded size can be bounded: none, LZW,
    deflate, PackBits, LZMA, Zstandard, CCITT, JPEG, JPEG 2000, JPEG XL,
    JPEG XR, PNG and WebP.

    Parameters
    ----------
    path : str or pathlib.Path
        File to read.
    page : int or None, default=None
        Which slice of a stack, from 0; with several stack axes (time and
        depth) the last one is counted fastest. None when there is only one.
    series : int or None, default=None
        Which image of a file that holds several, such as a slide with its
        label and thumbnail. None when there is only one.
    pixel_size_um : float or None, default=None
        Edge length of a pixel, in micrometres, instead of what the file
        says. None: as stated by OME or ImageJ metadata, by the scanner in the
        description, or by the resolution tags, and unknown where these say
        nothing meaningful (see Notes).
    name : str or None, default=None
        Name of the slice. None: the name of the file without extension.
    specimen : str or None, default=None
        Specimen (animal) the slice was cut from.
    max_bytes : int, default=4 GiB
        Largest decoded size that is accepted, in bytes.
    level : int, "auto" or None, default=None
        Level of a pyramid; 0 and None are the finest. "auto": the coarsest whose
        pixels are not larger than ``pixel_size_um``.
    z, t : int or None, default=None
        Position along depth and time, from 0, instead of ``page``.
    channels : int, str, sequence of these or None, default=None
        Channels to read, by number or name; one alone gives a 2-D picture. None:
        all of them.

    Returns
    -------
    image : SliceImage
        ``data`` of shape (height, width), or (n_channels, height, width)
        where the file has channels or colour samples, in native byte order.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError, ValueError
        If an argument is of the wrong type, or ``max_bytes`` or ``pixel_size_um``
        out of range.
    ImageFileError
        If the file is no TIFF or is damaged, truncated or incomplete, if it
        declares more than ``max_bytes``, if ``page`` or ``series`` does not
        exist or is not given where there is a choice, or if pixels are not
        square. The message names file and page.

    See Also
    --------
    write_tiff : Write a slice or map, with its pixel size.

    Notes
    -----
    Values are as stored: no palette is applied, so that an ImageJ picture with
    a lookup table gives its grey levels, and pictures stored as "white is
    zero" are not inverted. Samples tagged as transparency (alpha) are left out,
    unless they hold data: numbers with a fraction, or parts of a whole as in
    probability maps. A picture whose orientation tag says so is turned.

    Resolution tags count only with a unit (inch or centimetre) and only for
    pixels of 40 um or less: coarser ones are settings of printers and screens
    (72 or 300 dots per inch) which software writes by default. 10000 pixels per
    centimetre beside metadata that state no unit are such a default as well.

    Strips and tiles that were never written are an error, not zeros; so is
    one that decodes to more or less than the header declares. Damage inside
    data without a checksum (uncompressed, LZW, JPEG, Zstandard) cannot be noticed.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> from sklearn_microarch.images import read_tiff, write_tiff
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = f"{folder}/z159.tif"
    ...     written = write_tiff(path, np.zeros((40, 60), "uint8"), pixel_size_um=1.17)
    ...     read_tiff(path, specimen="mouse 1")
    SliceImage('z159', 40 x 60 uint8, 1.17 um per pixel)
    """
    wanted = Wanted(series, level, page, z, t, channels, pixel_size_um, name, specimen)
    max_bytes = check_integer("max_bytes", max_bytes, minimum=1, maximum=2**63 - 1)
    path = existing_path(path, "image file")
    return open_tiff(path, wanted, max_bytes=max_bytes, lazy_from=None)
