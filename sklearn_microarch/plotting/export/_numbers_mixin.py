"""The numbers behind a display, as a file of comma-separated values."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_path, check_switch
from sklearn_microarch.anatomy._table_file import write_table

# Columns of one length, by their names.
Numbers = dict[str, NDArray]


class NumbersMixin:
    """A display that can write what it shows as a table."""

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the numbers behind the panels, as they are before any clipping.

        Parameters
        ----------
        path : path-like
            The file, with a line of names. A map has a line for each cell with a value:
            the slice, the cell's place in pixels of the slice, and in micrometres
            where the pixel size is known.
        overwrite : bool, default=False
            Replace what is there.

        Returns
        -------
        path : Path
            Where it was written, whole or not at all.

        Raises
        ------
        FileExistsError
            If something is there and is not to be replaced.
        TypeError
            If ``path`` is no path.
        """
        path = check_path("path", path)
        overwrite = check_switch("overwrite", overwrite)
        columns = {name: _short(column) for name, column in self._numbers().items()}
        return write_table(path, columns, overwrite=overwrite)

    def _numbers(self) -> Numbers:
        """Return the columns of the table."""
        raise NotImplementedError


def _short(column: NDArray) -> NDArray:
    """Return a column whose float32 are written with as many digits as they have."""
    if column.dtype != np.float32:
        return column
    return np.where(np.isnan(column), "", column.astype(str))
