"""A table as columns: what `regional_summary` gives where pandas is not installed."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_path, check_switch, shown
from sklearn_microarch.anatomy._columns import as_columns
from sklearn_microarch.anatomy._table_file import read_columns, write_table


class RegionalTable:
    """A tidy table held as columns, with no need of pandas.

    Parameters
    ----------
    columns : mapping of str to array-like of shape (n_rows,), or data frame
        Numbers or words. Names such as specimen, group or region are words, also
        where they are numbers: animal 7 is "7".

    Raises
    ------
    TypeError
        If ``columns`` is neither a mapping nor a data frame.
    ValueError
        If there is no row, or columns are not 1-D and of one length.

    See Also
    --------
    regional_summary : Makes such tables from maps.

    Examples
    --------
    >>> from sklearn_microarch.anatomy import RegionalTable
    >>> table = RegionalTable({"specimen": ["m1", "m2"], "loading": [0.4, 0.3]})
    >>> table
    RegionalTable(2 rows: specimen, loading)
    >>> table["loading"]
    array([0.4, 0.3])
    """

    def __init__(self, columns: Mapping[str, ArrayLike]) -> None:
        self._columns = as_columns(columns, name="columns")

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self._columns)

    def __getitem__(self, column: str) -> NDArray:
        if column not in self._columns:
            raise KeyError(
                f"{shown(column)} is none of the columns {', '.join(self.columns)}."
            )
        return self._columns[column]

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def to_rows(self) -> list[dict[str, Any]]:
        """Return the rows.

        Returns
        -------
        rows : list of dict
            Values by column.
        """
        listed = (values.tolist() for values in self._columns.values())
        return [
            dict(zip(self._columns, row, strict=True))
            for row in zip(*listed, strict=True)
        ]

    def to_pandas(self) -> Any:  # noqa: ANN401 - pandas is optional
        """Return the table as a data frame.

        Returns
        -------
        frame : pandas.DataFrame
            Of the same columns.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        return import_module("pandas").DataFrame(self._columns)

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the table to a file of comma-separated values.

        Parameters
        ----------
        path : path-like
            The file.
        overwrite : bool, default=False
            Replace what is there.

        Returns
        -------
        path : Path
            Where it was written.

        Raises
        ------
        FileExistsError
            If something is there and is not to be replaced.
        TypeError
            If ``path`` is no path.
        """
        return write_table(
            check_path("path", path),
            self._columns,
            overwrite=check_switch("overwrite", overwrite),
        )

    @classmethod
    def read_csv(cls, path: str | Path) -> "RegionalTable":
        """Read a table from a file of comma-separated values with a line of names.

        Parameters
        ----------
        path : path-like
            The file, as this class, pandas or a spreadsheet writes it.

        Returns
        -------
        table : RegionalTable
            Columns that hold nothing but numbers are floats, NaN where empty.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        TypeError
            If ``path`` is no path.
        ValueError
            If it holds no row, a name twice, or a line of another length.
        """
        return cls(read_columns(check_path("path", path)))

    def __repr__(self) -> str:
        return f"RegionalTable({len(self)} rows: {', '.join(self.columns)})"


def frame_or_table(columns: Mapping[str, ArrayLike]) -> Any:  # noqa: ANN401
    """Return a table: a data frame where pandas is installed."""
    table = RegionalTable(columns)
    return table if find_spec("pandas") is None else table.to_pandas()
