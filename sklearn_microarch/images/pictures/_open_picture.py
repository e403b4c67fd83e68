"""Read a PNG or JPEG picture as a slice."""

import struct
from pathlib import Path
from typing import Any, BinaryIO

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images._image_errors import as_image_file_error
from sklearn_microarch.images._orientation import (
    check_orientation,
    orientation_note,
    turned,
)
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images._wanted import Wanted, pick_channels, take_channels
from sklearn_microarch.images.pictures._pillow import import_pillow

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
# Software writes dots per inch that nobody measured; scanners of slides are finer.
COARSEST_UM = 10.0
# The densest that deflate and JPEG can pack pixels; what claims more is no picture.
_MOST_VALUES_PER_BYTE = {"png": 1100, "jpeg": 2000}
_EXIF_ORIENTATION = 274
_COLOURS = {3: ["red", "green", "blue"]}
_SIXTEEN_BIT_COLOUR = {2: 3, 4: 2, 6: 4}


def open_picture(path: Path, wanted: Wanted, *, max_bytes: int) -> SliceImage:
    """Read a picture: colours as three channels, equal ones as one grey channel."""
    with as_image_file_error(str(path)):
        with path.open("rb") as file:
            kind = "png" if file.read(8) == PNG else "jpeg"
        wanted.refuse(("series", "level", "page", "z", "t"), f"a {kind.upper()} file")
        with path.open("rb") as file, _opened(file, kind) as picture:
            _check_size(picture, path, kind, max_bytes)
            edge = _edge(picture)
            code = check_orientation(picture.getexif().get(_EXIF_ORIENTATION))
            values, notes = _stored_values(picture, path)
        values, more = _without_alpha(values)
        notes = [*orientation_note(code), *notes, *more]
        values = turned(values, code)
        chosen = pick_channels(
            wanted.channels,
            len(values) if values.ndim == 3 else 1,
            _COLOURS.get(len(values) if values.ndim == 3 else 1, ["grey"]),
        )
        return wanted.image(
            take_channels(values, chosen),
            path,
            edge=edge,
            notes=notes,
        )


def _opened(file: BinaryIO, kind: str) -> Any:  # noqa: ANN401 - a picture of Pillow
    pil = import_pillow()
    # By its format: Image.open would refuse large sections, and try all formats.
    if kind == "png":
        return pil.PngImagePlugin.PngImageFile(file)
    return pil.JpegImagePlugin.JpegImageFile(file)


def _check_size(picture: Any, path: Path, kind: str, max_bytes: int) -> None:  # noqa: ANN401
    width, height = picture.size
    if not width or not height:
        raise ValueError(f"its header declares {height} x {width} pixels")
    n_values = width * height * max(1, len(picture.getbands()))
    n_bytes = n_values * (4 if picture.mode.startswith(("I", "F")) else 1)
    if n_bytes > max_bytes:
        raise ValueError(
            f"it declares {n_bytes} bytes of pixels, more than the {max_bytes} that "
            "are read; save it as a tiled TIFF or OME-Zarr"
        )
    size = path.stat().st_size
    # A bit for each pixel at least, in pictures of black and white.
    packed = n_values / 8 if picture.mode == "1" else n_values
    if packed > size * _MOST_VALUES_PER_BYTE[kind] + 4096:
        raise ValueError(
            f"it declares {height} x {width} pixels, more than {size} bytes can hold; "
            "the file is damaged"
        )


def _edge(picture: Any) -> float | None:  # noqa: ANN401
    """Return the pixel size that the file states, if it is no setting of a screen."""
    dpi = picture.info.get("dpi")
    if not (isinstance(dpi, tuple) and len(dpi) == 2):
        return None
    edges = [25400 / float(n) if float(n) > 0 else np.inf for n in dpi]
    if max(edges) > COARSEST_UM or min(edges) <= 0 or max(edges) > 1.01 * min(edges):
        return None
    return float(sum(edges) / 2)


def _stored_values(
    picture: Any,  # noqa: ANN401
    path: Path,
) -> tuple[NDArray, list[str]]:
    """Return (height, width) or (height, width, samples), and what was done."""
    sixteen = _sixteen_bits(path)
    if sixteen is not None:
        return sixteen, []
    mode = picture.mode
    if mode in ("P", "PA"):
        note = "colours of its palette; the numbers of its entries are not read"
        return np.asarray(picture.convert("RGB")), [note]
    if mode in ("1", "L", "LA", "RGB", "RGBA") or mode.startswith("I"):
        values = np.asarray(picture)
        # Grey levels of 16 bits, which Pillow may give as 32.
        return values.astype(np.uint16) if values.dtype.kind == "i" else values, []
    raise ValueError(f"its colours are {mode}; save it as RGB or as grey levels")


def _without_alpha(values: NDArray) -> tuple[NDArray, list[str]]:
    """Return grey levels (height, width) or colours (3, height, width), and notes."""
    notes: list[str] = []
    if values.ndim == 2:
        return values, notes
    if values.shape[2] in (2, 4):
        alpha, values = values[..., -1], values[..., :-1]
        opaque = np.iinfo(alpha.dtype).max
        share = float((alpha < opaque).mean())
        clear = f", {share:.0%} of the pixels are see-through" if share else ""
        notes.append(f"transparency (alpha) left out{clear}")
    values = np.ascontiguousarray(np.moveaxis(values, -1, 0))
    if all(np.array_equal(values[0], part) for part in values[1:]):
        if len(values) > 1:
            notes.append("red, green and blue are equal: read as one grey channel")
        return values[0], notes
    return values, notes


def _sixteen_bits(path: Path) -> NDArray | None:
    """Return colours of 16 bits, of which Pillow would keep eight; None of others."""
    with path.open("rb") as file:
        head = file.read(26)
    if head[:8] != PNG or len(head) < 26:
        return None
    bits, colour = struct.unpack(">BB", head[24:26])
    if bits != 16 or colour not in _SIXTEEN_BIT_COLOUR:
        return None
    values = np.asarray(imagecodecs.png_decode(path.read_bytes()))
    return values.astype(values.dtype.newbyteorder("="), copy=False)
