"""Random maps with the grain of a given one: its variogram, inside the tissue.

After J. B. Burt et al., "Generative modeling of brain maps with spatial
autocorrelation", NeuroImage 220, 2020, doi:10.1016/j.neuroimage.2020.117038: noise is
smoothed by the width whose variogram comes nearest to the map's once it is scaled and
white noise added. Deviations: noise is Gaussian, not the map's values permuted, which
ranks make equal; the width is chosen once for each map.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.nuisances._within import without_region_means

# Widths tried, in patches; the last is as smooth as a gradient over a small slice.
_WIDTHS = (0.15, 0.25, 0.4, 0.6, 0.9, 1.3, 2.0, 3.0, 4.5)
# And of maps without their region means, of which draws differ more.
_WIDER, _N_DRAWS_WITHIN = (6.5, 9.0), 3
# Differences are compared up to so many patches; beyond, a slice has too few.
_LONGEST_LAG, _N_LAGS = 6.0, 12
# A Gaussian of so many points is drawn well enough with lines between them.
_FINEST = 3.0


@dataclass(frozen=True)
class Grain:
    """Width of the smoothing, in cells, and weights of smoothed and white noise."""

    width: float
    smooth: float
    white: float


def fit_grain(
    cells: TissueCells,
    values: NDArray[np.float64],
    rng: RandomState,
    *,
    within_regions: bool = False,
) -> Grain:
    """Return the grain of one map (n,) of tissue cells.

    Of one that lacks its region means, if so told: noise that lacks them, too, is
    compared with it, and wider ones are tried, as what is smooth over a region loses
    most by it.
    """
    widths = (*_WIDTHS, *_WIDER) if within_regions else _WIDTHS
    lags = np.unique(
        np.linspace(1, max(2, _LONGEST_LAG * cells.patch), _N_LAGS).astype(int)
    )
    target = variogram(cells, values, lags)
    best, error = Grain(cells.patch, 1.0, 0.0), np.inf
    for width in widths:
        if within_regions:
            own = _variogram_within(cells, width * cells.patch, lags, rng)
        else:
            own = variogram(cells, draw_noise(cells, width * cells.patch, rng), lags)
        slope, offset = _line(own, target)
        misfit = float(((slope * own + offset - target) ** 2).sum())
        if misfit < error:
            grain = Grain(width * cells.patch, np.sqrt(slope), np.sqrt(offset))
            best, error = grain, misfit
    return best


def draw_surrogate(
    cells: TissueCells, grain: Grain, rng: RandomState
) -> NDArray[np.float64]:
    """Return a random map (n,) of a grain."""
    drawn = grain.smooth * draw_noise(cells, grain.width, rng)
    return np.asarray(drawn + grain.white * rng.standard_normal(len(drawn)))


def draw_noise(
    cells: TissueCells, width: float, rng: RandomState
) -> NDArray[np.float64]:
    """Return noise (n,) smoothed by a Gaussian of ``width`` cells, of variance 1."""
    noise = np.empty(len(cells.at))
    # Of wide smoothing, a coarser grid of noise is as smooth.
    step = max(1, int(width / _FINEST))
    margin = int(3 * width / step) + 2
    for index in np.unique(cells.at[:, 0]).tolist():
        here = cells.at[:, 0] == index
        shape = [length // step + 1 + 2 * margin for length in cells.shapes[index]]
        whole = ndimage.gaussian_filter(
            rng.standard_normal(shape), width / step, truncate=3
        )
        places = cells.at[here, 1:].T / step + margin
        noise[here] = (
            whole[tuple(places.astype(int))]
            if step == 1
            else ndimage.map_coordinates(whole, places, order=1)
        )
    spread = noise.std()
    return noise / spread if spread > 0 else noise


def variogram(
    cells: TissueCells, values: NDArray[np.float64], lags: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return half the mean squared difference at each lag, along rows and columns."""
    sums, counts = np.zeros(len(lags)), np.zeros(len(lags))
    for index in np.unique(cells.at[:, 0]).tolist():
        grid = cells.lay_out(values, index, np.nan)
        for number, lag in enumerate(lags.tolist()):
            for moved, kept in (
                (grid[lag:], grid[:-lag]),
                (grid[:, lag:], grid[:, :-lag]),
            ):
                squares = (moved - kept) ** 2
                known = np.isfinite(squares)
                sums[number] += squares[known].sum() / 2
                counts[number] += known.sum()
    return np.divide(sums, counts, out=np.zeros(len(lags)), where=counts > 0)


def _variogram_within(
    cells: TissueCells, width: float, lags: NDArray[np.int64], rng: RandomState
) -> NDArray[np.float64]:
    """Return the mean variogram of noise without its region means, of a few draws."""
    drawn = [draw_noise(cells, width, rng) for _ in range(_N_DRAWS_WITHIN)]
    left = without_region_means(np.column_stack(drawn), cells.codes)
    return np.mean([variogram(cells, one, lags) for one in left.T], axis=0)


def _line(own: NDArray, target: NDArray) -> tuple[float, float]:
    """Return slope and offset, neither below 0, that bring a variogram to another."""
    slope, offset = np.polyfit(own, target, 1)
    if offset < 0:
        slope, offset = float(own @ target / max(own @ own, 1e-300)), 0.0
    elif slope < 0:
        slope, offset = 0.0, float(target.mean())
    return float(slope), float(offset)
