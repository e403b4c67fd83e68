"""Which patches of annotated slices are half empty, and which regions that concerns."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling._purity import centres_off_the_rim


class Rim:
    """The tissue of annotated slices, and how much of it a patch must show.

    ``exempt``: codes of regions that are no tissue themselves, where it asks nothing.
    """

    def __init__(
        self,
        tissue: Sequence[NDArray[np.bool_]],
        *,
        min_tissue: float,
        border: str,
        exempt: Collection[int] = (),
    ) -> None:
        self.tissue, self.min_tissue = tissue, min_tissue
        self.border, self.exempt = border, frozenset(exempt)
        # Of the patch size that was asked for last, by slice.
        self._known: dict[int, tuple[tuple[int, float], NDArray[np.bool_]]] = {}

    def off_it(
        self, index: int, patch_size: int, min_tissue: float | None = None
    ) -> NDArray[np.bool_]:
        """Return where (height, width) a patch of a slice shows enough tissue."""
        share = self.min_tissue if min_tissue is None else min_tissue
        asked = (patch_size, share)
        if index not in self._known or self._known[index][0] != asked:
            found = centres_off_the_rim(
                self.tissue[index],
                patch_size=patch_size,
                min_tissue=share,
                border=self.border,
            )
            self._known[index] = (asked, found)
        return self._known[index][1]

    def keep_off(
        self,
        centres: NDArray[np.bool_],
        code: int,
        index: int,
        patch_size: int,
        min_tissue: float | None = None,
    ) -> NDArray[np.bool_]:
        """Return those centres (height, width) of a region whose patch is whole."""
        if code in self.exempt or not centres.any():
            return centres
        return centres & self.off_it(index, patch_size, min_tissue)
