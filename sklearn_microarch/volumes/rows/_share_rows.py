"""How many rows each region and slice gives, known before any is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import FewPatchesWarning
from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.sampling._even_shares import even_shares, shares_of_slices
from sklearn_microarch.sampling.regions._missing_regions import (
    warn_of_missing_regions,
)
from sklearn_microarch.volumes.rows._draw_on_slice import Title


@dataclass(frozen=True)
class RowShares:
    """How many rows come of each region and slice, and in which order they are."""

    titles: list[Title]
    # Of shape (n_regions, n_slices).
    shares: NDArray[np.intp]

    def of_slice(self, at: int) -> dict[Title, int]:
        """Return how many rows of each region a slice gives, where it gives any."""
        pairs = zip(self.titles, self.shares[:, at].tolist(), strict=True)
        return {title: share for title, share in pairs if share}

    def labels(self) -> NDArray:
        """Return the region (n,) of each row, slice by slice."""
        n_slices = self.shares.shape[1]
        return np.repeat(np.tile(self.titles, n_slices), self.shares.T.ravel())


def share_rows(
    offers: Sequence[dict[Title, int]],
    n_rows: int,
    specimens: Sequence[str | None],
    sampler: PatchSampler,
) -> RowShares:
    """Share rows out evenly: over regions, over specimens, over the slices of each.

    ``offers``: centres of each region, by slice. ValueError where a region offers none.
    """
    titles = sorted({title for offer in offers for title in offer})
    if n_rows < len(titles):
        raise ValueError(
            f"n_rows={n_rows} must be at least {len(titles)}, the number of regions."
        )
    table = np.array([[one.get(title, 0) for one in offers] for title in titles])
    totals = table.sum(axis=1)
    _check_offers(titles, totals, n_rows, sampler)
    warn_of_missing_regions(table, titles, specimens)
    shares = [
        shares_of_slices(int(share), own, specimens)
        for share, own in zip(even_shares(n_rows, totals), table, strict=True)
    ]
    return RowShares(titles, np.array(shares))


def _check_offers(
    titles: list[Title],
    totals: NDArray[np.integer],
    n_rows: int,
    sampler: PatchSampler,
) -> None:
    """Raise for regions without any centre, warn of those with too few."""
    offered = dict(zip(titles, totals.tolist(), strict=True))
    size = sampler.patch_size
    rule = (
        f"now patch_size={size}, purity_window={sampler.purity_window:g}, "
        f"min_purity={sampler.min_purity:g} and min_tissue={sampler.min_tissue:g}"
    )
    none = [title for title, total in offered.items() if not total]
    if none:
        raise ValueError(
            f"the regions {none} offer no position for a patch of {size} pixels "
            f"on any slice; {rule}. Lower them, or leave the regions out, as "
            "unannotated. PatchSampler.sample of one slice says what would do."
        )
    wanted = n_rows // len(titles)
    few = {title: total for title, total in offered.items() if total < wanted}
    if few:
        rest = "and the others fill up" if totals.sum() >= n_rows else "so do all"
        warn_user(
            f"of n_rows={n_rows}, {wanted} are each region's; those that offer fewer "
            f"give all they have, {rest}: {few}; {rule}.",
            FewPatchesWarning,
        )
