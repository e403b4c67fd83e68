"""Atlas maps of QUINT (QuickNII, VisuAlign): rows of the atlas's list of regions."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation.labels._label_picture import (
    LabelPicture,
    check_pixel_count,
)
from sklearn_microarch.annotation.tables._label_table import LabelTable

_HEADER = 9
_DTYPES = {1: ">u1", 2: ">u2", 4: ">u4"}


def flat_shape(path: Path) -> tuple[int, int, int] | None:
    """Return bytes per pixel, height and width, None where they do not fit the file."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if len(header) < _HEADER or header[0] not in _DTYPES:
        return None
    width, height = (int.from_bytes(header[at : at + 4]) for at in (1, 5))
    fits = path.stat().st_size == _HEADER + header[0] * width * height
    return (header[0], height, width) if fits and width * height else None


def decode_flat(path: Path, *, shape: tuple[int, int] | None) -> LabelPicture:
    """Return the rows of the atlas's list, (height, width)."""
    found = flat_shape(path)
    if found is None:
        size = path.stat().st_size
        raise ValueError(
            f"its {size} bytes are not those of the width and height it declares; it "
            "is truncated, damaged or no .flat file of QuickNII or VisuAlign"
        )
    n_bytes, height, width = found
    check_pixel_count((height, width), shape)
    values = np.fromfile(path, dtype=_DTYPES[n_bytes], offset=_HEADER)
    values = values.reshape(height, width)
    return LabelPicture(
        values.astype(values.dtype.newbyteorder("=")),
        counts_rows=True,
        covers_picture=True,
        notes=("its values count the rows of the atlas's list of regions.",),
    )


def ids_of_rows(values: NDArray, table: LabelTable | None) -> NDArray[np.int64]:
    """Return the ids that rows of a list stand for; ValueError if it is not the list.

    Row 0 is what lies outside the brain, "Clear Label".
    """
    if table is None:
        raise ValueError(
            "its values are rows of the atlas's list of regions, not ids, so the list "
            "is needed: pass table=, the label file of the atlas in QuickNII or "
            "VisuAlign (ITK-SNAP format or CSV, with the row 0 'Clear Label')"
        )
    rows = table.rows
    if rows[0] != 0:
        if rows != list(range(1, len(rows) + 1)):
            raise ValueError(
                f"its values are rows of the atlas's list, whose row 0 is the outside, "
                f"but {table.source} begins with the id {rows[0]} "
                f"({table.names[rows[0]]!r}): pass the label file of the atlas in "
                "QuickNII or VisuAlign, or put '0,Clear Label' first"
            )
        rows = [0, *rows]
    last = int(values.max())
    if last >= len(rows):
        raise ValueError(
            f"it names row {last} of the atlas's list, but {table.source} has the rows "
            f"0 to {len(rows) - 1}; it is the list of another atlas or version"
        )
    return np.array(rows, dtype=np.int64)[values]
