"""All figures of one map, and what follows from them."""

from dataclasses import dataclass
from math import isnan, nan

from sklearn_microarch.trust._limits import MOST_P
from sklearn_microarch.trust.depth._judge_depth import DepthFigures
from sklearn_microarch.trust.nuisances._predictors import GRADIENT

# A nuisance that is a smooth gradient itself must explain so much more than the plain
# gradient does, or "gradient" is the simpler word.
MORE_THAN_GRADIENT = 0.05
# And nearly all that is smooth over a patch: of a step, it explains three quarters.
WHOLE_GRADIENT = 0.8


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
    # That one region must hold for ``beyond_logits``; 0 where that is not known.
    least_cells: int = 0
    # With grey level, rows and columns taken out.
    p_flat: float = nan
    region_flat: str = ""
    # Of ``again_within``, among random maps of the grain it has inside regions.
    p_within: float = nan

    @property
    def holds_flat(self) -> bool | None:
        """Whether the same region is followed then; None where chance cannot tell."""
        if isnan(self.p_flat):
            return None
        return self.region_flat == self.region and self.p_flat <= MOST_P

    @property
    def lacks_shares(self) -> bool:
        """Whether it is not known what regions or nuisances explain of it."""
        return any(
            map(isnan, (self.by_regions, *self.alone.values(), *self.both.values()))
        )

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
