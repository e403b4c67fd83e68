"""How densely sections are read for training, and the rows that come of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling import Patches, PatchSampler
from sklearn_microarch.studies.training._annotated_sections import AnnotatedSection

# More rows teach factors and clusters nothing new, and take memory and time.
_MOST_ROWS = 250_000
_PATCHES_PER_STRIDE = 8


@dataclass(frozen=True, eq=False)
class StudyRows:
    """Patches of all sections off the rim of the tissue, and the region of each."""

    patches: Patches
    labels: NDArray[np.str_]  # (n,), "" where nothing is annotated
    stride: int

    @property
    def annotated(self) -> NDArray[np.bool_]:
        """Which rows have a region, (n,)."""
        return self.labels != ""


def cut_rows(
    sections: Sequence[AnnotatedSection], sampler: PatchSampler, stride: int | None
) -> StudyRows:
    """Cut a patch at every ``stride``-th pixel; None chooses by the area."""
    images = [one.image for one in sections]
    rois = [one.rois for one in sections]
    if stride is None:
        # The coarsest grid first: it is quick, and tells how large a patch is.
        stride = 2 * _PATCHES_PER_STRIDE
        patches, labels = sampler.training_rows(images, rois, stride=stride)
        finest = max(1, patches.shape[-1] // (2 * _PATCHES_PER_STRIDE))
        per_pixel = len(patches) * stride**2
        stride = max(finest, int(np.ceil(np.sqrt(per_pixel / _MOST_ROWS))))
    patches, labels = sampler.training_rows(images, rois, stride=stride)
    return StudyRows(patches, labels, stride)
