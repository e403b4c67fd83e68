"""Label images in PNG files: indices of a palette, grey levels or colours."""

import warnings
import zlib
from pathlib import Path

import numpy as np

from sklearn_microarch.annotation._optional import optional
from sklearn_microarch.annotation._region_names import Color
from sklearn_microarch.annotation.labels._label_picture import (
    MAX_INFLATION,
    LabelPicture,
    check_pixel_count,
)

_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def decode_png(path: Path, *, shape: tuple[int, int] | None) -> LabelPicture:
    """Return indices with the colours of their palette, grey levels, or colours."""
    image_module = optional("PIL.Image", "Reading PNG files")
    _check_header(path, shape)
    _check_sums(path)
    with warnings.catch_warnings():
        # Its size was checked; Pillow warns of half as many pixels.
        warnings.simplefilter("ignore", image_module.DecompressionBombWarning)
        with image_module.open(path, formats=["PNG"]) as image:
            values = np.asarray(image)
            palette = image.getpalette("RGB") if image.mode == "P" else None
    if values.ndim == 3 and values.shape[-1] == 2:
        opacity = values[..., 1]
        if ((opacity > 0) & (opacity < 255)).any():
            raise ValueError("it is partly transparent; save it without transparency")
        values = np.where(opacity == 0, 0, values[..., 0])
    return LabelPicture(values, colors=_colors(palette) if palette else {})


def _check_header(path: Path, shape: tuple[int, int] | None) -> None:
    """Raise ValueError for a size that is too large or cannot be in so small a file."""
    with path.open("rb") as file:
        header = file.read(33)
    if len(header) < 33 or header[12:16] != b"IHDR":
        raise ValueError("its header is incomplete; the file is truncated or damaged")
    width, height = (int.from_bytes(header[at : at + 4]) for at in (16, 20))
    bits, kind = header[24], header[25]
    check_pixel_count((height, width), shape)
    n_bytes = height * (width * bits * _SAMPLES.get(kind, 1) // 8)
    size = path.stat().st_size
    if n_bytes > MAX_INFLATION * size:
        raise ValueError(
            f"it declares {height} x {width} pixels, which cannot be in its {size} "
            "bytes; the file is truncated or damaged"
        )
    if bits == 16 and kind in (2, 4, 6):
        raise ValueError(
            "it holds colours of 16 bits; colours of 8 bits are read: save the labels "
            "as an 8-bit RGB or a grey image"
        )


def _check_sums(path: Path) -> None:
    """Raise ValueError for a part that is not what its check sum says.

    Pillow leaves those of the pixels out.
    """
    with path.open("rb") as file:
        file.seek(8)
        name = b""
        while name != b"IEND":
            length, name = int.from_bytes(file.read(4)), file.read(4)
            left, found = length, zlib.crc32(name)
            while left and (part := file.read(min(left, 2**20))):
                found, left = zlib.crc32(part, found), left - len(part)
            if left or file.read(4) != found.to_bytes(4):
                raise ValueError(
                    f"its part {name.decode('latin-1')!r} is cut or does not have its "
                    "check sum; the file is truncated or damaged"
                )


def _colors(palette: list[int]) -> dict[int, Color]:
    levels = np.asarray(palette).reshape(-1, 3).tolist()
    return {index: (level[0], level[1], level[2]) for index, level in enumerate(levels)}
