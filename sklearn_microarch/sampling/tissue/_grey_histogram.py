"""How often each grey level occurs in slices, and where Otsu splits them in two."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey

N_BINS = 512


@dataclass(frozen=True, eq=False)
class GreyHistogram:
    """Counts of blurred grey levels in equal bins from ``low`` to ``high``."""

    low: float
    high: float
    counts: NDArray[np.intp]
    # Of each bin: how many of its pixels lie on the slice's edge, and how much its
    # pixels differ from their blurred values, summed up.
    on_edge: NDArray[np.intp]
    roughness: NDArray[np.float64]

    @property
    def edges(self) -> NDArray[np.float64]:
        """Borders of the bins, one more than there are bins."""
        return np.linspace(self.low, self.high, len(self.counts) + 1)

    def below(self, threshold: float) -> "GreyHistogram":
        """Return the part of the bins whose middle is not above a threshold."""
        edges = self.edges
        n_kept = int(((edges[:-1] + edges[1:]) / 2 <= threshold).sum())
        return self._part(slice(0, n_kept))

    def above(self, threshold: float) -> "GreyHistogram":
        """Return the part of the bins whose middle is above a threshold."""
        edges = self.edges
        first = int(((edges[:-1] + edges[1:]) / 2 <= threshold).sum())
        return self._part(slice(first, len(self.counts)))

    def _part(self, kept: slice) -> "GreyHistogram":
        edges = self.edges
        return GreyHistogram(
            float(edges[kept.start]),
            float(edges[kept.stop]),
            self.counts[kept],
            self.on_edge[kept],
            self.roughness[kept],
        )

    def quantile(self, share: float) -> float:
        """Return the grey level below which so many pixels lie."""
        if not self.counts.sum():
            return self.low
        steps = np.concatenate([[0], np.cumsum(self.counts)])
        return float(np.interp(share * steps[-1], steps, self.edges))

    def explained(self, threshold: float) -> float:
        """Return the share of the variance that a split in two explains."""
        edges = self.edges
        centres = (edges[:-1] + edges[1:]) / 2
        mean = np.average(centres, weights=self.counts)
        total = np.average((centres - mean) ** 2, weights=self.counts)
        above = centres > threshold
        between = sum(
            self.counts[part].sum()
            * (np.average(centres[part], weights=self.counts[part]) - mean) ** 2
            for part in (above, ~above)
            if self.counts[part].any()
        )
        return float(between / self.counts.sum() / total) if total > 0 else 0.0

    def otsu(self) -> float:
        """Return the threshold of the largest variance between two classes.

        Otsu 1979. The middle where several bins do equally well, as between two peaks;
        the value itself when all are equal.
        """
        if self.low == self.high or len(self.counts) < 2:
            return self.low
        edges, counts = self.edges, self.counts
        centres = (edges[:-1] + edges[1:]) / 2
        below = np.cumsum(counts)[:-1].astype(float)
        above = counts.sum() - below
        total = np.cumsum(counts * centres)
        with np.errstate(invalid="ignore", divide="ignore"):
            gap = total[:-1] / below - (total[-1] - total[:-1]) / above
        between = np.nan_to_num(below * above * gap**2)
        best = np.flatnonzero(between >= between.max() * (1 - 1e-12))
        return float(edges[1:-1][best].mean())


def grey_histogram(slices: Sequence[SmoothedGrey]) -> GreyHistogram:
    """Count the blurred grey levels of all pixels of some slices, block by block."""
    extremes = [grey.extremes for grey in slices]
    low, high = min(least for least, _ in extremes), max(most for _, most in extremes)
    n_bins = 1 if low == high else N_BINS
    counts = np.zeros(n_bins, dtype=np.intp)
    on_edge, roughness = counts.copy(), np.zeros(n_bins)
    for grey in slices:
        height, width = grey.image.shape
        for (rows, cols), raw, blurred in grey.blocks():
            if low == high:
                counts += blurred.size
                continue
            counts += np.histogram(blurred, bins=n_bins, range=(low, high))[0]
            # Every fourth row tells how rough the grey levels are.
            values, some = blurred[::4].ravel(), raw[::4].ravel()
            place = ((values - low) * (n_bins / (high - low))).astype(np.intp)
            rough = np.abs(some - values.astype(np.float64)) * 4
            roughness += np.bincount(place.clip(0, n_bins - 1), rough, n_bins)
            rims = [
                blurred[0] if rows.start == 0 else None,
                blurred[-1] if rows.stop == height else None,
                blurred[:, 0] if cols.start == 0 else None,
                blurred[:, -1] if cols.stop == width else None,
            ]
            for rim in rims:
                if rim is not None:
                    on_edge += np.histogram(rim, bins=n_bins, range=(low, high))[0]
    return GreyHistogram(low, high, counts, on_edge, roughness)
