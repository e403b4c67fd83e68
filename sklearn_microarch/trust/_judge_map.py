"""The rules by which figures become one of four verdicts, and the sentence to it."""

from dataclasses import dataclass
from math import isnan, nan

from sklearn_microarch.trust._limits import EXPLAINED, MOST_P
from sklearn_microarch.trust.depth._judge_depth import DepthFigures
from sklearn_microarch.trust.nuisances._predictors import GRADIENT
from sklearn_microarch.trust.nulls._slices_needed import slices_or_animals

SUPPORTED, UNKNOWN, LABELS = "supported", "cannot tell", "the labels"
# A nuisance that is a smooth gradient itself must explain so much more than the plain
# gradient does, or "gradient" is the simpler word.
MORE_THAN_GRADIENT = 0.05
# And nearly all that is smooth over a patch: of a step, it explains three quarters.
WHOLE_GRADIENT = 0.8
# Two maps are the same to the eye from here; inside regions, where little varies, and
# noise is a larger part, half.
SAME, SAME_WITHIN = 0.8, 0.5
# As where a network is said to restate its labels, in `feature_report`.
LEAST_BEYOND = 0.1
# Blocks of two patches' edge: fewer held-out blocks tell nothing of a nuisance.
LEAST_BLOCKS = 20


@dataclass(frozen=True)
class MapFigures:
    """All figures of one map; see `MapVerdict` for what they are."""

    region: str
    auc: float
    p_moved_labels: float
    p_surrogates: float
    by_regions: float
    # Shares of the variance: by each nuisance, and together with the regions.
    alone: dict[str, float]
    both: dict[str, float]
    gradient_inside: float
    # Of what regions leave, the share that is smooth over a patch.
    smooth: float
    beyond_logits: float
    again: float
    again_within: float
    n_seeds: int
    n_animals: int
    n_animals_followed: int
    n_blocks: int
    # None where the region is no layer.
    depth: DepthFigures | None = None
    # That would tell it from moved labels; 0 where that is not known.
    slices: int = 0
    # With grey level, rows and columns taken out.
    p_flat: float = nan
    region_flat: str = ""

    @property
    def holds_flat(self) -> bool | None:
        """Whether the same region is followed then; None where chance cannot tell."""
        if isnan(self.p_flat):
            return None
        return self.region_flat == self.region and self.p_flat <= MOST_P

    @property
    def nuisance(self) -> str:
        """What explains most of what regions leave; of a gradient, that it is one."""
        others = [name for name in self.both if name != GRADIENT]
        best = max(others, key=lambda name: self.both[name])
        close = self.both[best] - self.both[GRADIENT] <= MORE_THAN_GRADIENT
        whole = self.left_by(GRADIENT) >= WHOLE_GRADIENT * self.smooth
        return GRADIENT if close and whole else best

    def left_by(self, name: str) -> float:
        """Of the variance that regions leave, the share that a nuisance explains."""
        left = 1.0 - self.by_regions
        gained = max(0.0, self.both[name] - self.by_regions)
        return gained / left if left > 0 else 0.0

    @property
    def left_by_nuisance(self) -> float:
        """The share of the one that explains most."""
        return self.left_by(self.nuisance)

    @property
    def regions_say_more(self) -> bool:
        """Whether regions explain more beside the nuisance than it beside them."""
        both = self.both[self.nuisance]
        return both - self.alone[self.nuisance] > both - self.by_regions

    @property
    def where(self) -> str:
        """In which animals."""
        if self.n_animals < 2:
            return "in this animal"
        return f"in {self.n_animals_followed} of {self.n_animals} animals"


def judge_map(found: MapFigures) -> tuple[str, str]:
    """Return the verdict on one map, and a sentence."""
    if found.n_blocks < LEAST_BLOCKS:
        return UNKNOWN, (
            f"{found.n_blocks} blocks of tissue are annotated, and {LEAST_BLOCKS} are "
            "needed; annotate more, or take smaller patches."
        )
    if found.left_by_nuisance >= EXPLAINED and not found.regions_say_more:
        return _explained(found)
    return _of_depth(found) or _beyond_nuisances(found)


