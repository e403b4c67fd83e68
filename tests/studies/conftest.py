"""A study of two animals, small enough for a network of a few patches."""

import pytest

from sklearn_microarch import PatchSampler, make_microarch_pipeline
from sklearn_microarch.datasets import make_phantom_study
from sklearn_microarch.studies import train_study


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    """Return the sheet of a study of two animals. Not to be changed."""
    folder = tmp_path_factory.mktemp("study")
    return make_phantom_study(folder, n_animals=1, shape=(192, 768))


@pytest.fixture(scope="session")
def pipeline():
    """Return an unfitted pipeline that trains in a second."""
    sampler = PatchSampler(24, n_patches_per_roi=40, random_state=0)
    pipe = make_microarch_pipeline(
        sampler=sampler, n_components=8, n_clusters=3, random_state=0
    )
    return pipe.set_params(
        features__max_epochs=1,
        features__n_features=16,
        features__max_patches_per_class=40,
    )


@pytest.fixture(scope="session")
def trained(study, pipeline, tmp_path_factory):
    """Return a study that was trained, judged and drawn, and what was said."""
    said = []
    out = tmp_path_factory.mktemp("trained") / "study.microarch"
    done = train_study(
        study, out, pipeline=pipeline, stride=16, n_folds=2, say=said.append
    )
    return done, said
