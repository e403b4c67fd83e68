"""How much of held-out features the components explain."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import gen_batches

from sklearn_microarch._arguments._arrays import as_numbers
from sklearn_microarch._walk import rows_into_factorization

_ROWS_AT_A_TIME = 65_536


def reconstruction_score(X: ArrayLike, X_reconstructed: ArrayLike) -> float:
    r"""Share of the rows' squared norm that a reconstruction explains.

    .. math:: 1 - \lVert X - \hat X \rVert_F^2 / \lVert X \rVert_F^2

    Parameters
    ----------
    X, X_reconstructed : array-like of shape (n_samples, n_features)
        Rows, and what was made of them.

    Returns
    -------
    score : float
        1 for a perfect reconstruction, 0 for one of zeros. The mean is not taken
        off first, unlike in a share of variance: it is part of what non-negative
        components explain.

    Raises
    ------
    TypeError
        If values are no real numbers.
    ValueError
        If shapes differ, values are not finite or too large to square, or all of
        ``X`` is zero.

    Examples
    --------
    >>> from sklearn_microarch.metrics import reconstruction_score
    >>> reconstruction_score([[3.0, 4.0]], [[3.0, 0.0]])
    0.36
    """
    rows = as_numbers("X", X, ndim=2)
    made = as_numbers("X_reconstructed", X_reconstructed, ndim=2)
    if rows.shape != made.shape:
        raise ValueError(
            f"X_reconstructed has shape {made.shape}, but X has shape {rows.shape}."
        )
    energy = missed = 0.0
    with np.errstate(over="ignore"):
        for batch in gen_batches(len(rows), _ROWS_AT_A_TIME):
            part = rows[batch].astype(np.float64)
            energy += float(np.square(part).sum())
            missed += float(np.square(part - made[batch]).sum())
    if not np.isfinite(energy + missed):
        raise ValueError(
            "X or X_reconstructed holds values whose squares overflow; scale both down."
        )
    if energy == 0:
        raise ValueError("X is zero everywhere, so there is nothing to explain.")
    return 1 - missed / energy


def reconstruction_scorer(
    estimator: Any,  # noqa: ANN401 - a fitted pipeline
    X: Any,  # noqa: ANN401 - Patches or rows
    y: object = None,  # noqa: ARG001 - part of scikit-learn's interface
) -> float:
    """Score a fitted pipeline's components by the held-out features they explain.

    For ``scoring=`` in a search over ``nmf__n_components``. It rises with their
    number, less and less; it is comparable only for the same features.

    Parameters
    ----------
    estimator : Pipeline
        Fitted, with a step that has ``components_`` and ``inverse_transform``, as
        `NMFEmbedder` and PCA have; also within a pipeline that is a step or frozen.
    X : Patches or array-like
        Held-out rows, as for the pipeline.
    y : object
        Ignored; present by convention.

    Returns
    -------
    score : float
        See `reconstruction_score`.

    Raises
    ------
    ValueError
        If no step has components to reconstruct from.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_microarch.metrics import reconstruction_scorer
    >>> X = [[3.0, 4.0], [6.0, 8.0], [9.0, 12.0]]
    >>> pipe = make_pipeline(PCA(1)).fit(X)
    >>> round(reconstruction_scorer(pipe, X), 6)
    1.0
    """
    found = rows_into_factorization(estimator, X)
    if found is not None:
        step, features = found
        made = step.inverse_transform(step.transform(features))
        return reconstruction_score(features, made)
    raise ValueError(
        f"estimator: {type(estimator).__name__} has no step with components_ and "
        "inverse_transform, such as NMFEmbedder, so there is no reconstruction to "
        "score; add one, or use another scorer."
    )
