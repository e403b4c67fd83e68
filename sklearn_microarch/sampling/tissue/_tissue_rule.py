"""Which side of a slice's threshold is tissue, and whether there are two sides."""

from dataclasses import dataclass
from math import log

from sklearn_microarch.sampling.tissue._grey_histogram import GreyHistogram

EVERYTHING, NOTHING = "everything", "nothing"
# Of two real classes the ground is even: it spreads over a smaller share of the gap
# between their medians than half a Gaussian (0.46) or half a block (0.37) does ...
MOST_SPREAD = 0.25
# ... or the classes explain more of the variance than those halves (0.64 and 0.75).
LEAST_EXPLAINED = 0.8
# And the gap is no smaller than this share of the roughness of single pixels, where
# blurred noise makes one of a tenth to a quarter.
LEAST_GAP = 0.4
# Two classes of tissue contrast less than this share of tissue and ground.
LEAST_CONTRAST = 0.5


@dataclass(frozen=True)
class TissueRule:
    """What is learned of tissue in ``fit``, to be found anew on each slice."""

    # "bright" or "dark": what tissue is beside its ground.
    polarity: str
    # 2: the ground of the first threshold is split once more, for paler tissue.
    n_splits: int = 1
    # Median grey levels where tissue was learned; None where there was no ground.
    tissue_grey: float | None = None
    ground_grey: float | None = None

    def threshold(self, greys: GreyHistogram) -> float | str:
        """Return the threshold of a slice, or "everything" or "nothing"."""
        classes = split_greys(greys, self.polarity, self.n_splits)
        if classes is None or not (classes.is_clear or self._is_as_learned(classes)):
            return self._without_split(greys.quantile(0.5))
        if self._is_all_tissue(classes):
            return EVERYTHING
        return classes.threshold

    def _without_split(self, grey: float) -> str:
        if self.ground_grey is None or self.tissue_grey is None:
            return EVERYTHING
        from_ground = abs(grey - self.ground_grey)
        return EVERYTHING if abs(grey - self.tissue_grey) < from_ground else NOTHING

    def _is_as_learned(self, classes: "GreyClasses") -> bool:
        """Tell that one class is rather the ground of the fit, the other its tissue."""
        if self.ground_grey is None or self.tissue_grey is None:
            return False
        middle = (self.ground_grey + self.tissue_grey) / 2
        low, high = sorted((classes.tissue_grey, classes.ground_grey))
        return low < middle < high

    def _is_all_tissue(self, classes: "GreyClasses") -> bool:
        """Tell two kinds of tissue, without ground, from a darker or brighter slice."""
        if self.ground_grey is None or self.tissue_grey is None:
            return False
        middle = (self.ground_grey + self.tissue_grey) / 2
        bright = self.tissue_grey > middle
        greys = (classes.tissue_grey, classes.ground_grey)
        if not all((grey > middle) == bright for grey in greys):
            return False
        learned = _contrast(self.tissue_grey, self.ground_grey)
        return _contrast(*greys) < LEAST_CONTRAST * learned


@dataclass(frozen=True)
class GreyClasses:
    """A slice's grey levels as two classes, with their medians."""

    threshold: float
    tissue_grey: float
    ground_grey: float
    # Whether they are two kinds, not two halves of one.
    is_clear: bool


def split_greys(
    greys: GreyHistogram, polarity: str, n_splits: int = 1
) -> GreyClasses | None:
    """Split grey levels into ground and tissue; None where all are the same."""
    if greys.low == greys.high:
        return None
    threshold = greys.otsu()
    for _ in range(n_splits - 1):
        rest = _side(greys, threshold, polarity, tissue=False)
        if rest.counts.sum() == 0:
            return None
        threshold = rest.otsu()
    ground = _side(greys, threshold, polarity, tissue=False)
    tissue = _side(greys, threshold, polarity, tissue=True)
    if not ground.counts.sum() or not tissue.counts.sum():
        return None
    medians = tissue.quantile(0.5), ground.quantile(0.5)
    gap = abs(medians[0] - medians[1])
    spread = (ground.quantile(0.75) - ground.quantile(0.25)) / 1.349
    rough = float(greys.roughness.sum() / greys.counts.sum())
    even = spread <= MOST_SPREAD * gap or greys.explained(threshold) > LEAST_EXPLAINED
    return GreyClasses(threshold, *medians, is_clear=even and gap >= LEAST_GAP * rough)


def _side(
    greys: GreyHistogram, threshold: float, polarity: str, *, tissue: bool
) -> GreyHistogram:
    bright = (polarity == "bright") == tissue
    return greys.above(threshold) if bright else greys.below(threshold)


def _contrast(one: float, other: float) -> float:
    """Return how far apart two grey levels are: their ratio, where they have one."""
    low, high = sorted((one, other))
    return log(high / low) if low > 0 else high - low if low < 0 else float("inf")
