"""What was found about specimens that a factor or the clusters tell apart."""

from dataclasses import dataclass
from textwrap import fill
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._format_table import decimals, format_table

# Of what is compared with the 95th percentile of halves, so much lies beyond by chance.
_BY_CHANCE = 0.05
_WIDTH = 88


@dataclass(frozen=True, eq=False)
class SeparatedRegion:
    """How far specimens of one group lie apart in one region, in one factor or cluster.

    Parameters
    ----------
    name : str
        Of the factor, or of the cluster whose share differs most.
    region : str
        Of the region.
    more, less : str
        The two specimens of one group that differ most.
    mean_more, mean_less : float
        Their mean loadings in the region, or the shares of it in the cluster.
    ratio, low, high : float
        The first over the second, with its interval; infinite where there is none of
        the factor in the second, NaN for negative means.
    separation : float
        Of a factor: how far the means of specimens lie apart, in standard errors of a
        mean. Of clusters: the total variation distance of those two, 0 to 1.
    halves : float
        95th percentile of the same for random halves of one specimen.
    against_regions : float
        How far the two lie apart, as a share of how far the regions lie apart that
        differ most; NaN where there is one region.
    n_blocks : int
        Blocks of the region in the specimen that has fewest.

    Examples
    --------
    >>> from sklearn_microarch.metrics import SeparatedRegion
    >>> found = SeparatedRegion(
    ...     name="factor07", region="CTX", more="B", less="A", mean_more=3.1,
    ...     mean_less=1.0, ratio=3.1, low=2.6, high=3.9, separation=5.2, halves=2.1,
    ...     against_regions=0.4, n_blocks=40,
    ... )
    >>> found.is_beyond
    True
    """

    name: str
    region: str
    more: str
    less: str
    mean_more: float
    mean_less: float
    ratio: float
    low: float
    high: float
    separation: float
    halves: float
    against_regions: float
    n_blocks: int

    @property
    def is_beyond(self) -> bool:
        """Whether specimens differ by more than halves of one do."""
        return self.separation > self.halves


