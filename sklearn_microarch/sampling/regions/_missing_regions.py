"""Name the regions that some specimens do not have."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import MissingRegionsWarning


def warn_of_missing_regions(
    offers: NDArray[np.integer],
    titles: Sequence[int | str],
    specimens: Sequence[str | None],
) -> None:
    """Warn once of the regions that a named specimen offers no patch of.

    ``offers`` (n_regions, n_slices) counts the positions, of which each region has
    some; ``titles`` names the regions, ``specimens`` the specimen of each slice.
    """
    named = sorted({name for name in specimens if name is not None})
    if len(named) < 2:
        return
    lacks = []
    for name in named:
        own = [at for at, specimen in enumerate(specimens) if specimen == name]
        none = np.flatnonzero(offers[:, own].sum(axis=1) == 0).tolist()
        if none:
            lacks.append(f"{name!r} of {', '.join(str(titles[at]) for at in none)}")
    if lacks:
        warn_user(
            f"specimens that offer no patch of a region: {'; '.join(lacks)}. All of it "
            "is taken from the others, so that nothing tells the region from what is "
            "particular to them. Annotate it in each specimen, or leave it out.",
            MissingRegionsWarning,
        )
