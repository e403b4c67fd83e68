"""Draw equally many patch centres from every region of interest."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import FewPatchesWarning
from sklearn_microarch.sampling._lay_out import name_codes
from sklearn_microarch.sampling._purity import candidate_centres
from sklearn_microarch.sampling._region_material import (
    RegionMaterial,
    report_region_material,
)


class SamplingRule(Protocol):
    """What decides where a training patch may lie, and how many are drawn."""

    n_patches_per_roi: int
    min_purity: float
    purity_window: float
    border: str
    unannotated_code: int


def draw_balanced(
    rois: Sequence[NDArray],
    patch_size: int,
    rule: SamplingRule,
    rng: np.random.RandomState,
    names: Mapping[int, str] | Sequence[str] | None,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Draw positions (n, 3) without replacement, and their codes (n,); see `sample`."""
    found = np.unique(np.concatenate([np.unique(codes) for codes in rois]))
    # -1 is what labels() gives outside the annotation, in a map of codes as well.
    outside = (rule.unannotated_code, -1)
    wanted = [int(code) for code in found if int(code) not in outside]
    if not wanted:
        raise ValueError(
            f"rois holds only the unannotated code {rule.unannotated_code}; at least "
            "one annotated region is needed."
        )
    positions: list[NDArray[np.int32]] = []
    labels: list[NDArray[np.int64]] = []
    few, none = [], []
    for code in wanted:
        centres = _candidates(rois, code, patch_size, rule)
        n_drawn = min(rule.n_patches_per_roi, len(centres))
        if n_drawn == 0:
            none.append(len(labels))
        elif n_drawn < rule.n_patches_per_roi:
            few.append(len(labels))
        positions.append(centres[rng.permutation(len(centres))[:n_drawn]])
        labels.append(np.full(n_drawn, code, dtype=np.int64))
    if few or none:
        reports = material_of_regions(rois, wanted, patch_size, rule, names)
        _complain(reports, rule, patch_size, few=few, none=none)
    order = rng.permutation(sum(len(part) for part in labels))
    return np.concatenate(positions)[order], np.concatenate(labels)[order]


def _candidate_mask(
    codes: NDArray, code: int, patch_size: int, rule: SamplingRule
) -> NDArray[np.bool_]:
    return candidate_centres(
        codes == code,
        patch_size=patch_size,
        purity_window=rule.purity_window,
        min_purity=rule.min_purity,
        border=rule.border,
    )


def _candidates(
    rois: Sequence[NDArray], code: int, patch_size: int, rule: SamplingRule
) -> NDArray[np.int32]:
    """Return all centres of one region, shape (n, 3), in raster order."""
    parts = []
    for index, codes in enumerate(rois):
        rows, cols = np.nonzero(_candidate_mask(codes, code, patch_size, rule))
        image = np.full(len(rows), index)
        parts.append(np.column_stack([image, rows, cols]).astype(np.int32))
    return np.concatenate(parts)


def material_of_regions(
    rois: Sequence[NDArray],
    wanted: Sequence[int],
    patch_size: int,
    rule: SamplingRule,
    names: Mapping[int, str] | Sequence[str] | None,
) -> list[RegionMaterial]:
    """Measure what each region offers, over all slices."""
    reports = []
    for code in wanted:
        candidates = [_candidate_mask(c, code, patch_size, rule) for c in rois]
        title = code if names is None else str(name_codes(np.array([code]), names)[0])
        inside = [codes == code for codes in rois]
        reports.append(report_region_material(title, inside, candidates, patch_size))
    return reports


def _complain(
    reports: Sequence[RegionMaterial],
    rule: SamplingRule,
    patch_size: int,
    *,
    few: Sequence[int],
    none: Sequence[int],
) -> None:
    """Raise for regions without any position, warn for those with too few."""
    table = "\n".join(f"  {report}" for report in reports)
    remedy = (
        f"lower min_purity={rule.min_purity:g} or purity_window={rule.purity_window:g},"
        " use smaller patches, or set the region's pixels to the unannotated code "
        f"{rule.unannotated_code}. What each region offers:\n{table}"
    )
    if none:
        raise ValueError(
            f"the regions {[reports[i].roi for i in none]} offer no position for a "
            f"patch of {patch_size} pixels; {remedy}"
        )
    warn_user(
        f"the regions {[reports[i].roi for i in few]} offer fewer than "
        f"n_patches_per_roi={rule.n_patches_per_roi} positions and give all they have. "
        f"For more, {remedy}",
        FewPatchesWarning,
    )
