"""One page of a TIFF, decoded only after its strips or tiles were found sound."""

import math
from typing import Any, BinaryIO

import numpy as np
import tifffile
from numpy.typing import NDArray
from tifffile import TIFF

from sklearn_microarch.exceptions import ImageFileError

Page = tifffile.TiffPage | tifffile.TiffFrame

# Refuse by themselves to write past the buffer that tifffile sizes by the header.
_BOUNDED = {1, 2, 3, 4, 8, 32773, 32946, 34926, 50000, 50013}
# Stop at the end of that buffer without a word, whatever is left.
_CLIPPED = {5, 34925}
_CCITT = {2, 3, 4}
_JPEG = {6, 7, 33007, 34892}
# Allocate what the coded image itself declares.
_JPEG_2000 = {33003, 33004, 33005, 34712}
_WEBP = {34927, 50001}
_JPEG_XL_XR_PNG = {22610, 34933, 34934, 50002, 52546}
# Bytes that one stored byte can become, at most: LZW, deflate, PackBits, JPEG.
_MOST_INFLATED = {5: 1500, 8: 1100, 32946: 1100, 32773: 130, 7: 2000}
_CODED_IMAGES = _JPEG | _JPEG_2000 | _WEBP | _JPEG_XL_XR_PNG


def read_page(page: Page, *, where: str) -> NDArray:
    """Return the pixels of a page of an open file; ImageFileError if not to be trusted.

    Of tifffile's normalised shape (samples, depth, height, width, samples), as stored.
    Decoded only after each strip or tile was found to be there and to hold as much as
    the header declares.
    """
    keyframe = check_page(page, where=where)
    handle = page.parent.filehandle
    if _needs_decoded_size_check(keyframe):
        for number in range(math.prod(keyframe.chunked)):
            handle.seek(page.dataoffsets[number])
            data = handle.read(page.databytecounts[number])
            _check_decoded_size(page, keyframe, number, data, where=where)
    return page.asarray(squeeze=False)


def check_page(page: Page, *, where: str) -> tifffile.TiffPage:
    """Return a page's keyframe when its header can be trusted; nothing is decoded."""
    handle = page.parent.filehandle
    if handle.closed:
        handle.open()
    keyframe = page.keyframe
    if keyframe is None:
        raise ImageFileError(f"{where}: the header is incomplete; the file is damaged.")
    _check_compression(keyframe, where=where)
    _check_extents(page, keyframe, where=where)
    if keyframe.compression == 1:
        _check_uncompressed_sizes(page, keyframe, where=where)
    most = _MOST_INFLATED.get(int(keyframe.compression))
    stored = sum(int(n) for n in page.databytecounts)
    if most is not None and keyframe.nbytes > most * stored + 4096:
        raise ImageFileError(
            f"{where}: it declares {keyframe.nbytes} bytes of pixels, more than the "
            f"{stored} that are stored can hold; the file is damaged."
        )
    return keyframe


def decode_segment(
    page: Page, keyframe: tifffile.TiffPage, number: int, file: BinaryIO, *, where: str
) -> tuple[NDArray, tuple[int, ...]]:
    """Return a strip or tile (height, width, samples), and where it begins.

    The place is (sample, row, column) in the page. ``file`` is open at will.
    """
    file.seek(page.dataoffsets[number])
    data = file.read(page.databytecounts[number])
    if _needs_decoded_size_check(keyframe):
        _check_decoded_size(page, keyframe, number, data, where=where)
    values, start, shape = keyframe.decode(
        data, number, jpegtables=page.jpegtables, jpegheader=keyframe.jpegheader
    )
    if values is None:
        raise ValueError(f"segment {number} holds nothing")
    values = values[0][: shape[1], : shape[2]]
    return values, (start[0], start[2], start[3])


def _check_compression(keyframe: tifffile.TiffPage, *, where: str) -> None:
    code = int(keyframe.compression)
    known = _BOUNDED | _CLIPPED | _CODED_IMAGES
    if code not in known or code not in TIFF.DECOMPRESSORS:
        name = getattr(keyframe.compression, "name", "unknown")
        raise ImageFileError(
            f"{where}: compression {code} ({name}) is not read; save the image with "
            "deflate compression or none."
        )
    bits = keyframe.bitspersample
    if code in _CCITT and (bits != 1 or keyframe.samplesperpixel != 1):
        raise ImageFileError(
            f"{where}: fax compression {code} is for pictures of 1 bit, "
            f"but the header declares {bits} bits in {keyframe.samplesperpixel} "
            "samples; the file is damaged."
        )
    if code in _JPEG and bits not in (8, 12, 16):
        raise ImageFileError(
            f"{where}: JPEG holds 8, 12 or 16 bits a sample, but the header declares "
            f"{bits}; the file is damaged."
        )


