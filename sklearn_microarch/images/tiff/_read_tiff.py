"""Read one slice from a TIFF file of any dialect."""

from pathlib import Path

import tifffile
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_integer
from sklearn_microarch.images._image_errors import (
    as_image_file_error,
    check_position,
    existing_path,
)
from sklearn_microarch.images._pixel_size import check_pixel_size
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images.tiff._ome_xml import check_ome_xml
from sklearn_microarch.images.tiff._pixel_size import read_pixel_size
from sklearn_microarch.images.tiff._planes import PlaneSelection, select_planes
from sklearn_microarch.images.tiff._segments import read_page

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
        says. None: as stated by OME or ImageJ metadata or by the resolution
        tags, and unknown where these say nothing meaningful (see Notes).
    name : str or None, default=None
        Name of the slice. None: the name of the file without extension.
    specimen : str or None, default=None
        Specimen (animal) the slice was cut from.
    max_bytes : int, default=4 GiB
        Largest decoded size that is accepted, in bytes.

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
    zero" are not inverted.

    Resolution tags count only with a unit (inch or centimetre) and only for
    pixels of 40 um or less: coarser ones are settings of printers and screens
    (72 or 300 dots per inch) which software writes by default.

    Strips and tiles that were never written are an error, not zeros; so is
    one that decodes to more or less than the header declares. Damage inside
    data without a checksum (uncompressed, LZW, JPEG) cannot be noticed.

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
    page, series = check_position("page", page), check_position("series", series)
    pixel_size_um = check_pixel_size(pixel_size_um)
    max_bytes = check_integer("max_bytes", max_bytes, minimum=1, maximum=2**63 - 1)
    path = existing_path(path, "image file")
    with as_image_file_error(str(path)), tifffile.TiffFile(path) as tif:
        if tif.ome_metadata is not None:
            check_ome_xml(tif.ome_metadata)
        chosen = _select_series(tif, series)
        selection = select_planes(
            chosen.get_axes(squeeze=False),
            chosen.get_shape(squeeze=False),
            chosen.keyframe.size,
            page,
        )
        _check_size(chosen, selection, max_bytes=max_bytes)
        if pixel_size_um is None:
            where = str(path) if page is None else f"{path}, page {page}"
            pixel_size_um = read_pixel_size(tif, chosen, where=where)
        data = selection.assemble(
            [_read_plane(chosen, k, path) for k in selection.pages]
        )
        return SliceImage(
            data,
            pixel_size_um=pixel_size_um,
            name=path.stem.removesuffix(".ome") if name is None else name,
            specimen=specimen,
        )


def _select_series(
    tif: tifffile.TiffFile, number: int | None
) -> tifffile.TiffPageSeries:
    choices = tif.series
    if not choices:
        raise ValueError("it holds no image")
    if number is None and len(choices) == 1:
        return choices[0]
    if number is None or not 0 <= number < len(choices):
        listed = "; ".join(
            f"series={i}: {s.name or 'unnamed'} {s.axes} {s.shape}"
            for i, s in enumerate(choices[:8])
        )
        asked = "" if number is None else f"series={number} does not exist; "
        raise ValueError(f"{asked}it holds {len(choices)} images, choose one: {listed}")
    return choices[number]


def _check_size(
    series: tifffile.TiffPageSeries, selection: PlaneSelection, *, max_bytes: int
) -> None:
    keyframe = series.keyframe
    if keyframe.dtype is None or keyframe.dtype.kind not in "buif":
        raise ValueError(
            f"its pixels are {keyframe.dtype or 'of an unknown type'}; a slice needs "
            "real numbers"
        )
    n_bytes = len(selection.pages) * keyframe.size * keyframe.dtype.itemsize
    if n_bytes > max_bytes:
        raise ValueError(
            f"it declares {n_bytes} bytes of pixels, more than max_bytes={max_bytes}; "
            "pass a larger max_bytes if the file is genuine"
        )


def _read_plane(series: tifffile.TiffPageSeries, number: int, path: Path) -> NDArray:
    where = f"{path}, page {number}"
    with as_image_file_error(where):
        if series.is_truncated and number > 0:
            return _read_beyond_last_page(series, number)
        page = series[number]
        if page is None:
            raise ValueError("its metadata names this page, but the file lacks it")
        return read_page(page, where=where)


def _read_beyond_last_page(series: tifffile.TiffPageSeries, number: int) -> NDArray:
    """Read a plane of a stack that has one page and then bare pixels.

    This is how ImageJ writes stacks that are too large for a table of pages.
    """
    page = series.keyframe
    if page.dtype is None or not page.is_final:
        raise ValueError("it is not stored in a way that can be found without a table")
    page.parent.filehandle.seek(page.dataoffsets[0] + number * page.nbytes)
    dtype = page.dtype.newbyteorder(page.parent.byteorder)
    plane = page.parent.filehandle.read_array(dtype, page.size)
    return plane.astype(page.dtype, copy=False)
