"""Whether the file of a chunk or shard is whole, where zarr would not notice.

Chunks that are cut off a shard are read as a constant, and Blosc reads on beyond the
end of what it is given.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import zarr

_ABSENT = 2**64 - 1


def needs_check(array: "zarr.Array") -> bool:
    """Tell whether truncated files of an array go unnoticed."""
    return array.shards is not None or _is_blosc(array)


def check_whole(array: "zarr.Array", position: tuple[int, ...], file: Path) -> None:
    """Raise ValueError when a chunk or shard is shorter than it says."""
    if not file.is_file():
        return
    if array.shards is None:
        _check_blosc(position, file)
        return
    sharding = _sharding(array)
    if sharding is None:
        return
    inner = zip(array.shards, array.chunks, strict=True)
    n_chunks = math.prod(whole // part for whole, part in inner)
    codecs = [type(codec).__name__ for codec in sharding.index_codecs]
    if codecs not in (["BytesCodec"], ["BytesCodec", "Crc32cCodec"]):
        return
    n_entries = 16 * n_chunks
    n_index = n_entries + 4 * (len(codecs) - 1)
    size = file.stat().st_size
    if size < n_index:
        raise ValueError(
            f"the shard at {position} has {size} bytes, less than its index of "
            f"{n_index}; it is truncated"
        )
    at_end = "end" in str(getattr(sharding.index_location, "value", "end"))
    with file.open("rb") as stream:
        stream.seek(size - n_index if at_end else 0)
        table = np.frombuffer(stream.read(n_entries), "<u8").reshape(-1, 2)
    stored = [(int(a), int(n)) for a, n in table if int(a) != _ABSENT]
    if any(a + n > size for a, n in stored):
        raise ValueError(f"the shard at {position} is truncated or damaged")


def _check_blosc(position: tuple[int, ...], file: Path) -> None:
    size = file.stat().st_size
    with file.open("rb") as stream:
        header = stream.read(16)
    stated = int.from_bytes(header[12:16], "little")
    if len(header) < 16 or stated != size:
        raise ValueError(
            f"the chunk at {position} has {size} bytes, but says that it has {stated}; "
            "it is truncated or damaged"
        )


def _is_blosc(array: "zarr.Array") -> bool:
    metadata = array.metadata
    last = getattr(metadata, "compressor", None)
    if last is None:
        last = (list(getattr(metadata, "codecs", ())) or [None])[-1]
    return "blosc" in type(last).__name__.lower()


def _sharding(array: "zarr.Array") -> Any:  # noqa: ANN401 - a codec of zarr
    for codec in getattr(array.metadata, "codecs", ()):
        if hasattr(codec, "index_codecs"):
            return codec
    return None
