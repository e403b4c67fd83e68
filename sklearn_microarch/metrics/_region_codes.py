"""Regions as numbers: which rows are scored, and which column each belongs to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import annotated_rows, check_roi_labels


@dataclass(frozen=True, eq=False)
class CodedRows:
    """The annotated rows, and the number of the region of each.

    Parameters
    ----------
    regions : ndarray of shape (n_regions,)
        Sorted labels, of one kind.
    rows : ndarray of shape (n_annotated,), dtype int
        The annotated rows, ascending.
    codes : ndarray of shape (n_annotated,), dtype int
        Position in ``regions`` of the label of each annotated row.
    """

    regions: NDArray
    rows: NDArray[np.intp]
    codes: NDArray[np.intp]

    def code(self, predicted: ArrayLike, *, name: str) -> NDArray[np.intp]:
        """Return the numbers of the labels predicted for the annotated rows.

        Parameters
        ----------
        predicted : array-like of shape (n_samples,)
            One label for every row, annotated or not.
        name : str
            Argument named in messages.

        Returns
        -------
        codes : ndarray of shape (n_annotated,), dtype int
            ``len(regions)`` for a label that is none of the regions.
        """
        labels = check_roi_labels(predicted, name=name)
        _check_same_kind(labels, self.regions, name)
        at = np.searchsorted(self.regions, labels[self.rows])
        at = np.minimum(at, len(self.regions) - 1)
        known = self.regions[at] == labels[self.rows]
        return np.where(known, at, len(self.regions))

    def count(self) -> NDArray[np.int64]:
        """Return the number of rows of each region, of shape (n_regions,)."""
        return np.bincount(self.codes, minlength=len(self.regions))


def code_regions(
    labels: ArrayLike,
    regions: ArrayLike | None = None,
    *,
    unannotated: int | str | None = None,
    name: str = "y_true",
) -> CodedRows:
    """Leave unannotated rows out and number the regions of the others.

    Parameters
    ----------
    labels : array-like of shape (n_samples,)
        Region of each row: integers or strings.
    regions : array-like of shape (n_regions,) or None, default=None
        Regions to expect, whether they occur or not. None: those that occur.
    unannotated : int, str or None, default=None
        Label of the rows to leave out; it is no region.
    name : str, default="y_true"
        Argument named in messages.

    Returns
    -------
    coded : CodedRows

    Raises
    ------
    TypeError
        If one of ``labels`` and ``regions`` holds names and the other numbers.
    ValueError
        If no row is annotated, or a label is none of ``regions``.
    """
    values = check_roi_labels(labels, name=name)
    rows = np.flatnonzero(annotated_rows(values, unannotated))
    if not len(rows):
        raise ValueError(
            f"{name} holds no row but those of the unannotated label {unannotated!r}; "
            "at least one annotated row is needed."
        )
    found = np.unique(values[rows])
    if regions is None:
        known = found
    else:
        known = np.unique(check_roi_labels(regions, name="regions"))
        known = known[annotated_rows(known, unannotated)]
        _check_same_kind(known, found, "regions")
        unknown = np.setdiff1d(found, known).tolist()
        if unknown:
            raise ValueError(
                f"{name} holds the labels {unknown}, which are none of the regions "
                f"{known.tolist()}. Leave these rows out, or name their label with "
                "`unannotated`."
            )
    return CodedRows(known, rows, np.searchsorted(known, values[rows]))


def _check_same_kind(labels: NDArray, others: NDArray, name: str) -> None:
    if (labels.dtype.kind == "U") != (others.dtype.kind == "U"):
        raise TypeError(
            f"{name} has dtype {labels.dtype} and the labels to compare it with have "
            f"dtype {others.dtype}; use names for both, or numbers for both."
        )
