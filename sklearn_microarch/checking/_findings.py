"""Turn what was measured of a slice into sentences and remedies."""

from collections.abc import Iterable, Sequence

from sklearn_microarch.checking._grey_scale import GreyScale
from sklearn_microarch.checking._region_check import RegionCheck
from sklearn_microarch.checking._slice_check import Finding

LEAST_TISSUE = 0.8
_LEAST_ON_SLICE = 0.98
_MOST_ON_EDGE = 0.02
_FEWEST_APART = 5
_FEWEST_LEVELS = 32
# Lumina of vessels are as dark as it gets.
_MOST_LOWEST, _MOST_HIGHEST = 0.03, 0.01
_MOST_SHADING = 0.35


def placement_findings(
    verdict: str, message: str, misplaced: Sequence[str]
) -> list[Finding]:
    """Say where an annotation does not lie well."""
    if verdict == "misplaced":
        which = f" Most for {_listed(misplaced)}." if misplaced else ""
        return [
            Finding(
                "misplaced",
                message + which,
                "Look at the picture; check scale, orientation and offset of the file.",
            )
        ]
    if verdict == "cannot tell":
        return [
            Finding(
                "placement unknown",
                message,
                "Look at the picture: nothing else tells whether it lies right.",
            )
        ]
    return []


def region_findings(
    regions: Sequence[RegionCheck], n_wanted: int, n_folds: int
) -> list[Finding]:
    """Say which regions are off tissue, cut, or too small to train on."""
    found = []
    off = [
        f"{one.name} ({one.tissue_share:.0%})"
        for one in regions
        if one.n_pixels and one.tissue_share < LEAST_TISSUE
    ]
    if off:
        found.append(
            Finding(
                "off tissue",
                f"regions of which little is tissue: {_listed(off)}.",
                "Check where the annotation lies, and what counts as tissue: "
                "PatchSampler(tissue=...).",
            )
        )
    outside = [
        f"{one.name} ({one.outside_share:.0%})"
        for one in regions
        if one.outside_share > 1 - _LEAST_ON_SLICE
    ]
    if outside:
        found.append(
            Finding(
                "outside the slice",
                f"regions that lie partly off the slice: {_listed(outside)}.",
                "Check pixel size and offset of the annotation, and whether the slice "
                "is a crop.",
            )
        )
    cut = [one.name for one in regions if one.edge_share > _MOST_ON_EDGE]
    if cut:
        found.append(
            Finding(
                "cut by the edge",
                f"regions that the edge of the slice cuts: {_listed(cut)}.",
                "Nothing to do if the picture ends there.",
            )
        )
    for one in regions:
        if one.n_positions < n_wanted:
            n_found = one.n_positions or "no"
            found.append(
                Finding(
                    "few positions",
                    f"{one.name} has {n_found} positions for patches "
                    f"({n_wanted} are wanted).",
                    f"What works: {one.settings or 'leave the region out'}.",
                )
            )
    few = [
        f"{one.name} ({one.n_independent})"
        for one in regions
        if one.n_positions and one.n_independent < _FEWEST_APART
    ]
    if few:
        found.append(
            Finding(
                "few independent patches",
                "regions with hardly any patches that share no pixel: "
                f"{_listed(few)}. Their positions show the same tissue over and over.",
                "Annotate more slices, or do not rely on what is found there.",
            )
        )
    if regions and n_folds < 2:
        small = [one.name for one in regions if one.n_positions and one.n_folds < 2]
        which = f" {_listed(small)} cannot be split." if small else ""
        found.append(
            Finding(
                "no spatial folds",
                "the regions cannot be split into two parts that share no pixel."
                + which,
                "Validate on another slice, or use smaller patches.",
            )
        )
    return found


def grey_findings(grey: GreyScale) -> list[Finding]:
    """Say what is odd about the grey levels."""
    found = []
    ends = [
        f"{share:.1%} at the {which} grey level"
        for share, which, most in (
            (grey.share_lowest, "lowest", _MOST_LOWEST),
            (grey.share_highest, "highest", _MOST_HIGHEST),
        )
        if share > most
    ]
    if ends and grey.n_levels != 1:
        found.append(
            Finding(
                "clipped",
                f"of the tissue's pixels, {_listed(ends)}: detail may be cut off.",
                "Export the picture again without stretching its contrast.",
            )
        )
    if grey.n_levels is not None and 0 < grey.n_levels < _FEWEST_LEVELS:
        found.append(
            Finding(
                "few grey levels",
                f"tissue has only {grey.n_levels} grey levels.",
                "Use the raw picture rather than a preview or a palette.",
            )
        )
    if grey.shading > _MOST_SHADING:
        found.append(
            Finding(
                "shading",
                f"brightness drifts by {grey.shading:.0%} across tissue of one region.",
                "Training with normalization='slice', the default, evens out a smooth "
                "drift of which regions are not the cause; correct the illumination "
                "where the lamp is, or mistrust what follows the drift in the maps.",
            )
        )
    return found


def _listed(words: Iterable[str]) -> str:
    several = list(words)
    shown = ", ".join(several[:8])
    return shown if len(several) <= 8 else f"{shown} and {len(several) - 8} more"
