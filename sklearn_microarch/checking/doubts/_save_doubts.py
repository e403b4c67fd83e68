"""Write doubts: a table, and outlines for QuPath."""

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sklearn_microarch._whole import replace_file

if TYPE_CHECKING:
    from sklearn_microarch.checking.doubts._doubts import Doubts


def save_doubts(doubts: "Doubts", folder: Path, *, overwrite: bool) -> list[Path]:
    """Write all files and return where; see `Doubts.save`."""
    table = folder / "doubts.csv"
    outlines = {name: folder / file_name(name) for name in doubts.slices}
    taken = [path for path in (table, *outlines.values()) if path.exists()]
    if taken and not overwrite:
        raise FileExistsError(
            f"{', '.join(map(str, taken))} exist; pass overwrite=True to replace them, "
            "or another folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in outlines.items():
        image = next(image for image in doubts.images if image.name == name)
        doubts.to_rois(name).write(path, image=image, overwrite=True)
    with replace_file(table) as file:
        file.write(_as_csv(doubts).encode())
    return [table, *outlines.values()]


def file_name(slice_name: str) -> str:
    """Return the name of a slice's file of outlines."""
    return f"{plain_name(slice_name)}_doubts.geojson"


def plain_name(text: str) -> str:
    """Return a name that any file system takes."""
    return re.sub(r"[^\w.-]+", "_", text).strip(".") or "slice"


def _as_csv(doubts: "Doubts") -> str:
    rows = doubts.to_rows()
    text = io.StringIO()
    names = list(rows[0]) if rows else ["rank", "slice"]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        # NaN is what is not known.
        writer.writerow({k: "" if v != v else v for k, v in row.items()})  # noqa: PLR0124
    return text.getvalue()
