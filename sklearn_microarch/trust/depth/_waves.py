"""Redraw maps within bands of depth: their waves along the cortex, moved at random.

After D. Prichard and J. Theiler, "Generating surrogate data for time series with
several simultaneously measured variables", Physical Review Letters 73, 1994,
doi:10.1103/PhysRevLett.73.951: phases are drawn, and what is measured together gets the
same ones. Deviation: a band is continued by its mirror image, as it has ends.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.trust.depth._bands import DepthBands


@dataclass(frozen=True, eq=False)
class BandWaves:
    """Waves of maps (m, k) along bands of one length.

    ``cells`` (n_bands, length) are rows of the maps, ``slices`` (n_bands,) the slice of
    each band, ``spectra`` (n_bands, length + 1, k) of the band and its mirror image.
    """

    cells: NDArray[np.int64]
    slices: NDArray[np.int64]
    spectra: NDArray[np.complex128]


def find_waves(bands: DepthBands, values: NDArray[np.float64]) -> list[BandWaves]:
    """Return the waves of maps (m, k), whose cells are sorted as the bands are."""
    first = np.flatnonzero(bands.ranks == 0)
    waves = []
    for length in np.unique(bands.lengths[first]).tolist():
        starts = first[bands.lengths[first] == length]
        cells = starts[:, None] + np.arange(length)
        own = values[cells]
        both = np.concatenate([own, own[:, ::-1]], axis=1)
        waves.append(BandWaves(cells, bands.slices[starts], np.fft.rfft(both, axis=1)))
    return waves


def redraw_waves(waves: list[BandWaves], rng: RandomState) -> NDArray[np.float64]:
    """Return maps (m, k) of the same waves, at other places along the cortex.

    Waves that fit as often into a band are moved by the same share of their length in
    all bands of a slice, and in all maps, so that what runs across bands still does.
    Slices are redrawn independently of each other.
    """
    longest = max(one.spectra.shape[1] for one in waves)
    n_slices = 1 + max(int(one.slices.max()) for one in waves)
    phases = rng.uniform(0, 2 * np.pi, (n_slices, longest))
    # The mean of a band stays.
    phases[:, 0] = 0.0
    turns = np.exp(1j * phases)
    n_cells = sum(one.cells.size for one in waves)
    found = np.empty((n_cells, waves[0].spectra.shape[2]))
    for one in waves:
        length = one.cells.shape[1]
        turned = one.spectra * turns[one.slices, : length + 1, None]
        found[one.cells] = np.fft.irfft(turned, 2 * length, axis=1)[:, :length]
    return found
