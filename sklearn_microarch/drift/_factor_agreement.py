"""Whether factors learned anew on other rows are the pipeline's factors again."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from sklearn_microarch.decomposition import match_factors

# Factors are learned from at most as many rows; neighbours say the same.
MOST_ROWS = 5000


def refitted_cosines(
    factorization: Any,  # noqa: ANN401 - any non-negative factorization
    features: NDArray[np.float32],
    rng: np.random.RandomState,
) -> NDArray[np.float64]:
    """Learn factors anew and return the cosine of each old one to its new match.

    Parameters
    ----------
    factorization : estimator
        Fitted, with non-negative ``components_``. Left as it is.
    features : ndarray of shape (n, n_features)
    rng : RandomState
        Draws rows when there are many, and the start.

    Returns
    -------
    cosines : ndarray of shape (n_factors,)
        0 for a factor without a match.
    """
    if len(features) > MOST_ROWS:
        chosen = rng.choice(len(features), MOST_ROWS, replace=False)
        features = features[np.sort(chosen)]
    fresh = clone(factorization)
    if "random_state" in fresh.get_params():
        fresh.set_params(random_state=rng.randint(2**31 - 1))
    matching = match_factors(factorization.components_, fresh.fit(features).components_)
    cosines = np.zeros(len(factorization.components_))
    cosines[matching.a] = matching.similarity
    return cosines


def has_comparable_factors(factorization: Any) -> bool:  # noqa: ANN401 - any estimator
    """Return whether there are factors that can be compared by their cosine.

    Parameters
    ----------
    factorization : estimator or None

    Returns
    -------
    comparable : bool
        Signs of components that may be negative are arbitrary.
    """
    return factorization is not None and bool((factorization.components_ >= 0).all())
