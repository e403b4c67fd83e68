"""The names that this library writes into a label TIFF, read back."""

from pathlib import Path
from typing import TYPE_CHECKING

import tifffile

from sklearn_microarch.annotation.tables._read_table import table_of_text

if TYPE_CHECKING:
    from sklearn_microarch.annotation.tables._label_table import LabelTable

# The first line of what `names_as_text` gives.
HEADING = "id,name,red,green,blue\n"
_LONGEST = 2**26


def names_in_tiff(path: Path) -> "LabelTable | None":
    """Return the table within a TIFF file; None for any other file or text."""
    with path.open("rb") as file:
        if file.read(4) not in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
            return None
    try:
        with tifffile.TiffFile(path) as tif:
            about = tif.imagej_metadata or {}
            text = about.get("Info") or tif.pages.first.description
        if not isinstance(text, str) or not text.startswith(HEADING):
            return None
        if len(text) > _LONGEST:
            return None
        return table_of_text(text, source=str(path))
    # What is damaged is told when the picture itself is read.
    except Exception:
        return None
