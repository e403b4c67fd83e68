"""What counts as an annotated row, and which region it is of, as numbers."""

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import assert_all_finite, column_or_1d

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._numbers import shown


@dataclass(frozen=True, eq=False)
class CodedLabels:
    """Region of each row as a number, `len(regions)` where it has none."""

    labels: NDArray  # (n_samples,), integers, booleans or strings
    regions: NDArray  # (n_regions,), sorted, of the kind of the labels
    # (n_samples,), of the smallest unsigned dtype that holds len(regions)
    codes: NDArray[np.unsignedinteger]

    @property
    def annotated(self) -> NDArray[np.bool_]:
        """Which rows have a region, (n_samples,)."""
        return self.codes < len(self.regions)

    @property
    def region_codes(self) -> NDArray[np.intp]:
        """Numbers of the regions of the annotated rows only, (n_annotated,)."""
        return self.codes[self.annotated].astype(np.intp)

    def code(self, labels: ArrayLike, *, name: str) -> NDArray[np.intp]:
        """Return numbers (n_annotated,) of other labels (n_samples,) of the same rows.

        A label that is none of the regions bears their number.
        """
        others = check_roi_labels(labels, name=name)
        if len(others) != len(self.codes):
            raise ValueError(
                f"{name} has {len(others)} rows, but there are {len(self.codes)} "
                "labels to compare it with; give one for each row."
            )
        return place_labels(others[self.annotated], self.regions, name=name)

    def count(self) -> NDArray[np.int64]:
        """Return the number of rows of each region, (n_regions,)."""
        n_regions = len(self.regions)
        return np.bincount(self.codes, minlength=n_regions + 1)[:n_regions]


def code_labels(
    labels: ArrayLike,
    regions: ArrayLike | None = None,
    *,
    unannotated: int | str | None,
    name: str = "y",
    regions_name: str = "regions",
) -> CodedLabels:
    """Return labels as numbers of the regions expected; None: of those that occur.

    The unannotated label, None for none, is no region. At least one row must have one.
    """
    values = check_roi_labels(labels, name=name)
    # Along the rows of a map labels come in long runs; one of each is looked up.
    starts = np.concatenate([[True], values[1:] != values[:-1]])[: len(values)]
    starts = np.flatnonzero(starts)
    heads = values[starts]
    found = np.unique(heads)
    found = found[annotated_rows(found, unannotated)]
    if not len(found):
        held = (
            f": all hold the unannotated label {unannotated!r}" if len(values) else ""
        )
        raise ValueError(
            f"{name} has no annotated row among its {len(values)}{held}; at least one "
            "is needed."
        )
    known = found
    if regions is not None:
        known = np.unique(check_roi_labels(regions, name=regions_name))
        known = known[annotated_rows(known, unannotated)]
        place_labels(known, found, name=regions_name)
        unknown = np.setdiff1d(found, known).tolist()
        if unknown:
            raise ValueError(
                f"{name} holds the labels {unknown}, which are none of the "
                f"{regions_name} {known.tolist()}. Leave these rows out, or name "
                "their label with `unannotated`."
            )
    codes = place_labels(heads, known, name=name)
    codes = codes.astype(np.min_scalar_type(len(known)))
    lengths = np.diff(starts, append=len(values))
    return CodedLabels(values, known, np.repeat(codes, lengths))


def place_labels(labels: NDArray, regions: NDArray, *, name: str) -> NDArray[np.intp]:
    """Return the places (n,) of checked labels in sorted regions, their number if none.

    Names compared with numbers are an error.
    """
    if (labels.dtype.kind == "U") != (regions.dtype.kind == "U"):
        raise TypeError(
            f"{name} has dtype {labels.dtype} and the labels to compare it with have "
            f"dtype {regions.dtype}; use names for both, or numbers for both."
        )
    if not len(regions):
        return np.zeros(len(labels), dtype=np.intp)
    at = np.searchsorted(regions, labels).clip(max=len(regions) - 1)
    return np.where(regions[at] == labels, at, len(regions))


def check_roi_labels(
    y: ArrayLike, *, name: str = "y", what: str = "ROI labels"
) -> NDArray:
    """Return region labels (n_samples,) as integers, booleans or strings.

    Whole floats become int64, and a column (n_samples, 1) is flattened with a warning.
    """
    labels = as_array(name, y)
    if isinstance(y, list | tuple) and labels.dtype.kind == "U":
        # NumPy has turned numbers among strings into strings; look at the originals.
        labels = np.asarray(y, dtype=object)
    if labels.ndim != 1 and not (labels.ndim == 2 and labels.shape[1] == 1):
        raise ValueError(
            f"{name} should be a 1d array, one label for each row, got an array of "
            f"shape {labels.shape} instead."
        )
    if labels.dtype == object:
        labels = _of_one_type(labels, name, what)
    if labels.dtype.kind not in "biufU":
        raise TypeError(
            f"{name} has dtype {labels.dtype}; {what} are integers or strings."
        )
    labels = column_or_1d(labels, warn=True)
    return _whole_numbers(labels, name, what) if labels.dtype.kind == "f" else labels


def annotated_rows(labels: NDArray, unannotated: int | str | None) -> NDArray[np.bool_]:
    """Return which rows (n_samples,) carry a region label; None: no label is special.

    A label of the other kind (a number among strings) marks no row, but -1 also stands
    for "" among strings, so that one setting serves both.
    """
    if not isinstance(unannotated, Integral | str | None):
        raise TypeError(
            f"unannotated={shown(unannotated)} must be an integer, a string or None."
        )
    named = labels.dtype.kind == "U"
    marker = "" if named and unannotated == -1 else unannotated
    if marker is None or isinstance(marker, str) != named:
        return np.ones(len(labels), dtype=bool)
    return labels != marker


def _of_one_type(labels: NDArray, name: str, what: str) -> NDArray:
    """Return an array of objects as one of their common type, of the same shape."""
    values = labels.ravel().tolist()
    named = [isinstance(value, str) for value in values]
    if any(named) and not all(named):
        found = ", ".join(sorted({type(value).__name__ for value in values}))
        raise TypeError(
            f"{name} mixes label types ({found}); {what} are either all "
            "integers or all strings. Convert them to one type first."
        )
    for value in values:
        if not isinstance(value, str | Real | np.bool_):
            raise TypeError(
                f"{name} holds {shown(value)}; {what} are integers or strings."
            )
    return np.array(values).reshape(labels.shape)


def _whole_numbers(labels: NDArray, name: str, what: str) -> NDArray[np.int64]:
    """Return floats as integers, which they must be."""
    assert_all_finite(labels, input_name=name)
    # What is too large for an integer does not come back the same.
    with np.errstate(invalid="ignore"):
        whole = labels.astype(np.int64)
    if (whole != labels).any():
        first = labels[whole != labels][0]
        raise ValueError(
            f"Unknown label type: {name} holds {first}, which is no whole number of "
            f"64 bits; {what} are integers or strings."
        )
    return whole
