"""The specimens of a group against halves of one, in one region."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.metrics.specimens._region_blocks import BlocksOfRegion
from sklearn_microarch.metrics.specimens._separation_report import SeparatedRegion
from sklearn_microarch.metrics.specimens._spread import (
    distances_of,
    farthest_pair,
    pairs_within,
    percentile_of,
    ratio_of,
    spread_of,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Settings:
    """How specimens are compared."""

    min_active: float
    n_halves: int
    n_resamples: int
    confidence_level: float
    rng: RandomState
    # Of the blocks, to draw in a resample: less than 1 where neighbours share tissue.
    draw_share: float


class RegionComparison:
    """Block means of one region in the specimens compared there.

    ``groups`` (n_specimens,) are numbers, of which at least two are equal.
    """

    def __init__(
        self,
        region: str,
        blocks: Sequence[BlocksOfRegion],
        specimens: Sequence[str],
        groups: NDArray[np.intp],
        settings: Settings,
    ) -> None:
        self.region, self.specimens, self.groups = region, specimens, groups
        self.settings = settings
        self.n_blocks = min(len(one.counts) for one in blocks)
        self.means = np.array([one.mean for one in blocks])
        self.active = np.array([one.active for one in blocks]).max(axis=0)
        self.variances = np.array([one.variance for one in blocks])
        halved = [one.halve(settings.n_halves, settings.rng) for one in blocks]
        # Of shape (n_halves, n_specimens, n_values).
        self.errors = np.stack([error for error, _ in halved], axis=1)
        self.error_variances = np.stack([variance for _, variance in halved], axis=1)
        self.resampled = [
            one.resample(
                max(1, round(settings.draw_share * len(one.counts))),
                settings.n_resamples,
                settings.rng,
            )
            for one in blocks
        ]

    def factors(
        self, names: Sequence[str], range_of_regions: Floats
    ) -> list[SeparatedRegion]:
        """Return a row for each factor that is active here.

        ``range_of_regions`` (n_factors,) is how far the regions lie apart.
        """
        separation = spread_of(
            self.means, self.variances / self.settings.draw_share, self.groups
        )
        null = spread_of(self.errors, self.error_variances, self.groups)
        halves = percentile_of(null, 0.95)
        rows = []
        seen = np.flatnonzero(self.active >= self.settings.min_active)
        for at in seen.tolist():
            pair = farthest_pair(self.means[:, at], self.groups)
            gap = self.means[pair[0], at] - self.means[pair[1], at]
            rows.append(
                self._row(
                    names[at],
                    at,
                    pair,
                    separation=float(separation[at]),
                    halves=float(halves[at]),
                    against_regions=_share(gap, range_of_regions[at]),
                )
            )
        return rows

    def clusters(
        self, names: Sequence[str], range_of_regions: float
    ) -> list[SeparatedRegion]:
        """Return one row, of the distance of the clusters' shares."""
        distances = distances_of(self.means, self.groups)
        # Errors as large as those of the specimens' own shares, for few blocks too.
        within = self.variances.mean(axis=0).sum() / self.settings.draw_share
        of_halves = self.error_variances.mean(axis=1).sum(axis=-1)
        scale = np.sqrt(
            np.divide(
                within, of_halves, out=np.ones_like(of_halves), where=of_halves > 0
            )
        )
        null = distances_of(scale[:, None, None] * self.errors, self.groups)
        one, other = pairs_within(self.groups)[int(distances.argmax())]
        at = int(np.abs(self.means[one] - self.means[other]).argmax())
        more = self.means[one, at] >= self.means[other, at]
        return [
            self._row(
                names[at],
                at,
                (one, other) if more else (other, one),
                separation=float(distances.max()),
                halves=float(percentile_of(null.max(axis=-1), 0.95)),
                against_regions=_share(distances.max(), range_of_regions),
            )
        ]

    def _row(
        self,
        name: str,
        at: int,
        pair: tuple[int, int],
        *,
        separation: float,
        halves: float,
        against_regions: float,
    ) -> SeparatedRegion:
        more, less = pair
        ratios = ratio_of(self.resampled[more][:, at], self.resampled[less][:, at])
        tail = (1 - self.settings.confidence_level) / 2
        return SeparatedRegion(
            name=name,
            region=self.region,
            more=self.specimens[more],
            less=self.specimens[less],
            mean_more=float(self.means[more, at]),
            mean_less=float(self.means[less, at]),
            ratio=float(ratio_of(self.means[more, at], self.means[less, at])),
            low=float(percentile_of(ratios, tail)),
            high=float(percentile_of(ratios, 1 - tail)),
            separation=separation,
            halves=halves,
            against_regions=against_regions,
            n_blocks=self.n_blocks,
        )


def _share(gap: float, whole: float) -> float:
    """Return a difference as a share of that between regions, NaN where those agree."""
    return float(gap / whole) if whole > 0 else np.nan
