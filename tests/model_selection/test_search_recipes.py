"""The searches of the page on searching, and what stands before a clear error."""

import pytest
from pipelines import phantom, small_pipeline, training_patches
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_microarch import SpatialBlockKFold, factor_localization_scorer
from sklearn_microarch.spatial import shares_pixels

GRID = {"nmf__n_components": [4, 6, 8], "select__lam": [0.3, 0.5, 1.0]}


@pytest.fixture(scope="module")
def parts():
    """Return a pipeline whose network is fitted on one part, and the other part."""
    patches, labels = training_patches()
    train, rest = next(SpatialBlockKFold(2).split(patches, labels))
    pipe = small_pipeline(features__unannotated=-1)
    pipe["features"].fit(patches[train], labels[train])
    return pipe, patches[rest], labels[rest]


def halving(estimator, cv, **settings):
    return HalvingGridSearchCV(
        estimator,
        GRID,
        cv=cv,
        factor=3,
        min_resources=60,
        scoring=factor_localization_scorer,
        error_score="raise",
        return_train_score=False,
        random_state=0,
        **settings,
    )


def test_halving_over_features_needs_one_pass_of_the_network(parts):
    pipe, patches, labels = parts
    features = pipe["features"].transform(patches)
    folds = list(SpatialBlockKFold(3).split(patches, labels))
    search = halving(pipe[2:4], folds).fit(features, labels)
    assert search.n_candidates_ == [9, 3]
    assert search.n_resources_ == [60, 180]
    assert search.best_params_.keys() == GRID.keys()
    # The names are those of the whole pipeline.
    found = clone(pipe).set_params(**search.best_params_)
    assert found["select"].lam == search.best_params_["select__lam"]
    assert found["nmf"].n_components == search.best_params_["nmf__n_components"]


class KeepRows(TransformerMixin, BaseEstimator):
    """Lets rows pass, and keeps those it was fitted on."""

    def fit(self, X, y=None):
        del y
        self.patches_ = X
        return self

    def transform(self, X):
        return X


def test_halving_over_patches_keeps_training_and_test_apart(parts):
    pipe, patches, labels = parts
    splits = []

    def watching_scorer(estimator, X, y):
        splits.append((estimator["rows"].patches_, X))
        return factor_localization_scorer(estimator, X, y)

    frozen = Pipeline(
        [
            ("rows", KeepRows()),
            ("features", FrozenEstimator(pipe["features"])),
            *pipe.steps[2:4],
        ]
    )
    search = halving(frozen, SpatialBlockKFold(3)).set_params(
        scoring=watching_scorer, refit=False
    )
    search.fit(patches, labels)
    assert len(splits) == 3 * sum(search.n_candidates_)
    for train, test in splits:
        assert min(len(train), len(test)) > 10
        assert not shares_pixels(train, test).any()


@pytest.mark.parametrize("cv", [SpatialBlockKFold(2), 2])
def test_a_search_over_images_says_how_to_cut_them(cv):
    found = phantom()
    search = GridSearchCV(
        small_pipeline(),
        {"select__lam": [0.5]},
        cv=cv,
        scoring=factor_localization_scorer,
        error_score="raise",
    )
    image = found.images[0]
    for X in (image, image.data):
        with pytest.raises(TypeError, match=r"Cut (it|them|an image)"):
            search.fit(X, found.rois[0])
