"""Laplace's equation between pia and white matter, and lengths of its streamlines."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csc_matrix
from scipy.sparse.linalg import spsolve

from sklearn_microarch.anatomy.laminar._border_faces import (
    INSIDE,
    PIA,
    SIDES,
    WALL,
    WHITE,
    BorderFaces,
    neighbour,
)

# The weakest slope that still has a direction, as a share of the mean one.
_FLAT = 1e-9


def solve_potential(faces: BorderFaces) -> NDArray[np.float64]:
    """Return the harmonic function (n_cells,): 0 at the pia, 1 at the white matter.

    Walls are insulating. A border lies half a cell from the cell's centre.
    """
    border = _of_cells(faces, faces.sides)
    weights = np.select([border == INSIDE, border == WALL], [1.0, 0.0], 2.0)
    system = _system(faces, weights * (border == INSIDE), weights.sum(axis=0))
    return _solve(system, 2.0 * (border == WHITE).sum(axis=0))


def slopes(
    faces: BorderFaces, potential: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the gradient's directions (2, n_cells), and its sizes (n_cells,)."""
    border = _of_cells(faces, faces.sides)
    whole = np.zeros(faces.inside.shape)
    whole[faces.inside] = potential
    beyond = np.stack([neighbour(whole, step)[faces.inside] for step in SIDES])
    beyond = np.select(
        [border == INSIDE, border == PIA, border == WHITE],
        [beyond, 0.0, 1.0],
        potential,
    )
    far = np.where((border == PIA) | (border == WHITE), 0.5, 1.0)
    gradient = np.stack(
        [(beyond[k + 1] - beyond[k]) / (far[k + 1] + far[k]) for k in (0, 2)]
    )
    size = np.hypot(*gradient)
    size = np.maximum(size, _FLAT * size.mean())
    return gradient / size, size


def sum_along_streamlines(
    faces: BorderFaces,
    direction: NDArray[np.float64],  # (2, n_cells), from where it is 0
    rate: NDArray[np.float64],  # (n_cells,), gained per cell's width
    start: int,  # PIA or WHITE, where the sum begins
) -> NDArray[np.float64]:
    """Return what is gained along streamlines from a border to each cell (n_cells,).

    Upwind differences; a cell that has no neighbour upstream takes the mean of those
    it has.
    """
    border = _of_cells(faces, faces.sides)
    upstream = np.stack(
        [
            np.maximum(direction[axis] * sign, 0.0)
            for axis, sign in ((0, 1), (0, -1), (1, 1), (1, -1))
        ]
    )
    weights = upstream * np.select([border == INSIDE, border == start], [1.0, 2.0], 0.0)
    # What points at a wall is turned along it.
    used = (upstream * (weights > 0)) ** 2
    length = np.sqrt(used.sum(axis=0))
    lost = length < 1e-3
    weights = np.where(lost, border == INSIDE, weights / np.where(lost, 1.0, length))
    total = weights.sum(axis=0)
    # Not singular, also where such cells have none but each other.
    total = np.where(total == 0, 1.0, total * (1 + 1e-9))
    system = _system(faces, weights * (border == INSIDE), total)
    return _solve(system, np.where(lost, 0.0, rate))


def _of_cells(faces: BorderFaces, sides: NDArray) -> NDArray:
    """Return sides (4, n_cells) of the region's cells."""
    return sides[:, faces.inside]


def _system(
    faces: BorderFaces, towards: NDArray[np.float64], diagonal: NDArray[np.float64]
) -> csc_matrix:
    """Return the matrix that takes weighted neighbours from each cell's own value."""
    n_cells = len(diagonal)
    numbers = np.full(faces.inside.shape, -1)
    numbers[faces.inside] = np.arange(n_cells)
    own = np.arange(n_cells)
    rows, cols, values = [own], [own], [diagonal]
    for weight, step in zip(towards, SIDES, strict=True):
        there = neighbour(numbers, step, -1)[faces.inside]
        used = (weight != 0) & (there >= 0)
        rows.append(own[used])
        cols.append(there[used])
        values.append(-weight[used])
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(cols)))
    return coo_matrix(entries, shape=(n_cells, n_cells)).tocsc()


def _solve(system: csc_matrix, right: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(spsolve(system, right), dtype=np.float64)
