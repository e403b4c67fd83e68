"""Whether groups of animals were imaged alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.anatomy._columns import IMAGING_COLUMNS, Columns
from sklearn_microarch.exceptions import ImagingDifferenceWarning

LOOKED_AT = (*IMAGING_COLUMNS, "grey_mean")
_REMOVED = frozenset(("gain", "offset"))
_LEVEL = 0.05


@dataclass(frozen=True)
class ImagingDifference:
    """Mean over animals of one figure of imaging in both groups, over all regions."""

    column: str
    means: tuple[float, float]
    # Of Student's t; NaN of too few animals.
    p_value: float


def known_columns(columns: Columns) -> list[str]:
    """Return the figures of imaging that a table tells."""
    return [
        name
        for name in LOOKED_AT
        if name in columns
        and columns[name].dtype.kind in "iuf"
        and np.isfinite(columns[name]).any()
    ]


def warn_of_imaging(
    found: Sequence[ImagingDifference], groups: tuple[str, str]
) -> None:
    """Warn where groups differ, beyond chance among all figures, in their imaging."""
    differing = [one for one in found if one.p_value * len(found) <= _LEVEL]
    if not differing:
        return
    listed = "; ".join(
        f"{one.column} {one.means[0]:.4g} in {groups[0]} and {one.means[1]:.4g} in "
        f"{groups[1]}"
        for one in differing
    )
    removed = {one.column for one in differing} & _REMOVED
    left = {one.column for one in differing} - _REMOVED
    if removed:
        # Raw grey is that of the slice before normalization, gain and offset included.
        left -= {"grey_mean"}
    parts = []
    if removed:
        parts.append(
            f"normalization has removed what differs in {_listed(removed)}, also where "
            "it was tissue and not the scanner"
        )
    if left:
        parts.append(
            f"what differs in {_listed(left)} can be part of the "
            "differences between the groups"
        )
    warn_user(
        f"the groups differ in their imaging: {listed}. {'; '.join(parts)}. Scan both "
        "groups alike, in mixed order, or say so beside the result.",
        ImagingDifferenceWarning,
    )


def _listed(names: set[str]) -> str:
    return " and ".join(sorted(names))
