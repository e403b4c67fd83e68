"""A smooth curve through the middle of rows: the gradient that is nearest to them.

After T. Hastie and W. Stuetzle, "Principal Curves", Journal of the American Statistical
Association 84, 1989, doi:10.1080/01621459.1989.10478936. Deviation: corners lie at
equal ranks of the rows along the curve, and local lines smooth by rank.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Corners of the curve: enough for the arc that a gradient makes in loadings, too few to
# visit single clusters and turn back.
_N_CORNERS, _N_ROUNDS = 12, 10
_LEAST_LENGTH = 1e-300


@dataclass(frozen=True, eq=False)
class PrincipalCurve:
    """Corners (m, d) of a curve, and the place (n,) of each row on it, 0 to its length.

    ``nearest`` (n, d) are the points of the curve at these places.
    """

    corners: NDArray[np.float64]
    places: NDArray[np.float64]
    nearest: NDArray[np.float64]

    @property
    def n_pieces(self) -> int:
        """How many straight pieces it has."""
        return len(self.corners) - 1

    def points_at(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the points (m, d) after shares (m,) of its length."""
        ends = _ends(self.corners)
        return np.column_stack(
            [np.interp(shares * ends[-1], ends, axis) for axis in self.corners.T]
        )


def fit_principal_curve(X: NDArray[np.float64]) -> PrincipalCurve:
    """Return a curve through rows (n, d), which begins as their first component."""
    centred = X - X.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    places = centred @ axes[:, -1]
    for _ in range(_N_ROUNDS):
        corners = _middle(X, places)
        places, nearest = _project(X, corners)
    return PrincipalCurve(corners, places, nearest)


def _middle(X: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return corners (m, d): the value of a local line at equal steps of rank."""
    ranks = np.empty(len(X))
    ranks[np.argsort(places, kind="stable")] = np.linspace(0, 1, len(X))
    corners = []
    for step in np.linspace(0, 1, _N_CORNERS):
        away = ranks - step
        weights = np.exp(-0.5 * (away * _N_CORNERS / 0.7) ** 2)
        line = np.column_stack([np.ones(len(X)), away])
        weighted = (line * weights[:, None]).T
        corners.append(np.linalg.lstsq(weighted @ line, weighted @ X, rcond=None)[0][0])
    return np.array(corners)


def _project(
    X: NDArray[np.float64], corners: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the places (n,) on the curve nearest to rows (n, d), and these points."""
    ends = _ends(corners)
    least, places, nearest = np.full(len(X), np.inf), np.zeros(len(X)), X.copy()
    for begin, after, corner, way in zip(
        ends[:-1], ends[1:], corners[:-1], np.diff(corners, axis=0), strict=True
    ):
        share = ((X - corner) @ way) / max(float(way @ way), _LEAST_LENGTH)
        share = share.clip(0.0, 1.0)
        points = corner + share[:, None] * way
        distance = ((X - points) ** 2).sum(axis=1)
        nearer = distance < least
        least[nearer] = distance[nearer]
        places[nearer] = begin + share[nearer] * (after - begin)
        nearest[nearer] = points[nearer]
    return places, nearest


def _ends(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far along the curve each corner (m, d) lies: (m,), from 0."""
    steps = np.sqrt((np.diff(corners, axis=0) ** 2).sum(axis=1))
    return np.concatenate([[0.0], np.cumsum(steps)])
