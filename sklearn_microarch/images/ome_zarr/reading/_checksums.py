"""Checksums of the chunks of an array whose format has none, kept as its attribute."""

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from sklearn_microarch.images.ome_zarr.reading._stored_chunks import stored_chunks

if TYPE_CHECKING:
    import zarr

# zarr 2, which OME-Zarr 0.4 is made of, has checksums in codecs that few programs
# read. An attribute is read by all, and ignored by those that do not know it.
ATTRIBUTE = "sklearn_microarch_crc32"
# What says how chunks are to be read.
HEADER = ".zarray"


def keep_checksums(array: "zarr.Array", folder: Path) -> None:
    """Keep a checksum of each chunk that lies in ``folder``, and of the header."""
    found = {name: _crc32(folder / name) for name in sorted(stored_chunks(folder))}
    array.update_attributes({ATTRIBUTE: found})


def has_checksums(array: "zarr.Array") -> bool:
    """Tell whether checksums are kept with an array."""
    return ATTRIBUTE in array.attrs


def check_unchanged(array: "zarr.Array", file: Path, folder: Path) -> None:
    """Raise ValueError when a chunk, or the header, is not as it was written.

    ``file`` is that of the chunk, ``folder`` that of the array.
    """
    kept = array.attrs[ATTRIBUTE]
    if not isinstance(kept, dict):
        raise ValueError(f"its attribute {ATTRIBUTE!r} is damaged")
    for one in (folder / HEADER, file):
        name = one.relative_to(folder).as_posix()
        if one.is_file() and kept.get(name) != _crc32(one):
            raise ValueError(
                f"{name} is damaged, or was changed by another program: its checksum "
                "is not the one that was kept. Write the maps anew; if the change is "
                f"meant, delete the attribute {ATTRIBUTE!r} from {folder / '.zattrs'}"
            )


def _crc32(file: Path) -> str:
    return f"{zlib.crc32(file.read_bytes()):08x}"
