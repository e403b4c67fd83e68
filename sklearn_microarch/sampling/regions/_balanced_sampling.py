"""Draw equally many patch centres from every region of interest."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import FewPatchesWarning
from sklearn_microarch.sampling._region_material import (
    RegionMaterial,
    report_region_material,
)
from sklearn_microarch.sampling.regions._placed_codes import PlacedCodes
from sklearn_microarch.sampling.regions._slice_regions import SliceRegions
from sklearn_microarch.sampling.regions._workable import settings_that_work


class SamplingRule(Protocol):
    """What decides where a training patch may lie, and how many are drawn."""

    n_patches_per_roi: int
    min_purity: float
    purity_window: float
    border: str


def draw_balanced(
    regions: SliceRegions,
    patch_size: int,
    rule: SamplingRule,
    rng: np.random.RandomState,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Draw positions (n, 3) without replacement, and their codes (n,); see `sample`."""
    wanted = regions.codes
    if not wanted:
        raise ValueError(
            "rois holds only the unannotated code "
            f"{regions.placed[0].unannotated_code}; at least one annotated region is "
            "needed."
        )
    positions: list[NDArray[np.int32]] = []
    labels: list[NDArray[np.int64]] = []
    few, none = [], []
    for code in wanted:
        centres = _candidates(regions, code, patch_size, rule)
        n_drawn = min(rule.n_patches_per_roi, len(centres))
        if n_drawn == 0:
            none.append(len(labels))
        elif n_drawn < rule.n_patches_per_roi:
            few.append(len(labels))
        positions.append(centres[rng.permutation(len(centres))[:n_drawn]])
        labels.append(np.full(n_drawn, code, dtype=np.int64))
    if few or none:
        _complain(regions, rule, patch_size, few=few, none=none)
    order = rng.permutation(sum(len(part) for part in labels))
    return np.concatenate(positions)[order], np.concatenate(labels)[order]


def _candidate_mask(
    placed: PlacedCodes, code: int, patch_size: int, rule: SamplingRule
) -> NDArray[np.bool_]:
    return placed.candidates(
        code,
        patch_size=patch_size,
        purity_window=rule.purity_window,
        min_purity=rule.min_purity,
        border=rule.border,
    )


def _candidates(
    regions: SliceRegions, code: int, patch_size: int, rule: SamplingRule
) -> NDArray[np.int32]:
    """Return all centres of one region, shape (n, 3), in raster order."""
    parts = []
    for index, placed in enumerate(regions.placed):
        rows, cols = np.nonzero(_candidate_mask(placed, code, patch_size, rule))
        image = np.full(len(rows), index)
        parts.append(np.column_stack([image, rows, cols]).astype(np.int32))
    return np.concatenate(parts)


def material_of_regions(
    regions: SliceRegions, patch_size: int, rule: SamplingRule
) -> list[RegionMaterial]:
    """Measure what each region offers, over all slices."""
    on_grid = [placed.on_grid() for placed in regions.placed]
    reports = []
    for code in regions.codes:
        candidates = [
            _candidate_mask(placed, code, patch_size, rule) for placed in regions.placed
        ]
        inside = [codes == code for codes in on_grid]
        title = regions.title(code)
        reports.append(report_region_material(title, inside, candidates, patch_size))
    return reports


def _complain(
    regions: SliceRegions,
    rule: SamplingRule,
    patch_size: int,
    *,
    few: Sequence[int],
    none: Sequence[int],
) -> None:
    """Raise for regions without any position, warn for those with too few."""
    reports = material_of_regions(regions, patch_size, rule)
    table = "\n".join(f"  {report}" for report in reports)
    codes = regions.codes
    workable = "; ".join(
        f"{reports[at].roi}: "
        + settings_that_work(
            regions.placed,
            codes[at],
            patch_size=patch_size,
            purity_window=rule.purity_window,
            min_purity=rule.min_purity,
            border=rule.border,
            n_wanted=rule.n_patches_per_roi,
        )
        for at in none or few
    )
    remedy = (
        f"now patch_size={patch_size}, purity_window={rule.purity_window:g} and "
        f"min_purity={rule.min_purity:g}. What would do: {workable}. Or leave the "
        f"region out, as unannotated. What each region offers:\n{table}"
    )
    if none:
        raise ValueError(
            f"the regions {[reports[i].roi for i in none]} offer no position for a "
            f"patch of {patch_size} pixels; {remedy}"
        )
    warn_user(
        f"the regions {[reports[i].roi for i in few]} offer fewer than "
        f"n_patches_per_roi={rule.n_patches_per_roi} positions and give all they have: "
        f"{remedy}",
        FewPatchesWarning,
    )
