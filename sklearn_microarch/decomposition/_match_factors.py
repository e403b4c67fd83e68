"""Which factor of one factorization is which of another."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import assert_all_finite

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._matrix import check_matrix
from sklearn_microarch._assignment import Matching, match_one_to_one
from sklearn_microarch._row_batches import row_batches

# More factors than any factorization has: loadings that were not transposed.
MOST_FACTORS = 10_000


def match_factors(components_a: ArrayLike, components_b: ArrayLike) -> Matching:
    r"""Match factors of two factorizations one to one, by their cosine.

    The order of factors is fixed within one fit and not comparable between two.
    Of all one-to-one assignments the one with the largest summed cosine is
    taken; it does not depend on the length of a factor.

    Parameters
    ----------
    components_a, components_b : array-like of shape (n_factors, n_features)
        Non-negative, one factor per row: ``components_`` of two fits on the same
        features, or, where the features differ, the loadings of both on the
        same rows, transposed. The numbers of factors may differ.

    Returns
    -------
    matching : Matching
        Pairs, with their cosine as similarity, a confidence, and the factors
        left over on either side. A factor that is zero everywhere is never
        matched.

    Raises
    ------
    TypeError
        If an argument does not hold numbers.
    ValueError
        If an argument is not 2-D, is empty, holds a negative, NaN or infinite
        entry, or more than 10 000 factors, or if the numbers of features differ.

    See Also
    --------
    stability_of_components : How well factors are found again, over their number.

    Notes
    -----
    The confidence compares distances :math:`\sqrt{1 - \cos}`, in proportion to
    those of the factors scaled to unit length.

    Unrelated loadings that are above zero nearly everywhere have a high cosine
    too; their confidence is low.

    Examples
    --------
    >>> from sklearn_microarch.decomposition import match_factors
    >>> one = [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]
    >>> other = [[0.0, 3.0, 3.0], [0.0, 0.0, 1.0], [2.0, 0.0, 0.0]]
    >>> matching = match_factors(one, other)
    >>> matching.a.tolist(), matching.b.tolist(), matching.unmatched_b.tolist()
    ([0, 1], [2, 0], [1])
    >>> matching.similarity.round(3).tolist()
    [1.0, 1.0]
    """
    one = _check_factors(components_a, "components_a")
    other = _check_factors(components_b, "components_b")
    if one.shape[1] != other.shape[1]:
        raise ValueError(
            f"components_a has {one.shape[1]} features and components_b "
            f"{other.shape[1]}; factors are compared on the same features, or by "
            "their loadings on the same rows, transposed."
        )
    cosines = _cosines(one, other)
    return match_one_to_one(cosines, np.sqrt(1.0 - cosines))


def matched_cosine(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the mean cosine of sets (n_components, n_features), matched best.

    1 where one is a permutation of the other, of whatever lengths.
    """
    # Components without a partner count as 0.
    return float(match_factors(one, other).similarity.sum() / len(one))


def _check_factors(components: ArrayLike, name: str) -> NDArray[np.floating]:
    shape = as_array(name, components).shape
    if len(shape) != 2 or 0 in shape:
        raise ValueError(
            f"{name} has shape {shape}; it must be (n_factors, n_features), not empty."
        )
    if shape[0] > MOST_FACTORS:
        raise ValueError(
            f"{name} has shape {shape}, more than {MOST_FACTORS} factors; one row is "
            "one factor, so pass loadings transposed."
        )
    found = check_matrix(
        name, components, dtype=(np.float64, np.float32), ensure_all_finite=False
    )
    for columns in row_batches(found.shape[1]):
        assert_all_finite(found[:, columns], input_name=name)
        if (found[:, columns] < 0).any():
            raise ValueError(
                f"{name} holds negative values; factors are matched by the cosine of "
                "non-negative components, as NMF has them."
            )
    return found


def _cosines(
    one: NDArray[np.floating], other: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return the cosine of each row with each; 0 for rows of zeros.

    Both are read in batches: transposed loadings are as long as a slice has
    pixels.
    """
    # Divided by their largest entry, so that no square overflows or vanishes.
    tops = [rows.max(axis=1, keepdims=True).astype(np.float64) for rows in (one, other)]
    top_a, top_b = (np.where(top > 0, top, 1.0) for top in tops)
    inner = np.zeros((len(one), len(other)))
    squares_a, squares_b = np.zeros(len(one)), np.zeros(len(other))
    for columns in row_batches(one.shape[1]):
        part_a, part_b = one[:, columns] / top_a, other[:, columns] / top_b
        inner += part_a @ part_b.T
        squares_a += (part_a**2).sum(axis=1)
        squares_b += (part_b**2).sum(axis=1)
    lengths = np.sqrt(np.outer(squares_a, squares_b))
    cosines = np.divide(inner, lengths, out=np.zeros_like(inner), where=lengths > 0)
    return np.minimum(cosines, 1.0)
