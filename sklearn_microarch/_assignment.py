"""Which item of one set is which of another: the best assignment, one to one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

from sklearn_microarch._arguments._arrays import as_array

# Distances below are rounding: a square root turns errors of 1e-16 into 1e-8.
_RESOLUTION = 1e-6


@dataclass(frozen=True, eq=False)
class Matching:
    r"""Pairs of items of two sets, how alike they are, and what stays alone.

    The pairs are those with the largest summed similarity of all one-to-one
    assignments [1]_; two items with nothing in common are no pair. With
    :math:`d` the distance of a pair and :math:`d'` the least distance of either
    item to any item but its partner, and at most 1, the largest distance there
    is, the confidence of the pair is

    .. math:: \max(0, 1 - d / d') ,

    as the width of a silhouette [2]_, and one less the ratio by which nearest
    neighbours are judged in [3]_. It is above 0 only where each item is nearest
    to the other; 0 marks a pair that the rest left over, or a tie.

    Parameters
    ----------
    a, b : ndarray of shape (n_pairs,), dtype int
        Items of the first set, ascending, and their partners in the second.
    similarity : ndarray of shape (n_pairs,)
        Of the two items of each pair, above 0 and at most 1.
    confidence : ndarray of shape (n_pairs,)
        From 0 to 1.
    unmatched_a, unmatched_b : ndarray, dtype int
        Items without a partner, ascending.
    similarities : ndarray of shape (n_items_a, n_items_b)
        Of every item of the first set with every item of the second.

    References
    ----------
    .. [1] D. F. Crouse, "On implementing 2D rectangular assignment algorithms",
       IEEE Transactions on Aerospace and Electronic Systems 52(4), 2016.
       :doi:`10.1109/TAES.2016.140952`
    .. [2] P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation
       and validation of cluster analysis", Journal of Computational and Applied
       Mathematics 20, 1987. :doi:`10.1016/0377-0427(87)90125-7`
    .. [3] D. G. Lowe, "Distinctive image features from scale-invariant
       keypoints", International Journal of Computer Vision 60(2), 2004.
       :doi:`10.1023/B:VISI.0000029664.99615.94`

    Examples
    --------
    >>> from sklearn_microarch.decomposition import match_factors
    >>> matching = match_factors([[1, 0, 0], [0, 1, 0]], [[0, 4, 3], [0, 0, 1]])
    >>> matching.a.tolist(), matching.b.tolist(), matching.similarity.tolist()
    ([1], [0], [0.8])
    >>> matching.unmatched_a.tolist(), matching.unmatched_b.tolist()
    ([0], [1])
    """

    a: NDArray[np.intp]
    b: NDArray[np.intp]
    similarity: NDArray[np.float64]
    confidence: NDArray[np.float64]
    unmatched_a: NDArray[np.intp]
    unmatched_b: NDArray[np.intp]
    similarities: NDArray[np.float64]

    def relabel(self, labels: ArrayLike) -> NDArray[np.int64]:
        """Return labels of the second set in the numbers of the first.

        Parameters
        ----------
        labels : array-like of int, of any shape
            Items of the second set, for example a map of clusters; -1 where
            there is none.

        Returns
        -------
        relabelled : ndarray of int64, of the same shape
            The partner of each item. Items without one get numbers of their
            own, after the last of the first set; -1 stays.

        Raises
        ------
        TypeError
            If ``labels`` are no integers.
        ValueError
            If a label is no item of the second set.

        Examples
        --------
        >>> from sklearn_microarch.clustering import match_clusters
        >>> matching = match_clusters([[1, 0], [0, 1]], [[1, 2], [0, 4], [5, 0]])
        >>> matching.relabel([[0, 1, 2], [2, 2, -1]]).tolist()
        [[2, 1, 0], [0, 0, -1]]
        """
        found = as_array("labels", labels)
        if found.dtype.kind not in "iu":
            raise TypeError(
                f"labels has dtype {found.dtype}; it must hold integers, -1 where "
                "there is no item."
            )
        n_a, n_b = self.similarities.shape
        if found.size and not -1 <= found.min() <= found.max() < n_b:
            raise ValueError(
                f"labels goes from {found.min()} to {found.max()}; the second set has "
                f"items 0 to {n_b - 1}, and -1 stands for none."
            )
        # The last entry is where -1 points to.
        numbers = np.full(n_b + 1, -1, dtype=np.int64)
        numbers[self.b] = self.a
        numbers[self.unmatched_b] = n_a + np.arange(len(self.unmatched_b))
        return numbers[found]


def match_one_to_one(
    similarities: NDArray[np.float64], distances: NDArray[np.float64]
) -> Matching:
    """Pair items so that the summed similarity, (n_items_a, n_items_b), is largest.

    From 0, for nothing in common, to 1. So are the distances, in which the
    confidence is measured.
    """
    a, b = linear_sum_assignment(similarities, maximize=True)
    alike = similarities[a, b] > 0
    a, b = a[alike], b[alike]
    n_a, n_b = similarities.shape
    return Matching(
        a=a,
        b=b,
        similarity=similarities[a, b],
        confidence=_confidence(distances, a, b),
        unmatched_a=np.setdiff1d(np.arange(n_a), a),
        unmatched_b=np.setdiff1d(np.arange(n_b), b),
        similarities=similarities,
    )


def _confidence(
    distances: NDArray[np.float64], a: NDArray[np.intp], b: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return how much nearer each partner is than any other item."""
    resolved = np.where(distances < _RESOLUTION, 0.0, distances)
    own = resolved[a, b]
    # Each row and each column holds one pair at most: what is left are the others.
    resolved[a, b] = 1.0
    nearest = np.minimum(resolved.min(axis=1)[a], resolved.min(axis=0)[b])
    ratio = np.divide(own, nearest, out=np.ones_like(own), where=nearest > 0)
    return np.maximum(1.0 - ratio, 0.0)
