"""What tells animals apart after a training: factors, and clusters too."""

import numpy as np
import pytest
from pipelines import fitted_pipeline, training_patches

from sklearn_microarch import Patches, SliceImage
from sklearn_microarch._walk import rows_out_of_selection
from sklearn_microarch.exceptions import AnimalsApartWarning, UnscoredRegionsWarning
from sklearn_microarch.studies.training._factor_table import (
    StudyLoadings,
    animals_apart,
    clusters_after,
)

SIZE = 16


def loadings_of(values, clusters, patches):
    return StudyLoadings(
        names=["factor03_CTX"],
        regions=["CTX"],
        values=values,
        active=values > 0,
        patches=patches,
        labels=np.full(len(patches), "CTX"),
        at_rim=np.zeros(len(patches), dtype=bool),
        clusters=clusters,
    )


@pytest.fixture
def patches():
    """Return patches beside each other, of two animals of one group."""
    slices = [
        SliceImage(np.zeros((96, 320), np.float32), specimen=name, group="wild")
        for name in ("m1", "m2")
    ]
    at = [
        (i, r, c) for i in (0, 1) for r in range(8, 88, 16) for c in range(8, 312, 16)
    ]
    return Patches(slices, at, SIZE)


def test_clusters_that_tell_animals_apart_are_told_where_factors_do_not(patches, rng):
    values = rng.exponential(size=(len(patches), 1))
    of_second = patches.positions[:, 0] == 1
    clusters = np.where(rng.random(len(patches)) < 0.1 + 0.8 * of_second, 5, 2)
    found = loadings_of(values, clusters, patches)
    with pytest.warns(AnimalsApartWarning, match="cluster [25]") as caught:
        (sentence,) = animals_apart(found, seed=0)
    assert len(caught) == 1
    assert sentence.startswith("cluster ")
    assert "of CTX in m" in sentence
    # Alike in both animals, nothing is said of them.
    alike = np.where(rng.random(len(patches)) < 0.4, 5, 2)
    assert animals_apart(loadings_of(values, alike, patches), seed=0) == []


def test_without_clusters_factors_alone_are_compared(patches, rng):
    values = rng.exponential(size=(len(patches), 1))
    values[patches.positions[:, 0] == 1] *= 5
    with pytest.warns(AnimalsApartWarning, match="factor03_CTX"):
        (sentence,) = animals_apart(loadings_of(values, None, patches), seed=0)
    assert sentence.startswith("factor03_CTX in CTX is")


def test_what_cannot_be_compared_is_said_once_for_both(patches, rng):
    few = patches.take(np.r_[0:3, 100:103])
    found = loadings_of(rng.random((6, 1)), np.arange(6) % 2, few)
    message = "^factors and clusters are not compared between animals: .* no region"
    with pytest.warns(UnscoredRegionsWarning, match=message) as caught:
        assert animals_apart(found, seed=0) == []
    assert sum("between animals" in str(one.message) for one in caught) == 1


def test_clusters_of_the_loadings_are_those_that_the_pipeline_predicts():
    pipe, (patches, _) = fitted_pipeline(), training_patches()
    selector, values = rows_out_of_selection(pipe[1:], patches)
    expected = pipe[1:].predict(patches)
    assert len(np.unique(expected)) > 1
    np.testing.assert_array_equal(clusters_after(pipe, selector, values), expected)
    assert clusters_after(pipe[:-1], selector, values) is None
