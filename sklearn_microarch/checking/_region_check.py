"""What an annotated region lies on, and what it offers to train on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.sampling.regions._balanced_sampling import material_of_regions
from sklearn_microarch.sampling.regions._placed_codes import PlacedCodes
from sklearn_microarch.sampling.regions._slice_regions import SliceRegions
from sklearn_microarch.sampling.regions._workable import settings_that_work


@dataclass(frozen=True)
class RegionCheck:
    """One region: its place on the slice, and its patches."""

    name: str
    n_pixels: int
    # Shares of the region's area.
    tissue_share: float
    outside_share: float
    # Share of the slice's edge pixels of the region among the region's outline.
    edge_share: float
    # Of the largest inscribed circle.
    diameter_px: float
    n_positions: int
    n_independent: int
    # Settings that give enough positions; "" where there are enough.
    settings: str
    # Largest number of spatial folds of this region alone, 0 for none.
    n_folds: int = 0
    # Whether another placement fits this region better.
    fits_better_elsewhere: bool = False


def measure_regions(
    regions: SliceRegions,
    codes: NDArray,
    tissue: NDArray[np.bool_],
    sampler: PatchSampler,
    patch_size: int,
) -> list[RegionCheck]:
    """Measure each region of a slice; ``codes`` and ``tissue`` are (height, width)."""
    (placed,) = regions.placed
    material = material_of_regions(regions, patch_size, sampler)
    found = []
    for code, offers in zip(regions.codes, material, strict=True):
        inside = codes == code
        n_pixels = int(inside.sum())
        settings = ""
        if offers.n_candidates < sampler.n_patches_per_roi and n_pixels:
            settings = settings_that_work(
                regions.placed,
                code,
                patch_size=patch_size,
                purity_window=sampler.purity_window,
                min_purity=sampler.min_purity,
                border=sampler.border,
                n_wanted=sampler.n_patches_per_roi,
            )
        found.append(
            RegionCheck(
                name=str(regions.title(code)),
                n_pixels=n_pixels,
                tissue_share=float(tissue[inside].mean()) if n_pixels else 0.0,
                outside_share=_share_outside(placed, code, n_pixels),
                edge_share=_share_on_edge(inside),
                diameter_px=offers.diameter_px,
                n_positions=offers.n_candidates,
                n_independent=offers.n_independent,
                settings=settings,
            )
        )
    return found


def candidate_positions(
    regions: SliceRegions,
    sampler: PatchSampler,
    patch_size: int,
    n_most: int,
    rng: np.random.RandomState,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Draw up to ``n_most`` centres (n, 3) of each region, and the region's index."""
    (placed,) = regions.placed
    positions, labels = [], []
    for index, code in enumerate(regions.codes):
        centres = np.argwhere(
            placed.candidates(
                code,
                patch_size=patch_size,
                purity_window=sampler.purity_window,
                min_purity=sampler.min_purity,
                border=sampler.border,
            )
        )
        drawn = centres[rng.permutation(len(centres))[:n_most]]
        positions.append(np.insert(drawn, 0, 0, axis=1).astype(np.int32))
        labels.append(np.full(len(drawn), index, dtype=np.int64))
    return np.concatenate(positions), np.concatenate(labels)


def _share_outside(placed: PlacedCodes, code: int, n_pixels: int) -> float:
    """Return the share of a region's area that lies off the slice."""
    if placed.is_on_grid:
        return 0.0
    area = float((placed.codes == code).sum()) / (placed.step[0] * placed.step[1])
    share = 1 - n_pixels / area if area else 0.0
    # Rounding to pixels is no loss.
    return share if share * area > 2 * area**0.5 + 1 else 0.0


def _share_on_edge(inside: NDArray[np.bool_]) -> float:
    """Return the share of a region's outline that is the edge of the slice."""
    on_edge = sum(
        int(line.sum()) for line in (inside[0], inside[-1], inside[:, 0], inside[:, -1])
    )
    if not on_edge:
        return 0.0
    inner = int((inside[1:] != inside[:-1]).sum())
    inner += int((inside[:, 1:] != inside[:, :-1]).sum())
    return on_edge / (on_edge + inner)
