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
    """Return the cosine (n_factors,) of each factor to its match when learned anew.

    0 for a factor without a match. The factorization, of non-negative components, stays
    as it is; `rng` draws rows when there are many, and the start.
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
    """Tell whether there are factors without arbitrary signs, to compare by cosine."""
    return factorization is not None and bool((factorization.components_ >= 0).all())
