"""Which files lie in the folder of a zarr array."""

import os
from collections.abc import Iterator
from pathlib import Path


def stored_chunks(folder: Path) -> Iterator[str]:
    """Yield the files in the folder of an array, under the keys of its chunks.

    Among them its metadata; the file of attributes is left out.
    """
    for parent, _, names in os.walk(folder):
        inner = Path(parent).relative_to(folder)
        for name in names:
            if name == ".zattrs":
                continue
            yield (inner / name).as_posix()
