"""The scikit-learn contract, on every estimator of the library."""

import pytest
from sklearn.base import BaseEstimator
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

import sklearn_microarch
from sklearn_microarch.clustering import GMMClusterer
from sklearn_microarch.decomposition import NMFEmbedder
from sklearn_microarch.features import CNNFeatureExtractor
from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.selection import CoverageLeakageSelector

# Every public estimator belongs here, with its defaults and with the settings
# that take another path through it.
ESTIMATORS: list[BaseEstimator] = [
    PatchSampler(),
    CNNFeatureExtractor(),
    # Longer and faster than for images: the checks ask for high accuracy on tables.
    CNNFeatureExtractor(max_epochs=10, batch_size=16, lr=0.01, n_features=16),
    NMFEmbedder(),
    NMFEmbedder(n_components=2, max_samples=20),
    # torch, where "cpu" is numpy.
    NMFEmbedder(n_components=2, max_samples=20, device="cpu:0"),
    CoverageLeakageSelector(),
    CoverageLeakageSelector(assignment="optimal", normalize=True),
    GMMClusterer(),
    GMMClusterer(n_clusters=2, covariance_type="tied", max_samples=20),
]


# The checks fit tables of one or two columns, where 15 components are too many.
@pytest.mark.filterwarnings(
    "ignore::sklearn_microarch.exceptions.UnusedComponentsWarning"
)
@parametrize_with_checks(ESTIMATORS, xfail_strict=True)
def test_the_contract_of_scikit_learn_is_kept(estimator, check):
    check(estimator)


def test_no_estimator_is_forgotten():
    exported = {getattr(sklearn_microarch, name) for name in sklearn_microarch.__all__}
    estimators = {
        found
        for found in exported
        if isinstance(found, type) and issubclass(found, BaseEstimator)
    }
    assert estimators == {type(estimator) for estimator in ESTIMATORS}


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
def test_no_tag_softens_or_skips_a_check(estimator):
    tags = get_tags(estimator)
    assert not tags._skip_test
    assert not tags.no_validation
    assert tags.input_tags.two_d_array
    for kind in (tags.classifier_tags, tags.regressor_tags):
        assert kind is None or not kind.poor_score
