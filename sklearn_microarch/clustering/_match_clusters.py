"""Which cluster of one model is which of another, by the regions they lie in."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import rel_entr
from sklearn.utils.validation import check_non_negative

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._matrix import check_matrix
from sklearn_microarch._assignment import Matching, match_one_to_one
from sklearn_microarch.clustering._label_counts import count_labels


def match_clusters(
    clusters_a: ArrayLike,
    clusters_b: ArrayLike,
    *,
    labels_a: ArrayLike | None = None,
    labels_b: ArrayLike | None = None,
    unannotated: int | str | None = None,
) -> Matching:
    r"""Match clusters of two models one to one, by their shares of each region.

    Two models number their clusters at will. What a cluster is shows in where
    it lies: with :math:`P` and :math:`Q` the shares of two clusters in the
    regions, or layers, and :math:`M` the mean of both, their Jensen-Shannon
    distance is

    .. math:: d = \sqrt{\tfrac12 \sum_l P_l \log_2 \tfrac{P_l}{M_l}
        + \tfrac12 \sum_l Q_l \log_2 \tfrac{Q_l}{M_l}} ,

    a metric from 0 to 1. Of all one-to-one assignments the one with the least
    summed distance is taken.

    Parameters
    ----------
    clusters_a, clusters_b : array-like
        Either of shape (n_clusters, n_labels): how often each label occurs in
        each cluster, as counts or shares, with the same labels in the columns
        of both. Or, with ``labels_a`` and ``labels_b``, of shape (n_samples,)
        and dtype int: the cluster of each row, numbered from 0; -1 for none. The
        numbers of clusters, and of rows, may differ.
    labels_a, labels_b : array-like of shape (n_samples,), default=None
        Region or layer of each row: integers or strings, the same for both.
    unannotated : int, str or None, default=None
        Label of rows to leave out. None: every label counts.

    Returns
    -------
    matching : Matching
        Pairs, with one less the distance as similarity, a confidence, and the
        clusters left over on either side; ``matching.relabel`` draws the second
        map in the numbers of the first.

    Raises
    ------
    TypeError
        If only one of ``labels_a`` and ``labels_b`` is given, clusters of rows
        are no integers, or labels mix types.
    ValueError
        If a cluster has no annotated row, an entry is negative, NaN or infinite,
        shapes do not fit, or the labels of both have none in common.

    See Also
    --------
    GMMClusterer : Finds clusters. One model serves many slices: its clusters
        need no matching.

    Notes
    -----
    In the published code [1]_ every cluster takes the nearest of the other
    slice, so that two can take the same one.

    Clusters that no label tells apart cannot be told apart here; their pairs
    have a confidence of 0.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473`
    .. [2] D. M. Endres and J. E. Schindelin, "A new metric for probability
       distributions", IEEE Transactions on Information Theory 49(7), 2003.
       :doi:`10.1109/TIT.2003.813506`

    Examples
    --------
    >>> from sklearn_microarch.clustering import match_clusters
    >>> matching = match_clusters(
    ...     [0, 0, 1, 1],
    ...     [1, 1, 2, 0, 0],
    ...     labels_a=["L4", "L4", "L5", "L6"],
    ...     labels_b=["L4", "L4", "L1", "L5", "L6"],
    ... )
    >>> matching.a.tolist(), matching.b.tolist(), matching.unmatched_b.tolist()
    ([0, 1], [1, 0], [2])
    >>> matching.confidence.tolist()
    [1.0, 1.0]
    """
    if (labels_a is None) != (labels_b is None):
        missing = "labels_a" if labels_a is None else "labels_b"
        raise TypeError(
            f"{missing} is None; give the labels of both, or of neither with shares "
            "of shape (n_clusters, n_labels)."
        )
    if labels_a is None or labels_b is None:
        one = _check_shares(clusters_a, "clusters_a")
        other = _check_shares(clusters_b, "clusters_b")
    else:
        one, other = count_labels(
            (clusters_a, clusters_b), (labels_a, labels_b), unannotated=unannotated
        )
    if one.shape[1] != other.shape[1]:
        raise ValueError(
            f"clusters_a has {one.shape[1]} columns and clusters_b {other.shape[1]}; "
            "they must be shares of the same labels, in the same order."
        )
    distances = _jensen_shannon(
        _to_shares(one, "clusters_a"), _to_shares(other, "clusters_b")
    )
    return match_one_to_one(1.0 - distances, distances)


def _check_shares(clusters: ArrayLike, name: str) -> NDArray[np.float64]:
    shape = as_array(name, clusters).shape
    if len(shape) != 2 or 0 in shape:
        raise ValueError(
            f"{name} has shape {shape}; without labels it must be (n_clusters, "
            "n_labels), not empty. For clusters of rows, give labels_a and labels_b."
        )
    shares = check_matrix(name, clusters, dtype=np.float64)
    check_non_negative(shares, whom=f"match_clusters, {name}")
    return shares


def _to_shares(counts: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    # Divided by the largest first, so that no sum overflows.
    tops = counts.max(axis=1, keepdims=True)
    if (tops == 0).any():
        empty = np.flatnonzero(tops == 0).tolist()
        raise ValueError(
            f"{name} holds nothing but zeros for cluster {', '.join(map(str, empty))}; "
            "leave out clusters in which no label occurs."
        )
    scaled = counts / tops
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))


def _jensen_shannon(
    one: NDArray[np.float64], other: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the distance of each row of one to each row of the other."""
    p, q = one[:, np.newaxis], other[np.newaxis]
    mean = (p + q) / 2
    divergence = (rel_entr(p, mean) + rel_entr(q, mean)).sum(axis=2) / np.log(4.0)
    # Rounding can leave it a little below 0 or above 1.
    return np.asarray(np.sqrt(divergence.clip(0.0, 1.0)))
