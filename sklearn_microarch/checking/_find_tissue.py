"""Where a slice to check shows tissue, and what is odd about it."""

import warnings

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.checking._slice_check import Finding
from sklearn_microarch.exceptions import TissueThresholdWarning, TissueWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.sampling.tissue._tissue_mask import (
    tissue_mask,
    warn_of_little_tissue,
)


def find_tissue(
    image: SliceImage, sampler: PatchSampler
) -> tuple[NDArray[np.bool_], list[Finding]]:
    """Return the tissue (height, width), learned from this slice, and what is odd.

    Not from annotated centres, as in `PatchSampler.fit`: they may lie beside it.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mask = tissue_mask(image, sampler.tissue, holes_filled=sampler.fill_holes)
        warn_of_little_tissue(image, mask)
    odd = [
        str(warning.message)
        for warning in caught
        if issubclass(warning.category, TissueWarning)
    ]
    for warning in caught:
        if not issubclass(warning.category, TissueWarning | TissueThresholdWarning):
            # What a callable of the user's has to say is not for us to keep.
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    return mask, [Finding("tissue", *_two_sentences(text)) for text in odd]


def _two_sentences(text: str) -> tuple[str, str]:
    sentence, _, remedy = text.partition(". ")
    return f"{sentence}.", remedy
