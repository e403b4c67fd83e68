"""The checksum (CRC-32) of what is kept, as fast as it can be had."""

import zlib

import imagecodecs
from numpy.typing import NDArray


def checksum(value: int, data: bytes | NDArray) -> int:
    """Go on with a CRC-32, of 0 at first, over bytes or a contiguous array."""
    if imagecodecs.DEFLATE.available:
        found: int = imagecodecs.deflate_crc32(data, value)  # type: ignore[arg-type]
        return found
    return zlib.crc32(data, value)  # type: ignore[arg-type]
