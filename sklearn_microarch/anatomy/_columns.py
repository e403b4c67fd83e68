"""Columns of the regional table: which there are, and how a table is read as them."""

import os
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._arrays import as_array, check_same_length
from sklearn_microarch._arguments._numbers import shown

Columns = dict[str, NDArray]

# Of a slice; of a region on it; of a factor or a cluster there; how the slice came out.
SLICE_COLUMNS = ("specimen", "group", "side", "slice", "z_um")
REGION_COLUMNS = (
    *("region", "region_source", "area_mm2", "n_cells", "n_independent"),
    *("grey_mean", "novelty", "novel_share", "cluster_entropy_bits"),
)
MEASURE_COLUMNS = ("kind", "name", "loading", "active_share", "cluster_share")
IMAGING_COLUMNS = ("gain", "offset", "sharpness")
RECORD_COLUMNS = (
    *IMAGING_COLUMNS,
    *("drift_verdict", "model_fingerprint", "annotation_fingerprint"),
)
OWN_COLUMNS = (*SLICE_COLUMNS, *REGION_COLUMNS, *MEASURE_COLUMNS, *RECORD_COLUMNS)
WORD_COLUMNS = frozenset(
    (
        *("specimen", "group", "side", "slice", "region", "region_source"),
        *("kind", "name", "drift_verdict"),
        *("model_fingerprint", "annotation_fingerprint"),
    )
)
# What stands in a file where a number is not known.
_NOTHING = ("", "NA")


def as_words(values: Sequence[object]) -> NDArray[np.str_]:
    """Return values as words: what is missing as "", whole numbers without a point."""
    return np.array([_word(value) for value in values], dtype=np.str_)


def _word(value: object) -> str:
    if _is_missing(value):
        return ""
    if isinstance(value, Real) and not isinstance(value, bool):
        number = float(value)
        return str(int(number)) if number.is_integer() else str(value)
    return str(value)


def first_word(column: NDArray) -> str:
    """Return the first of the values that is no number."""
    for value in column.tolist():
        try:
            _number(value)
        except (TypeError, ValueError):
            return str(value)
    return ""


def _is_missing(value: object) -> bool:
    try:
        return value is None or bool(value != value)  # noqa: PLR0124 - NaN and NaT
    except (TypeError, ValueError):
        # NA of pandas is neither equal nor unequal to itself.
        return True


def as_numbers_or_words(values: Iterable[object]) -> NDArray:
    """Return values as floats, NaN where there is none; as words where one is a word.

    Texts that are numbers, as in a CSV file, count as numbers, and NA as missing among
    them, as R writes it.
    """
    listed = list(values)
    try:
        return np.array([_number(value) for value in listed], dtype=np.float64)
    except (TypeError, ValueError):
        return as_words(listed)


def _number(value: object) -> float:
    if _is_missing(value) or (isinstance(value, str) and value.strip() in _NOTHING):
        return np.nan
    return float(value)  # type: ignore[arg-type]


def as_columns(table: Any, *, name: str = "table") -> Columns:  # noqa: ANN401
    """Return columns of one length: of a data frame, a mapping, or a regional table."""
    if isinstance(table, str | bytes | os.PathLike):
        raise TypeError(f"{name}={shown(table)} is a path, where columns are needed.")
    names = table if isinstance(table, Mapping) else getattr(table, "columns", None)
    if names is None or isinstance(names, str):
        raise TypeError(
            f"{name} is a {type(table).__name__}; it must be what regional_summary "
            "returns, a data frame, a dict of columns, or the path of a CSV file."
        )
    columns: Columns = {}
    for column in names:
        values = as_array(name, table[column])
        if values.ndim != 1:
            raise ValueError(
                f"{name} has a column {column!r} of shape {values.shape}; a column is "
                "1-D."
            )
        columns[str(column)] = _as_column(values, words=column in WORD_COLUMNS)
    if not columns or not len(next(iter(columns.values()))):
        raise ValueError(f"{name} has no rows.")
    try:
        check_same_length(**columns)
    except ValueError as error:
        raise ValueError(f"{name} has columns of unequal length: {error}") from error
    return columns


def _as_column(values: NDArray, *, words: bool) -> NDArray:
    """Return a column as words, or as numbers where it holds nothing else."""
    if words:
        return values if values.dtype.kind == "U" else as_words(values.tolist())
    if values.dtype.kind in "iuf":
        return values
    return as_numbers_or_words(values.tolist())
