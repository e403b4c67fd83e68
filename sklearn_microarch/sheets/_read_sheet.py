"""Read the sheet of a study from a CSV file."""

from pathlib import Path

from sklearn_microarch._arguments._numbers import check_path
from sklearn_microarch.exceptions import SheetError
from sklearn_microarch.sheets._sheet import Sheet
from sklearn_microarch.sheets.table._parse_lines import Line, parse_lines
from sklearn_microarch.sheets.table._read_lines import read_lines
from sklearn_microarch.sheets.table._section_of_line import section_of_line

# More would not be read.
_MOST_TOLD = 5


def read_sheet(path: str | Path) -> Sheet:
    r"""Read the sheet of a study from a CSV file.

    One line stands for one section. Columns are found by their names:

    - ``image``: file of the slice;
    - ``rois``: file of its annotation, if it is annotated;
    - ``animal``: the animal it was cut from;
    - ``group``, ``side`` (left or right), ``z_um``, ``normalize_by``, ``channel``,
      ``pixel_size_um``, ``flip`` (yes or no), ``exclude`` (regions, separated by
      semicolons) and ``name``, where they are known; see `Section`;
    - any other column (sex, age, batch) is carried into every table.

    Parameters
    ----------
    path : path-like
        The file. Columns are separated by commas, semicolons or tabs. Paths in it are
        relative to its folder.

    Returns
    -------
    sheet : Sheet
        The sections, in the order of the lines.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    SheetError
        If it is no sheet, a file is missing, a line is given twice, two slices have
        one name, or a value is none that its column can have. The message names the
        lines, counted as a spreadsheet counts them.

    See Also
    --------
    draft_sheet : Drafts a sheet from a folder of files.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn_microarch.sheets import read_sheet
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "a.tif").touch()
    ...     path = Path(folder, "study.csv")
    ...     _ = path.write_text("image,animal,sex\na.tif,m1,f\n")
    ...     sheet = read_sheet(path)
    >>> sheet[0].animal, sheet[0].details
    ('m1', {'sex': 'f'})
    """
    path = check_path("path", path)
    lines = parse_lines(path, read_lines(path))
    sections, wrong = [], []
    for line in lines:
        try:
            sections.append(section_of_line(line, path.parent))
        except (ValueError, TypeError) as error:
            wrong.append(f"line {line.number}: {error}")
    wrong += _twice(lines, path.parent)
    if wrong:
        raise SheetError(f"{path}: {_listed(wrong)}")
    try:
        return Sheet(sections, path=path)
    except SheetError as error:
        raise SheetError(f"{path}: {error}") from error


def _twice(lines: list[Line], folder: Path) -> list[str]:
    """Return what is wrong where lines name the same slice, and no two names."""
    seen: dict[tuple[Path, str], int] = {}
    wrong = []
    for line in lines:
        key = (folder / line.cells.get("image", ""), line.cells.get("name", ""))
        first = seen.setdefault(key, line.number)
        if first != line.number:
            wrong.append(
                f"line {line.number}: {line.cells.get('image')} is in line {first} "
                "already; leave one out."
            )
    return wrong


def _listed(wrong: list[str]) -> str:
    told = " ".join(wrong[:_MOST_TOLD])
    more = len(wrong) - _MOST_TOLD
    return told if more <= 0 else f"{told} And {more} more."
