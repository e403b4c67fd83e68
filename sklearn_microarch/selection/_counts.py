"""Coverage and leakage of every factor in every region, from one count."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import gen_batches

from sklearn_microarch.selection._activity import Activity

_SAMPLES_PER_BATCH = 16_384


@dataclass(frozen=True, eq=False)
class ActivityCounts:
    """How many samples each factor is active at in each region, and last in none."""

    active: NDArray[np.int64]  # (n_factors, n_regions + 1)
    samples: NDArray[np.int64]  # (n_regions + 1,)

    def coverage_and_leakage(
        self, *, normalize: bool, count_unannotated: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return active samples inside and outside, each (n_factors, n_regions).

        Normalized they are shares; 0 outside a region that is everywhere.
        """
        counted = slice(None) if count_unannotated else slice(-1)
        active, inside = self.active[:, :-1], self.samples[:-1]
        total = self.active[:, counted].sum(axis=1, keepdims=True)
        coverage, leakage = active.astype(np.float64), (total - active).astype(float)
        if normalize:
            coverage /= inside
            leakage /= np.maximum(self.samples[counted].sum() - inside, 1)
        return coverage, leakage


def count_activity(
    activity: Activity, codes: NDArray[np.unsignedinteger], *, n_regions: int
) -> ActivityCounts:
    """Count active samples by region, whose codes (n_samples,) are n_regions for none.

    Eight factors make a byte, and the samples of a region with a certain byte are
    counted at once, whichever of its bits are set.
    """
    n_bins = 256 * (n_regions + 1)
    histograms = np.zeros((len(activity.packed), n_bins), dtype=np.int64)
    for rows in gen_batches(len(codes), max(n_bins, _SAMPLES_PER_BATCH)):
        first_bins = codes[rows].astype(np.intp) * 256
        for histogram, octets in zip(histograms, activity.packed, strict=True):
            histogram += np.bincount(first_bins + octets[rows], minlength=n_bins)
    by_octet = histograms.reshape(-1, n_regions + 1, 256)
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1)[:, ::-1]
    # Of shape (n_bytes, 8, n_regions + 1), the factors along the first two axes.
    active = (by_octet @ bits.astype(np.int64)).transpose(0, 2, 1)
    return ActivityCounts(
        active=active.reshape(-1, n_regions + 1)[: activity.n_factors],
        samples=by_octet[0].sum(axis=1),
    )
