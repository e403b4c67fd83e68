"""The rules by which figures become one of four verdicts, and the sentence to it."""

from math import floor, isnan

from sklearn_microarch._format_table import count_of
from sklearn_microarch.features.report._explained_variance import ROWS_PER_LOGIT
from sklearn_microarch.trust._limits import EXPLAINED, LEAST_SEEDS, MOST_P
from sklearn_microarch.trust._map_figures import MapFigures
from sklearn_microarch.trust.nuisances._predictors import GRADIENT
from sklearn_microarch.trust.nulls._slices_needed import slices_or_animals

SUPPORTED, UNKNOWN, LABELS = "supported", "cannot tell", "the labels"
# Two maps are the same to the eye from here; inside regions, where little varies, and
# noise is a larger part, half.
SAME, SAME_WITHIN = 0.8, 0.5
# As where a network is said to restate its labels, in `feature_report`.
LEAST_BEYOND = 0.1
# Blocks of two patches' edge: fewer held-out blocks tell nothing of a nuisance.
LEAST_BLOCKS = 20


def judge_map(found: MapFigures) -> tuple[str, str]:
    """Return the verdict on one map, and a sentence."""
    if found.n_blocks < LEAST_BLOCKS:
        return UNKNOWN, (
            f"The annotation holds {count_of(found.n_blocks, 'block')} of tissue, and "
            f"{LEAST_BLOCKS} are needed; annotate more, or take smaller patches."
        )
    if found.lacks_shares:
        return UNKNOWN, (
            "What regions and nuisances explain of it is not a number; maps and grey "
            "levels without infinite or missing values are needed."
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
    other = _not_seen_again(found)
    return (UNKNOWN, f"{marks}{other}") if other else _against_labels(found, marks)


def _not_seen_again(found: MapFigures) -> str:
    """Return what is missing for other networks to show the same, "" for nothing."""
    needed = f"{LEAST_SEEDS} are needed"
    if not found.n_seeds:
        return (
            "; whether networks of other seeds find it was not tried (n_seeds=0, "
            f"{needed})."
        )
    if isnan(found.again) or isnan(found.again_within):
        return (
            "; how well networks of other seeds agree with it is not a number: others "
            "are needed, of another random_state."
        )
    if found.again < SAME:
        who = "networks of other seeds do"
        if found.n_seeds == 1:
            who = "the network of another seed does"
        # Down, so that what is below the limit does not look as if it met it.
        again = floor(100 * found.again + 1e-9) / 100
        return (
            f", but {who} not find it again (correlation {again:.2f}, and {SAME} is "
            "needed)."
        )
    if found.n_seeds < LEAST_SEEDS:
        return (
            f"; {count_of(found.n_seeds, 'network')} of another seed finds it again "
            f"(correlation {found.again:.2f}), and {needed}: n_seeds={LEAST_SEEDS}."
        )
    return ""


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
    if isnan(found.p_surrogates):
        return (
            f"It follows {found.region} best (AUC {found.auc:.2f}), but random maps of "
            "its grain could not be compared with it; a smaller stride is needed."
        )
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


def _by_accident(found: MapFigures) -> str:
    """Return why agreement inside regions does not count."""
    there = f"inside regions as well as it does (correlation {found.again_within:.2f}"
    if isnan(found.p_within):
        return (
            "; whether random maps of its grain agree with networks of other seeds "
            f"{there}) is not known, and it is needed."
        )
    return (
        ", but random maps of its grain agree with networks of other seeds "
        f"{there}, p = {found.p_within:.2g}); more annotated tissue would tell."
    )


def _against_labels(found: MapFigures, marks: str) -> tuple[str, str]:
    """Judge what reproduces over the slice: is it more than its region."""
    if found.again_within < SAME_WITHIN:
        return f"explained by {LABELS}", (
            f"{marks} in every network and restates it: inside regions other networks "
            f"show something else (correlation {found.again_within:.2f})."
        )
    if isnan(found.p_within) or found.p_within > MOST_P:
        return UNKNOWN, f"{marks}{_by_accident(found)}"
    if isnan(found.beyond_logits):
        return UNKNOWN, (
            f"{marks}, and networks of other seeds show the same; whether it is more "
            "than the network's evidence for the labels is not known, as it varies in "
            f"no region of {found.least_cells} cells, "
            f"{ROWS_PER_LOGIT} for each region that the network knows: a smaller "
            "stride, or larger regions, are needed."
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
