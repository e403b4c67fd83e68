"""Tests of sklearn_microarch.sampling.tissue._learn_tissue."""

import numpy as np
import pytest

from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling.tissue._learn_tissue import (
    annotated_centres,
    learn_tissue,
)
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey


def section(tissue, ground, rng, pale=None):
    """Return a slice with a block of rough tissue in the middle of even ground."""
    data = rng.normal(ground, 2, (150, 200))
    data[30:120, 40:160] = rng.normal(tissue, 12, (90, 120))
    if pale is not None:
        data[30:120, 100:160] = rng.normal(pale, 8, (90, 60))
    return SmoothedGrey(SliceImage(data, 2.5))


@pytest.mark.parametrize("tissue, ground", [(120, 10), (120, 240), (60, 20)])
def test_the_look_of_a_slice_tells_which_side_is_tissue(tissue, ground, rng):
    rule = learn_tissue([section(tissue, ground, rng)], None)
    assert rule.polarity == ("bright" if tissue > ground else "dark")
    assert rule.tissue_grey == pytest.approx(tissue, abs=8)
    assert rule.ground_grey == pytest.approx(ground, abs=4)
    assert rule.n_splits == 1


def test_annotated_centres_outweigh_the_look(rng):
    grey = section(120, 240, rng)
    corners = annotated_centres(np.array([[0, 5, 5], [0, 140, 190]]), np.array([1, 2]))
    assert learn_tissue([grey], corners).polarity == "bright"


def test_a_pale_annotated_region_asks_for_a_second_split(rng):
    grey = section(200, 10, rng, pale=60)
    both = annotated_centres(np.array([[0, 60, 60], [0, 60, 130]]), np.array([1, 2]))
    assert learn_tissue([grey], both).n_splits == 2
    assert learn_tissue([grey], None).n_splits == 1
    # A region on the ground asks for nothing: it is named before training.
    wrong = annotated_centres(np.array([[0, 60, 60], [0, 5, 130]]), np.array([1, 2]))
    assert learn_tissue([section(200, 10, rng)], wrong).n_splits == 1


def test_a_slice_without_ground_has_none(rng):
    rule = learn_tissue([SmoothedGrey(SliceImage(rng.normal(90, 9, (80, 90))))], None)
    assert rule.ground_grey is None
    assert rule.tissue_grey == pytest.approx(90, abs=2)


@pytest.mark.parametrize(
    "labels, kept",
    [
        (np.array([1, -1, 2]), [1, 2]),
        (np.array(["a", "", "b"]), ["a", "b"]),
        (np.array(["a", -1, ""], dtype=object), ["a"]),
        (np.array([-1, -1, -1]), None),
        (np.array([1, 2]), None),
        (None, None),
    ],
)
def test_rows_without_a_label_are_left_out(labels, kept):
    found = annotated_centres(np.zeros((3, 3), int), labels)
    assert (None if found is None else found.labels.tolist()) == kept
