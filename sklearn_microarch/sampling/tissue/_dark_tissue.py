"""Tell when tissue is darker than its ground, though a rule takes the brighter side."""

from collections.abc import Sequence

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import TissueWarning
from sklearn_microarch.sampling.tissue._learn_tissue import (
    AnnotatedCentres,
    learn_tissue,
)
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey


def warn_of_dark_tissue(
    tissue: str, slices: Sequence[SmoothedGrey], centres: AnnotatedCentres | None
) -> None:
    """Warn where "otsu" or "otsu-each" would take the background for tissue."""
    rule = learn_tissue(slices, centres)
    if rule.polarity == "dark" and rule.ground_grey is not None:
        warn_user(
            f"tissue={tissue!r} takes what is brighter than a threshold for tissue, "
            f"but here tissue is darker (grey level {rule.tissue_grey:.4g}) than its "
            f"background ({rule.ground_grey:.4g}): the background would be mapped. Set "
            "tissue='auto'.",
            TissueWarning,
        )
