"""Draw equally many patch centres from every region, evenly over specimens."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import FewPatchesWarning
from sklearn_microarch.sampling._even_shares import shares_of_slices
from sklearn_microarch.sampling._region_material import (
    RegionMaterial,
    report_region_material,
)
from sklearn_microarch.sampling.regions._missing_regions import (
    warn_of_missing_regions,
)
from sklearn_microarch.sampling.regions._rim import Rim
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
    *,
    rim: Rim | None = None,
    specimens: Sequence[str | None] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Draw positions (n, 3) without replacement, and their codes (n,); see `sample`.

    Off the rim where there is one. ``specimens``: of each slice; None: unknown.
    """
    wanted = regions.codes
    check_annotated(regions)
    whose = [None] * len(regions.placed) if specimens is None else specimens
    positions: list[NDArray[np.int32]] = []
    labels: list[NDArray[np.int64]] = []
    few, none, offers = [], [], []
    for code in wanted:
        centres = _candidates(regions, code, patch_size, rule, rim)
        offers.append([len(part) for part in centres])
        shares = shares_of_slices(rule.n_patches_per_roi, offers[-1], whose)
        n_drawn = int(shares.sum())
        if n_drawn == 0:
            none.append(len(labels))
        elif n_drawn < rule.n_patches_per_roi:
            few.append(len(labels))
        positions += [
            part[rng.permutation(len(part))[:share]]
            for part, share in zip(centres, shares.tolist(), strict=True)
        ]
        labels.append(np.full(n_drawn, code, dtype=np.int64))
    if few or none:
        _complain(regions, rule, patch_size, rim, few=few, none=none)
    titles = [regions.title(code) for code in wanted]
    warn_of_missing_regions(np.array(offers), titles, whose)
    order = rng.permutation(sum(len(part) for part in labels))
    return np.concatenate(positions)[order], np.concatenate(labels)[order]


def check_annotated(regions: SliceRegions) -> None:
    """Raise where no slice has a region."""
    if not regions.codes:
        raise ValueError(
            "rois holds only the unannotated code "
            f"{regions.placed[0].unannotated_code}; at least one annotated region is "
            "needed."
        )


def _candidate_masks(
    regions: SliceRegions,
    code: int,
    patch_size: int,
    rule: SamplingRule,
    rim: Rim | None,
) -> Iterator[NDArray[np.bool_]]:
    """Yield where (height, width) a patch of a region may be centred, by slice."""
    for index, placed in enumerate(regions.placed):
        found = placed.candidates(
            code,
            patch_size=patch_size,
            purity_window=rule.purity_window,
            min_purity=rule.min_purity,
            border=rule.border,
        )
        yield found if rim is None else rim.keep_off(found, code, index, patch_size)


def _candidates(
    regions: SliceRegions,
    code: int,
    patch_size: int,
    rule: SamplingRule,
    rim: Rim | None,
) -> list[NDArray[np.int32]]:
    """Return all centres (n, 3) of one region, in raster order, of each slice."""
    parts = []
    masks = _candidate_masks(regions, code, patch_size, rule, rim)
    for index, mask in enumerate(masks):
        rows, cols = np.nonzero(mask)
        image = np.full(len(rows), index)
        parts.append(np.column_stack([image, rows, cols]).astype(np.int32))
    return parts


def material_of_regions(
    regions: SliceRegions,
    patch_size: int,
    rule: SamplingRule,
    rim: Rim | None = None,
) -> list[RegionMaterial]:
    """Measure what each region offers, over all slices, off the rim if there is one."""
    on_grid = [placed.on_grid() for placed in regions.placed]
    reports = []
    for code in regions.codes:
        candidates = list(_candidate_masks(regions, code, patch_size, rule, rim))
        inside = [codes == code for codes in on_grid]
        title = regions.title(code)
        reports.append(report_region_material(title, inside, candidates, patch_size))
    return reports


def _complain(
    regions: SliceRegions,
    rule: SamplingRule,
    patch_size: int,
    rim: Rim | None,
    *,
    few: Sequence[int],
    none: Sequence[int],
) -> None:
    """Raise for regions without any position, warn for those with too few."""
    reports = material_of_regions(regions, patch_size, rule, rim)
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
            rim=rim,
        )
        for at in none or few
    )
    rim_asks = "" if rim is None else f", min_tissue={rim.min_tissue:g}"
    remedy = (
        f"now patch_size={patch_size}, purity_window={rule.purity_window:g}{rim_asks} "
        f"and min_purity={rule.min_purity:g}. What would do: {workable}. Or leave the "
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