@dataclass(frozen=True, eq=False)
class SpecimenSeparation:
    """Which factors, or in which regions clusters, tell specimens apart; print it.

    Parameters
    ----------
    rows : tuple of SeparatedRegion
        One for each factor and region it is active in; of clusters, one for each
        region.
    specimens : ndarray of shape (n_specimens,)
        Specimens that were compared.
    regions : ndarray of shape (n_regions,)
        Regions of the labels.
    means : ndarray of shape (n_specimens, n_regions, n_values)
        Mean loadings of each factor, or shares of each cluster; NaN where a specimen
        has too few blocks of a region.
    names : tuple of str
        Of the factors or clusters, along the last axis of ``means``.
    of_clusters : bool
        Whether clusters were compared.
    block_size : int, unit: pixels
        Edge length of the blocks.
    left_out : tuple of str
        What was not compared and why, a sentence each.

    See Also
    --------
    specimen_separation : Makes it.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches, SliceImage
    >>> from sklearn_microarch.metrics import specimen_separation
    >>> slices = [SliceImage(np.zeros((60, 600)), specimen=name) for name in "AB"]
    >>> at = [(i, r, c) for i in (0, 1) for r in (8, 40) for c in range(8, 590, 16)]
    >>> patches = Patches(slices, at, 16)
    >>> rng = np.random.default_rng(0)
    >>> loadings = rng.exponential(size=(len(patches), 1))
    >>> loadings[patches.positions[:, 0] == 1] *= 4
    >>> found = specimen_separation(
    ...     loadings, patches, ["CTX"] * len(patches), random_state=0
    ... )
    >>> found.share_beyond
    1.0
    >>> found.sentences[0].split(",")[0]
    'factor00 in CTX is 4.3 times as strong in B as in A (2.8 to 6.9)'
    """

    rows: tuple[SeparatedRegion, ...]
    specimens: NDArray
    regions: NDArray
    means: NDArray[np.float64]
    names: tuple[str, ...]
    of_clusters: bool
    block_size: int
    left_out: tuple[str, ...]

    @property
    def share_beyond(self) -> float:
        """Share of the rows in which specimens differ by more than halves; 0 to 1."""
        return float(np.mean([row.is_beyond for row in self.rows]))

    @property
    def sentences(self) -> tuple[str, ...]:
        """What lies beyond halves of one specimen, the largest differences first."""
        beyond = [row for row in self.rows if row.is_beyond]
        beyond.sort(key=_distance if self.of_clusters else _ratio_or_none, reverse=True)
        say = _clusters_in_words if self.of_clusters else _factor_in_words
        return tuple(
            f"{say(row)}, more than halves of one animal differ: it may show the "
            "animal or its exposure rather than tissue."
            for row in beyond
        )

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table.

        Returns
        -------
        rows : list of dict
            One for each entry of ``rows``.
        """
        return [{**vars(row), "is_beyond": row.is_beyond} for row in self.rows]

    def __str__(self) -> str:
        what = "clusters by region" if self.of_clusters else "factors x regions"
        n_beyond = sum(row.is_beyond for row in self.rows)
        lines = [
            f"{n_beyond} of {len(self.rows)} {what} ({self.share_beyond:.0%}) tell "
            f"{len(self.specimens)} specimens apart",
            "by more than 95% of halves of one differ "
            f"({_BY_CHANCE:.0%} would by chance)",
            "",
            format_table([self._cells(row) for row in self.rows]),
            f"separation: {self._measure()};",
            "halves: 95th percentile of the same for random halves of one specimen;",
            "of regions: their difference as a share of that between regions;",
            f"blocks: of {self.block_size} px, fewest in a specimen; * beyond halves",
        ]
        words = [f"not compared: {one}" for one in self.left_out]
        words += self.sentences[:1]
        return "\n".join([*lines, *(fill(one, _WIDTH) for one in words)])

    def _measure(self) -> str:
        if self.of_clusters:
            return "total variation distance of the two specimens that differ most"
        return "spread of the specimens' means in standard errors of a mean"

    def _cells(self, row: SeparatedRegion) -> dict[str, Any]:
        star = " *" if row.is_beyond else ""
        return {
            "region": row.region,
            "cluster" if self.of_clusters else "factor": row.name,
            "most": f"{decimals(row.mean_more, 2)} ({row.more})",
            "least": f"{decimals(row.mean_less, 2)} ({row.less})",
            "ratio": decimals(row.ratio, 2),
            "interval": f"{decimals(row.low, 2)} to {decimals(row.high, 2)}",
            "separation": f"{decimals(row.separation, 2)}{star}",
            "halves": decimals(row.halves, 2),
            "of regions": decimals(row.against_regions, 2),
            "blocks": row.n_blocks,
        }


def _distance(row: SeparatedRegion) -> float:
    return row.separation


def _ratio_or_none(row: SeparatedRegion) -> float:
    return 0.0 if np.isnan(row.ratio) else row.ratio


def _factor_in_words(row: SeparatedRegion) -> str:
    where = f"{row.name} in {row.region}"
    if np.isnan(row.ratio):
        return (
            f"{where} is {row.mean_more:.2g} in {row.more} and {row.mean_less:.2g} in "
            f"{row.less}"
        )
    if np.isinf(row.ratio):
        return f"{where} is active in {row.more} and not in {row.less}"
    return (
        f"{where} is {row.ratio:.1f} times as strong in {row.more} as in {row.less} "
        f"({row.low:.1f} to {row.high:.1f})"
    )


def _clusters_in_words(row: SeparatedRegion) -> str:
    return (
        f"{row.name} is {row.mean_more:.0%} of {row.region} in {row.more} and "
        f"{row.mean_less:.0%} in {row.less}"
    )