def _of_depth(found: MapFigures) -> tuple[str, str] | None:
    """Judge a layer that a smooth function of depth explains; None for all else."""
    if found.depth is None or not found.depth.follows_depth:
        return None
    return "gradient", f"{found.depth.sentence}: it has no borders {_here(found)}."


def _beyond_nuisances(found: MapFigures) -> tuple[str, str]:
    """Judge what no nuisance explains instead of the regions."""
    chance = _as_chance(found)
    if chance:
        return UNKNOWN, chance
    marks = f"It marks {found.region} (AUC {found.auc:.2f}) {found.where}"
    if found.left_by_nuisance >= EXPLAINED:
        return f"explained by {LABELS}", (
            f"{marks} and restates it: what it shows inside regions follows "
            f"{found.nuisance}."
        )
    if not found.n_seeds or found.again < SAME:
        why = "; whether networks of other seeds find it was not tried (n_seeds=0)."
        if found.n_seeds:
            why = (
                ", but networks of other seeds do not find it again (correlation "
                f"{found.again:.2f}, {SAME} is needed)."
            )
        return UNKNOWN, f"{marks}{why}"
    return _against_labels(found, marks)


def _explained(found: MapFigures) -> tuple[str, str]:
    share = found.alone[found.nuisance]
    beside = f"{share:.0%} of it, the regions {found.by_regions:.0%}".replace("%", " %")
    if found.nuisance == GRADIENT:
        inside = f"{found.gradient_inside:.0%}".replace("%", " %")
        return "gradient", (
            f"One smooth function of position explains {beside}; inside the largest "
            f"region, {inside}: it has no borders {_here(found)}."
        )
    return f"explained by {found.nuisance}", (
        f"It follows {found.nuisance} {_here(found)}, which explains {beside}."
    )


def _here(found: MapFigures) -> str:
    return (
        "in this animal"
        if found.n_animals < 2
        else f"over the {found.n_animals} animals"
    )


def _as_chance(found: MapFigures) -> str:
    """Return what is missing for a region to be followed beyond chance, "" for none."""
    if isnan(found.auc):
        return "One region is annotated, and another is needed to compare it with."
    if found.depth is None:
        by_labels = _labels_as_good(found)
    else:
        by_labels = found.depth.as_good(f"{found.region} best (AUC {found.auc:.2f})")
    if by_labels:
        return by_labels
    if found.p_surrogates > MOST_P:
        return (
            f"It follows {found.region} best (AUC {found.auc:.2f}), but random maps of "
            f"its grain do as well (p = {found.p_surrogates:.2g}); more animals would "
            "tell."
        )
    if found.n_animals > 1 and found.n_animals_followed * 2 <= found.n_animals:
        return (
            f"It follows {found.region} {found.where} only; in most it must, each by "
            "itself, and be found by a fit without that animal."
        )
    return ""


def _labels_as_good(found: MapFigures) -> str:
    if isnan(found.p_moved_labels):
        return (
            "The labels fill the tissue, so that they cannot be moved to see what "
            "chance does; map tissue beside the annotation, too."
        )
    if found.p_moved_labels > MOST_P:
        return (
            f"It follows {found.region} best (AUC {found.auc:.2f}), but labels moved "
            f"inside the tissue do as well (p = {found.p_moved_labels:.2g}); "
            f"{slices_or_animals(found.slices)} would tell."
        )
    return ""


def _against_labels(found: MapFigures, marks: str) -> tuple[str, str]:
    """Judge what reproduces over the slice: is it more than its region."""
    if found.again_within < SAME_WITHIN:
        return f"explained by {LABELS}", (
            f"{marks} in every network and restates it: inside regions other networks "
            f"show something else (correlation {found.again_within:.2f})."
        )
    if found.beyond_logits < LEAST_BEYOND:
        left = f"{found.beyond_logits:.0%}".replace("%", " %")
        return f"explained by {LABELS}", (
            f"{marks} and restates it: beside the network's own evidence for the "
            f"labels, {left} of it is left inside regions."
        )
    return SUPPORTED, (
        f"{marks}, and networks of other seeds show the same over the slice "
        f"({found.again:.2f}) and inside regions ({found.again_within:.2f})."
    )
