"""How many components the data can tell apart: curves over their number."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._collections import check_ks
from sklearn_microarch._arguments._matrix import check_matrix
from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_seed,
    shown,
)
from sklearn_microarch.decomposition._bi_cross_validation import held_out_errors
from sklearn_microarch.decomposition._match_factors import matched_cosine
from sklearn_microarch.decomposition._row_checks import check_rows
from sklearn_microarch.decomposition.nmf._hals import descend
from sklearn_microarch.decomposition.nmf._nmf import draw_some_rows
from sklearn_microarch.decomposition.nmf._start_components import random_components


@dataclass(frozen=True)
class StabilityCurves:
    """One row for each number of components, one column for each repetition.

    Parameters
    ----------
    reproducibility : ndarray of shape (n_ks, n_init * (n_init - 1) / 2)
        Mean cosine of the components of two runs, matched one to one; 1 where
        both found the same.
    reconstruction_error : ndarray of shape (n_ks, n_init)
        Frobenius norm of the residual over that of the data.
    held_out_error : ndarray of shape (n_ks, n_folds ** 2)
        The same, of the predictions of bi-cross-validation.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch.decomposition import stability_of_components
    >>> X = np.random.default_rng(0).gamma(0.5, size=(60, 12))
    >>> curves = stability_of_components(X, [1, 2, 3], n_init=4, random_state=0).null
    >>> [values.shape for values in vars(curves).values()]
    [(3, 6), (3, 4), (3, 4)]
    """

    reproducibility: NDArray[np.float64]
    reconstruction_error: NDArray[np.float64]
    held_out_error: NDArray[np.float64]


@dataclass(frozen=True)
class ComponentStability:
    """Curves of the data, and of data without structure to compare them with.

    Parameters
    ----------
    n_components : ndarray of shape (n_ks,), dtype int
        Numbers of components, ascending: the axis of all curves.
    observed : StabilityCurves
        Of the data.
    null : StabilityCurves
        Of the data with each column permuted on its own.

    Examples
    --------
    What two columns share is predicted, and not once they are permuted.

    >>> import numpy as np
    >>> from sklearn_microarch.decomposition import stability_of_components
    >>> column = np.random.default_rng(0).gamma(0.5, size=(80, 1))
    >>> stability = stability_of_components(np.tile(column, 4), [1], random_state=0)
    >>> stability.n_components.tolist()
    [1]
    >>> float(stability.observed.held_out_error.max().round(3))
    0.0
    >>> bool(stability.null.held_out_error.min() > 0.3)
    True
    """

    n_components: NDArray[np.intp]
    observed: StabilityCurves
    null: StabilityCurves


def stability_of_components(
    X: ArrayLike,
    ks: Iterable[int],
    *,
    n_init: int = 5,
    n_folds: int = 2,
    max_samples: int | None = 5000,
    max_iter: int = 200,
    tol: float = 1e-5,
    random_state: int | RandomState | None = None,
) -> ComponentStability:
    """Measure for several numbers of components what a choice among them needs.

    Components that the data determine are found again from any start; too few
    of them predict hidden entries badly, and so do too many. Every curve is
    also computed for the same data with each column permuted, which keeps the
    distribution of every feature and no relation between features: what the two
    share is no evidence of structure.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Non-negative rows.
    ks : iterable of int
        Numbers of components, each once, in any order. For a single one ``[k]``.
    n_init : int, default=5
        Runs from random starts for each number, at least 2.
    n_folds : int, default=2
        Parts into which rows and columns are divided, of which one of each is held out.
    max_samples : int or None, default=5000
        Rows drawn at random when there are more. None uses all.
    max_iter : int, default=200
        Largest number of iterations of a run.
    tol : float, default=1e-5
        A run ends when an iteration lowers the objective by less than this share.
    random_state : int, RandomState instance or None, default=None
        Draws rows, starts, folds and permutations.

    Returns
    -------
    stability : ComponentStability
        Plot for example ``stability.observed.held_out_error.mean(axis=1)`` over
        ``stability.n_components``.

    Raises
    ------
    TypeError
        If ``ks`` is no iterable or holds anything but integers, ``X`` anything but
        numbers, or another argument is of the wrong type.
    ValueError
        If ``X`` is not 2-D or has a negative or non-finite entry, if ``ks`` is
        empty, repeats a number or holds one that is less than 1 or more than
        the rows and columns that are not held out, or if another argument is out
        of range.

    See Also
    --------
    NMFEmbedder : Learns a number of components and embeds rows in them.

    References
    ----------
    .. [1] A. B. Owen and P. O. Perry, "Bi-cross-validation of the SVD and the
       nonnegative matrix factorization", Annals of Applied Statistics 3(2),
       2009. :doi:`10.1214/08-AOAS227`
    .. [2] S. Wu et al., "Stability-driven nonnegative matrix factorization to
       interpret spatial gene expression and build local gene networks", PNAS
       113(16), 2016. :doi:`10.1073/pnas.1521171113`

    Examples
    --------
    Rows made of three parts are predicted best by three components.

    >>> import numpy as np
    >>> from sklearn_microarch.decomposition import stability_of_components
    >>> rng = np.random.default_rng(0)
    >>> X = rng.gamma(0.5, size=(200, 3)) @ rng.gamma(0.5, size=(3, 20))
    >>> X = np.maximum(X + 0.2 * rng.normal(size=X.shape), 0.0)
    >>> stability = stability_of_components(X, [1, 2, 3, 4], random_state=0)
    >>> errors = stability.observed.held_out_error.mean(axis=1)
    >>> int(stability.n_components[errors.argmin()])
    3
    """
    check_integer("n_init", n_init, minimum=2)
    check_integer("n_folds", n_folds, minimum=2)
    if max_samples is not None:
        check_integer("max_samples", max_samples, minimum=1)
    check_integer("max_iter", max_iter, minimum=1)
    check_number("tol", tol)
    numbers = check_ks(ks)
    generator = check_seed("random_state", random_state)
    rows = _prepare(X, max_samples, generator)
    _check_limit(numbers, rows.shape, n_folds)
    permuted = np.column_stack([generator.permutation(column) for column in rows.T])
    observed, null = (
        _curves(
            data,
            numbers,
            n_init=n_init,
            n_folds=n_folds,
            max_iter=max_iter,
            tol=tol,
            generator=generator,
        )
        for data in (rows, permuted)
    )
    return ComponentStability(np.array(numbers, dtype=np.intp), observed, null)


def _prepare(
    X: ArrayLike, max_samples: int | None, generator: RandomState
) -> NDArray[np.floating]:
    """Return few rows, with values about 1 and without those that are all zero."""
    rows = check_matrix("X", X, dtype=(np.float64, np.float32), ensure_all_finite=False)
    largest = check_rows(rows, whom="stability_of_components")
    if max_samples is not None and len(rows) > max_samples:
        rows = draw_some_rows(rows, max_samples, generator=generator)
    return rows[rows.any(axis=1)][:, rows.any(axis=0)] / (largest or 1.0)


def _check_limit(numbers: list[int], shape: tuple[int, ...], n_folds: int) -> None:
    if 0 < min(shape) < n_folds:
        raise ValueError(
            f"n_folds={n_folds} must be at most {min(shape)}, the smaller number of "
            "rows and columns of X that are not zero."
        )
    # With the largest part held out, so many rows and columns are left.
    limit = min(size - -(-size // n_folds) for size in shape)
    if numbers[0] < 1 or numbers[-1] > limit:
        raise ValueError(
            f"ks={shown(numbers)} must be from 1 to {limit}, the rows or columns that "
            f"are left when one of {n_folds} parts of X, without its zero rows and "
            f"columns of shape {shape}, is held out; ask for fewer components or more "
            "folds."
        )


def _curves(
    X: NDArray[np.floating],
    numbers: list[int],
    *,
    n_init: int,
    n_folds: int,
    max_iter: int,
    tol: float,
    generator: RandomState,
) -> StabilityCurves:
    norm = float(np.linalg.norm(X.astype(np.float64)))
    cosines, errors, held_out = [], [], []
    for k in numbers:
        starts = [random_components((k, X.shape[1]), generator) for _ in range(n_init)]
        runs = [descend(X, start, max_iter=max_iter, tol=tol) for start in starts]
        pairs = combinations([run.components for run in runs], 2)
        cosines.append([matched_cosine(one, other) for one, other in pairs])
        errors.append([np.sqrt(max(run.objective, 0.0)) / norm for run in runs])
        held_out.append(
            held_out_errors(
                X, k, n_folds=n_folds, max_iter=max_iter, tol=tol, generator=generator
            )
        )
    return StabilityCurves(np.array(cosines), np.array(errors), np.array(held_out))
