"""The cells of a file of comma-separated values, whoever wrote it."""

import csv
import io
from pathlib import Path

from sklearn_microarch.exceptions import SheetError

_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_SEPARATORS = ",;\t"
# A sheet has a line for each section; more is another kind of file.
_MOST_BYTES = 16 * 1024**2


def read_lines(path: Path) -> list[list[str]]:
    """Return the cells of each line, the head first; SheetError for no table."""
    if path.is_dir():
        raise SheetError(
            f"{path} is a folder; draft its sheet first (draft_sheet), and give that."
        )
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise SheetError(f"{path} is no sheet: it is larger than 16 MB.")
    text = _decode(path, data)
    if not text.strip():
        raise SheetError(f"{path} is empty; its first line names the columns.")
    head = text.lstrip().splitlines()[0]
    if head.lower().startswith("sep=") and len(head) == 5:
        # Excel's own line that says by what columns are separated.
        text, separator = text.lstrip().partition("\n")[2], head[4]
    else:
        separator = max(_SEPARATORS, key=head.count)
    try:
        # Strictly: a quote that is never closed would swallow the rest of the file.
        return list(
            csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        )
    except csv.Error as error:
        raise SheetError(
            f"{path} is no table of comma-separated values: {error}."
        ) from error


def _decode(path: Path, data: bytes) -> str:
    if b"\0" in data[:1024] and data[:2] not in _MARKS:
        raise SheetError(
            f"{path} is no text; save the sheet from the spreadsheet as 'CSV UTF-8'."
        )
    encoding = next(
        (name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8"
    )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SheetError(
            f"{path} is not written in UTF-8: line {line} has a letter of another "
            "encoding. Save it from the spreadsheet as 'CSV UTF-8'."
        ) from error
