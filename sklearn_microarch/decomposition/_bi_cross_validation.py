"""Errors of NMF on entries of the data that it has not seen."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.decomposition.nmf._hals import descend
from sklearn_microarch.decomposition.nmf._start_components import random_components
from sklearn_microarch.decomposition.nnls._loading_solver import LoadingSolver
from sklearn_microarch.decomposition.nnls._row_solver import RowSolver


def held_out_errors(
    X: NDArray[np.floating],
    n_components: int,
    *,
    n_folds: int,
    max_iter: int,
    tol: float,
    generator: RandomState,
) -> NDArray[np.float64]:
    """Return errors (n_folds ** 2,) of parts predicted from other rows and columns.

    Each is the norm of a part less its prediction, over the norm of the part. Values of
    `X` are about 1. `n_components` is at most the rows and columns not held out.
    """
    # Owen and Perry, "Bi-cross-validation of the SVD and the nonnegative matrix
    # factorization", 2009, doi:10.1214/08-AOAS227. With one fold of rows and columns
    # held out, the data are [[A, B], [C, D]]: components come of D, the loadings of the
    # held out rows of B and those of the held out columns of C, and their product
    # predicts A. Unlike the error of a reconstruction, that of a prediction rises again
    # when there are too many components.
    row_folds, column_folds = (
        np.array_split(generator.permutation(size), n_folds) for size in X.shape
    )
    errors = []
    for rows in row_folds:
        seen, hidden = np.delete(X, rows, axis=0), X[rows]
        for columns in column_folds:
            start = random_components(
                (n_components, X.shape[1] - len(columns)), generator
            )
            components = descend(
                np.delete(seen, columns, axis=1), start, max_iter=max_iter, tol=tol
            ).components
            prediction = predict_hidden(seen, hidden, columns, components)
            truth = hidden[:, columns].astype(np.float64)
            length = float(np.linalg.norm(truth)) or 1.0
            errors.append(float(np.linalg.norm(truth - prediction)) / length)
    return np.array(errors)


def predict_hidden(
    seen: NDArray[np.floating],
    hidden: NDArray[np.floating],
    columns: NDArray[np.intp],
    components: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return what the other columns say of the hidden rows in these columns."""
    solver = LoadingSolver(components)
    loadings = solver.solve(np.delete(seen, columns, axis=1))
    lengths = np.linalg.norm(loadings, axis=0)
    lengths[lengths == 0.0] = 1.0
    unit = loadings / lengths
    held_out = seen[:, columns].astype(np.float64)
    weights = RowSolver(unit.T @ unit).solve(held_out.T @ unit).T
    hidden_loadings = solver.solve(np.delete(hidden, columns, axis=1))
    return hidden_loadings @ (weights / lengths[:, np.newaxis])
