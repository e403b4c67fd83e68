"""How well clusters agree with annotated regions."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.utils import check_consistent_length

from sklearn_microarch._annotation import annotated_rows, check_roi_labels


def region_agreement(
    clusters: NDArray[np.integer],
    regions: ArrayLike,
    *,
    unannotated: int | str | None,
) -> float:
    """Return the adjusted mutual information over the annotated rows.

    Parameters
    ----------
    clusters : ndarray of shape (n_samples,)
        Cluster of each row.
    regions : array-like of shape (n_samples,)
        Region of each row: integers or strings.
    unannotated : int, str or None
        Label of the rows to leave out. None: none.

    Returns
    -------
    agreement : float
        1 for a perfect match, 0 on average for one by chance.

    Raises
    ------
    TypeError
        If ``regions`` mixes integers and strings.
    ValueError
        If no row is annotated, or the lengths differ.
    """
    labels = check_roi_labels(regions)
    check_consistent_length(clusters, labels)
    annotated = annotated_rows(labels, unannotated)
    if not annotated.any():
        raise ValueError(
            f"y holds only the unannotated label {unannotated!r}; at least one "
            "annotated row is needed."
        )
    return float(adjusted_mutual_info_score(labels[annotated], clusters[annotated]))