def _check_extents(page: Page, keyframe: tifffile.TiffPage, *, where: str) -> None:
    """Raise when a strip or tile is absent, empty or outside the file."""
    n_segments = math.prod(keyframe.chunked)
    kind = "tile" if keyframe.is_tiled else "strip"
    n_listed = _n_listed_segments(page)
    if n_listed != n_segments:
        raise ImageFileError(
            f"{where}: the header needs {n_segments} {kind}s and lists {n_listed}; the "
            "file is damaged."
        )
    # As Python integers, because 64-bit ones overflow in damaged headers.
    offsets = np.array(page.dataoffsets[:n_segments], dtype=object)
    ends = offsets + np.array(page.databytecounts[:n_segments], dtype=object)
    missing = np.flatnonzero((offsets <= 0) | (ends <= offsets))
    if len(missing):
        raise ImageFileError(
            f"{where}: {len(missing)} of {n_segments} {kind}s were never written, the "
            f"first is {kind} {missing[0]}; their pixels are unknown, not zero. Write "
            "the image completely."
        )
    size = page.parent.filehandle.size
    outside = np.flatnonzero(ends > size)
    if len(outside):
        raise ImageFileError(
            f"{where}: {kind} {outside[0]} ends at byte {ends[outside[0]]}, but the "
            f"file has {size}; it is truncated or damaged."
        )


def _n_listed_segments(page: Page) -> int:
    n_listed = min(len(page.dataoffsets), len(page.databytecounts))
    if isinstance(page, tifffile.TiffPage):
        # tifffile drops what the image's height has no room for.
        tag = page.tags.get("TileOffsets") or page.tags.get("StripOffsets")
        return n_listed if tag is None else max(n_listed, tag.count)
    return n_listed


def _check_uncompressed_sizes(
    page: Page, keyframe: tifffile.TiffPage, *, where: str
) -> None:
    """Raise when a strip or tile is stored with fewer or more bytes than its pixels."""
    for number, n_bytes in enumerate(page.databytecounts):
        _, _, shape = keyframe.decode(None, number)
        expected = _n_bytes(keyframe, shape)
        # Some programs fill up the last strip.
        _, _, full_shape = keyframe.decode(None, number, _fullsize=True)
        if n_bytes not in (expected, _n_bytes(keyframe, full_shape)):
            kind = "tile" if keyframe.is_tiled else "strip"
            raise ImageFileError(
                f"{where}: {kind} {number} has {n_bytes} bytes, but its pixels need "
                f"{expected}; the file is damaged."
            )


def _n_bytes(keyframe: tifffile.TiffPage, shape: tuple[int, ...]) -> int:
    bits_per_row = shape[2] * shape[3] * keyframe.bitspersample
    return shape[0] * shape[1] * math.ceil(bits_per_row / 8)


def _needs_decoded_size_check(keyframe: tifffile.TiffPage) -> bool:
    # Packed samples get a buffer for whole ones, which is larger than they need.
    is_packed = keyframe.bitspersample not in (8, 16, 32, 64)
    uncompressed_or_ccitt = keyframe.compression in _CCITT | {1}
    return keyframe.compression in _CLIPPED | _CODED_IMAGES or (
        is_packed and not uncompressed_or_ccitt
    )


def _check_decoded_size(
    page: Page, keyframe: tifffile.TiffPage, number: int, data: bytes, *, where: str
) -> None:
    """Raise when a strip or tile would decode to another size than declared."""
    _, start, shape = keyframe.decode(None, number)
    if keyframe.compression in _CODED_IMAGES:
        problem = _coded_image_problem(page, keyframe, data, start, shape)
    else:
        problem = _byte_stream_problem(keyframe, data, shape)
    if problem:
        kind = "tile" if keyframe.is_tiled else "strip"
        size = " x ".join(map(str, shape[1:]))
        raise ImageFileError(
            f"{where}: {kind} {number}, declared as {size}, {problem}; the file is "
            "damaged."
        )


def _byte_stream_problem(
    keyframe: tifffile.TiffPage, data: bytes, shape: tuple[int, ...]
) -> str:
    expected = _n_bytes(keyframe, shape)
    decoded = TIFF.DECOMPRESSORS[keyframe.compression](data, out=expected + 1)
    return f"holds more than its {expected} bytes" if len(decoded) > expected else ""


def _coded_image_problem(
    page: Page,
    keyframe: tifffile.TiffPage,
    data: bytes,
    start: tuple[int, ...],
    shape: tuple[int, ...],
) -> str:
    decode = TIFF.DECOMPRESSORS[keyframe.compression]
    options: dict[str, Any] = {}
    if keyframe.compression in _JPEG:
        options = {"tables": page.jpegtables, "header": keyframe.jpegheader}
        options["bitspersample"] = keyframe.bitspersample
    elif keyframe.compression in _WEBP:
        options = {"hasalpha": shape[3] == 4}
    # Tiles at the border may hold just the part that lies inside the image.
    inside = (
        min(shape[1], keyframe.imagelength - start[2]),
        min(shape[2], keyframe.imagewidth - start[3]),
    )
    for height, width in dict.fromkeys([shape[1:3], inside]):
        size = (height, width) if shape[3] == 1 else (height, width, shape[3])
        try:
            # The codec compares its own header with `out` before it allocates.
            decode(data, out=np.empty(size, keyframe.dtype), **options)
        except ValueError as exc:
            problem = f"does not decode: {exc}"
        else:
            return ""
    return problem
