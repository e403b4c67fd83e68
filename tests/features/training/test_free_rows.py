"""Rows without annotation: which are trained on, and what for."""

import numpy as np
import pytest
import torch

from sklearn_microarch import CNNFeatureExtractor, SliceImage
from sklearn_microarch.exceptions import NoUnannotatedRowsWarning
from sklearn_microarch.features.training._objectives import Objectives
from sklearn_microarch.features.training._region_net import NO_CLASS, make_net
from sklearn_microarch.features.training._row_dataset import RowDataset
from sklearn_microarch.features.training._split import unannotated_rows
from sklearn_microarch.features.training._training_data import (
    LabelledRows,
    free_rows,
)
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import shares_pixels


@pytest.fixture
def patches(rng):
    """Return 300 patches of one noisy slice."""
    image = SliceImage(rng.normal(size=(80, 200)).astype(np.float32))
    centres = rng.integers(8, [72, 192], size=(300, 2))
    return Patches(image, centres, 16)


def test_as_many_are_drawn_as_asked_for_and_only_such(patches):
    codes = np.repeat([0, 1, -1], 100)
    found = unannotated_rows(patches, codes, None, n_most=40, seed=0)
    assert len(found) == 40
    assert (codes[found] == -1).all()
    again = unannotated_rows(patches, codes, None, n_most=40, seed=0)
    np.testing.assert_array_equal(found, again)


def test_none_shares_a_pixel_with_rows_that_judge(patches):
    codes = np.repeat([0, 1, -1], 100)
    judged = patches.take(slice(5))
    found = unannotated_rows(patches, codes, judged, n_most=100, seed=0)
    assert 0 < len(found) < 100
    assert not shares_pixels(patches.take(found), judged).any()


class _Net(torch.nn.Linear):
    def __init__(self):
        super().__init__(2, 2)


def test_rows_without_a_class_do_not_enter_the_loss_of_the_regions():
    net = make_net(_Net(), "cpu", max_epochs=1)
    logits = torch.tensor([[2.0, -1.0], [0.5, 0.5], [9.0, -9.0]])
    some = torch.tensor([0, 1, NO_CLASS])
    loss = net.get_loss(Objectives(logits, torch.tensor(0.25)), some)
    alone = net.get_loss(logits[:2], some[:2])
    torch.testing.assert_close(loss, alone + 0.25)
    none = torch.full((3,), NO_CLASS)
    only = net.get_loss(Objectives(logits, torch.tensor(0.25)), none)
    assert only == 0.25


def test_they_change_the_network_but_not_what_it_counts(patches):
    labels = np.repeat([1, 2, -1], 100)
    settings = {"unannotated": -1, "max_epochs": 2, "n_features": 16, "random_state": 0}
    plain, more = (
        CNNFeatureExtractor(
            validation=None, normalization="train", use_unannotated=use, **settings
        ).fit(patches, labels)
        for use in (False, True)
    )
    assert plain.classes_.tolist() == more.classes_.tolist() == [1, 2]
    assert more.n_training_rows_.tolist() == [100, 100]
    assert (plain.transform(patches[:9]) != more.transform(patches[:9])).any()
    # Without any such rows it is the same training.
    known = slice(200)
    same = CNNFeatureExtractor(
        validation=None, normalization="train", use_unannotated=True, **settings
    )
    with pytest.warns(NoUnannotatedRowsWarning, match=r"no row .*training_rows"):
        same.fit(patches[known], labels[known])
    np.testing.assert_array_equal(same.transform(patches), plain.transform(patches))


def test_rows_that_all_touch_what_judges_are_counted_in_the_warning(patches):
    codes = np.repeat([0, 1, -1], 100)
    rows = LabelledRows(patches, np.array([1, 2]), codes)
    # All rows judge, so that each free one lies on one of them.
    judge = RowDataset(patches, np.arange(300), codes)
    message = "each of the 100 rows without annotation shares pixels"
    with pytest.warns(NoUnannotatedRowsWarning, match=message):
        assert not len(free_rows(rows, judge, np.array([100, 100]), seed=0))
