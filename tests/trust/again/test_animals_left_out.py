"""Tests of factors and clusters fitted without each animal, on the same network."""

from dataclasses import replace

import numpy as np
import pytest
from pipelines import phantom, small_pipeline
from sklearn.base import BaseEstimator, TransformerMixin, clone

from sklearn_microarch.trust._lay_cells import lay_cells
from sklearn_microarch.trust.again._animals_left_out import (
    _fit_after_network,
    leave_animals_out,
)
from sklearn_microarch.trust.again._maps_of import maps_of
from sklearn_microarch.trust.again._other_networks import Training


@pytest.fixture(scope="module")
def two_animals():
    """Return a fitted pipeline, its training, and what it maps of two animals."""
    found = phantom()
    images = [
        image.replace(specimen=name)
        for image, name in zip(found.images, ("m1", "m2"), strict=True)
    ]
    pipe = small_pipeline()
    training = Training(images, found.rois, "sample")
    pipe.fit(*training.rows(pipe))
    patches = pipe[0].cut(images, stride=16)
    cells = lay_cells(patches, found.rois, 16, unannotated_code=0)
    return pipe, training, patches, cells


def test_what_a_fit_without_an_animal_shows_of_it_is_compared(two_animals):
    pipe, training, patches, cells = two_animals
    ours = maps_of(pipe, patches)
    before = pipe[2].components_.copy()
    found = leave_animals_out(pipe, training, patches, cells, ours)
    n_maps = ours.factors.shape[1] + ours.clusters.shape[1]
    assert found.shape == (2, n_maps)
    assert ((found >= 0) & (found <= 1)).all()
    # Two sections of one phantom, under two names: most factors are found again.
    assert np.median(found[:, : ours.factors.shape[1]]) > 0.8
    # A map that no fit can know is not.
    strange = replace(ours, factors=np.random.default_rng(0).random(ours.factors.shape))
    other = leave_animals_out(pipe, training, patches, cells, strange)
    assert other[:, : ours.factors.shape[1]].max() < 0.5
    assert (pipe[2].components_ == before).all()


def test_of_one_animal_none_can_be_left_out(two_animals):
    pipe, training, patches, cells = two_animals
    one = replace(cells, animals=["m1", "m1"])
    assert leave_animals_out(pipe, training, patches, one, None) is None


class Picky(TransformerMixin, BaseEstimator):
    """Fits two labels or more."""

    def fit(self, X, y):
        if len(set(y)) < 2:
            raise ValueError("one label")
        self.mean_ = X.mean()
        return self

    def transform(self, X):
        return X - self.mean_


def test_animals_that_lack_a_region_leave_nothing_to_fit():
    rows = np.random.default_rng(0).random((6, 3))
    later = ["network", clone(Picky()), clone(Picky())]
    assert _fit_after_network(later, rows, np.zeros(6)) is None
    fitted = _fit_after_network(later, rows, np.arange(6))
    assert fitted[0] == "network"
    # Each step is given what the one before it leaves.
    assert fitted[2].mean_ == pytest.approx(0)
    assert not hasattr(later[1], "mean_")
