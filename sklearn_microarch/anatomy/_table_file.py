"""Regional tables in files of comma-separated values."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_path, check_switch
from sklearn_microarch._whole import replace_file


def write_table(path: Path, columns: Mapping[str, NDArray], *, overwrite: bool) -> Path:
    """Write columns as a whole or not at all; numbers come back the same, NaN is ""."""
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"{path} exists; choose another path, or pass overwrite=True."
        )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    listed = (values.tolist() for values in columns.values())
    for row in zip(*listed, strict=True):
        writer.writerow("" if value != value else value for value in row)  # noqa: PLR0124
    with replace_file(path) as file:
        file.write(text.getvalue().encode())
    return path


def write_rows(
    path: str | Path,
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    *,
    overwrite: bool,
) -> Path:
    """Write the columns ``names`` of rows, as `write_table` does; check arguments."""
    place, overwrite = check_path("path", path), check_switch("overwrite", overwrite)
    columns = {name: np.array([row[name] for row in rows]) for name in names}
    return write_table(place, columns, overwrite=overwrite)


def read_columns(path: Path) -> dict[str, list[str]]:
    """Return columns of texts, by the names in the first line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8: {error}.") from error
    lines = [line for line in csv.reader(io.StringIO(text, newline="")) if line]
    if len(lines) < 2:
        raise ValueError(f"{path} has no rows: a line of names and others are needed.")
    names = [name.strip() for name in lines[0]]
    if len(set(names)) < len(names):
        raise ValueError(f"{path} names a column twice: {', '.join(names)}.")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(names):
            raise ValueError(
                f"{path} has {len(line)} values in line {number}, but {len(names)} "
                "names in the first; columns are separated by commas."
            )
    rows = zip(*lines[1:], strict=True)
    return {name: list(values) for name, values in zip(names, rows, strict=True)}
