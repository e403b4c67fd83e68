"""Labels of regions as small numbers."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import annotated_rows, check_roi_labels


def encode_regions(
    labels: ArrayLike, unannotated: int | str | None
) -> tuple[NDArray[np.unsignedinteger], NDArray]:
    """Return the regions, and the index of the region of each sample.

    Parameters
    ----------
    labels : array-like of shape (n_samples,)
        Region of each sample: integers or strings.
    unannotated : int, str or None
        Label of samples without a region. None: none.

    Returns
    -------
    codes : ndarray of shape (n_samples,), smallest sufficient unsigned dtype
        Index of each sample's region, ``len(rois)`` where it has none.
    rois : ndarray of shape (n_regions,)
        Sorted labels of the regions.

    Raises
    ------
    TypeError
        If labels are neither all integers nor all strings.
    ValueError
        If no sample has a region.
    """
    checked = check_roi_labels(labels, name="labels")
    # Along the rows of a map labels come in long runs; one of each is looked up.
    starts = np.flatnonzero(checked[1:] != checked[:-1]) + 1
    starts = np.concatenate([[0], starts])
    heads = checked[starts]
    found = np.unique(heads)
    is_region = annotated_rows(found, unannotated)
    rois = found[is_region]
    if not len(rois):
        raise ValueError(
            f"The labels y hold only the unannotated label {unannotated!r}; at least "
            "one annotated sample is needed."
        )
    numbers = np.full(len(found), len(rois), dtype=np.min_scalar_type(len(rois)))
    numbers[is_region] = np.arange(len(rois))
    head_codes = numbers[np.searchsorted(found, heads)]
    return np.repeat(head_codes, np.diff(starts, append=len(checked))), rois
