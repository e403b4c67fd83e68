"""What is said of a map that marks a layer: is it more than a function of depth."""

from dataclasses import dataclass
from math import isnan

from sklearn_microarch.trust._limits import EXPLAINED, MOST_P
from sklearn_microarch.trust.nulls._slices_needed import slices_or_animals

_FADES = "stain that fades from the pia would look the same"


@dataclass(frozen=True)
class DepthFigures:
    """Shares that depth and layers explain of a map, and chance.

    ``p_redrawn`` is of maps redrawn within bands of depth, NaN where each band has one
    label only; ``slices`` is how many would tell, 0 where that is not known.
    """

    by_depth: float
    by_layers: float
    p_redrawn: float
    slices: int = 0

    @property
    def follows_depth(self) -> bool:
        """Whether a smooth function of depth does as well as layers, and does well."""
        return self.by_depth >= max(EXPLAINED, self.by_layers)

    @property
    def sentence(self) -> str:
        """What smooth depth explains."""
        shares = f"{self.by_depth:.0%} of it, the layers {self.by_layers:.0%}"
        return (
            f"One smooth function of depth explains {shares.replace('%', ' %')}, and "
            f"{_FADES}"
        )

    def as_good(self, what: str) -> str:
        """Return why a layer that is followed may be its depth, "" where it is more."""
        why, slices = "", 0
        if isnan(self.p_redrawn):
            why = "the layers say no more than depth does"
        elif isnan(self.by_depth) or isnan(self.by_layers):
            why = "what depth and layers explain of it is not a number"
        elif self.by_depth >= self.by_layers:
            why = "a smooth function of depth explains as much of it as the layers do"
        elif self.p_redrawn > MOST_P:
            slices = self.slices
            why = (
                "redrawn within bands of depth it does as well (p = "
                f"{self.p_redrawn:.2g})"
            )
        return why and (
            f"It follows {what}, but {why}, and {_FADES}; another stain, or "
            f"{slices_or_animals(slices)} would tell."
        )
