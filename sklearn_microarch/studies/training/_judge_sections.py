"""Is training on these sections worth while: what speaks against it."""

from collections.abc import Sequence

from sklearn_microarch.checking import SliceCheck, check_slice
from sklearn_microarch.exceptions import UnfitStudyError
from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.studies.training._annotated_sections import AnnotatedSection

# Of a region's area; beyond, its name stands for something else.
_LEAST_TISSUE = 0.5
_MOST_OUTSIDE = 0.5


def check_sections(
    sections: Sequence[AnnotatedSection], sampler: PatchSampler
) -> list[SliceCheck]:
    """Return the check of each section."""
    return [check_slice(one.image, one.rois, sampler=sampler) for one in sections]


def reasons_against(checks: Sequence[SliceCheck]) -> list[str]:
    """Return why training on checked sections would be foolish, a sentence each."""
    reasons = [
        f"section {check.image.name}: {reason}"
        for check in checks
        for reason in _faults_of(check)
    ]
    positions: dict[str, int] = {}
    for check in checks:
        for region in check.regions:
            before = positions.get(region.name, 0)
            positions[region.name] = before + region.n_positions
    reasons += [
        f"no section has a patch that lies well inside {name}: leave the region out "
        "(exclude), merge it with a neighbour (merge), or take smaller patches "
        "(patch_size_um)."
        for name, n_positions in positions.items()
        if not n_positions
    ]
    if len(positions) < 2:
        reasons.append("only one region is annotated; it takes two to tell apart.")
    return reasons


def _faults_of(check: SliceCheck) -> list[str]:
    """Return what is wrong with where the annotation of one section lies."""
    faults = [check.message] if check.verdict == "misplaced" else []
    for region in check.regions:
        if region.n_pixels and region.outside_share > _MOST_OUTSIDE:
            share = region.outside_share
            faults.append(f"{share:.0%} of {region.name} lies off the slice.")
        elif region.n_pixels and region.tissue_share < _LEAST_TISSUE:
            share = region.tissue_share
            faults.append(f"only {share:.0%} of {region.name} is tissue.")
    return faults


def refuse_unfit(checks: Sequence[SliceCheck], *, anyway: bool) -> list[str]:
    """Return what speaks against training; `UnfitStudyError` unless ``anyway``."""
    reasons = reasons_against(checks)
    if reasons and not anyway:
        raise UnfitStudyError(
            "training on these sections would be foolish: "
            + " ".join(reasons)
            + " Correct the files, or pass anyway=True to train all the same."
        )
    return reasons
