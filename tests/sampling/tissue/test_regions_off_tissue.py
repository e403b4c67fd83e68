"""Tests of sklearn_microarch.sampling.tissue._regions_off_tissue."""

import numpy as np
import pytest

from sklearn_microarch.exceptions import TissueWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling.tissue._regions_off_tissue import (
    warn_of_regions_off_tissue,
)

POSITIONS = np.array([[0, 60, 60], [0, 70, 100], [0, 5, 130], [0, 7, 20]])
LABELS = np.array(["CTX", "CTX", "glass", "glass"])


def image_of(rng):
    data = rng.normal(10, 2, (150, 200))
    data[30:120, 40:160] = rng.normal(120, 12, (90, 120))
    return SliceImage(data, 2.5)


@pytest.mark.parametrize("tissue", ["auto", "otsu", "otsu-each"])
def test_regions_off_the_tissue_are_named(rng, tissue):
    image = image_of(rng)
    with pytest.warns(TissueWarning, match=rf"{tissue}' does not .*: glass \(0%\)\."):
        warn_of_regions_off_tissue(
            [image], POSITIONS, LABELS, tissue, holes_filled=True
        )
    warn_of_regions_off_tissue(
        [image], POSITIONS[:2], LABELS[:2], tissue, holes_filled=True
    )


def test_a_mask_counts_where_it_is_of_these_slices(rng):
    image = image_of(rng)
    mask = image.data > 60
    with pytest.warns(TissueWarning, match=r"that tissue does not .*: glass"):
        warn_of_regions_off_tissue([image], POSITIONS, LABELS, mask, holes_filled=True)
    for tissue in (None, mask[1:], lambda image: image.data > 60):
        warn_of_regions_off_tissue(
            [image], POSITIONS, LABELS, tissue, holes_filled=True
        )
