"""A small study on disk, and a model of it, for the commands."""

import warnings

import joblib
import pytest
from sklearn.pipeline import Pipeline

from sklearn_microarch import CNNFeatureExtractor, PatchSampler, fit_drift_reference
from sklearn_microarch.datasets import make_phantom_study
from sklearn_microarch.model_file import save_model
from sklearn_microarch.sheets import read_sheet
from sklearn_microarch.sheets._file_fingerprint import file_fingerprint


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    """Return the folder of two slices, their annotations and their sheet."""
    folder = tmp_path_factory.mktemp("study")
    make_phantom_study(folder, n_animals=1, shape=(192, 768))
    return folder


@pytest.fixture(scope="session")
def models(study, tmp_path_factory):
    """Return the paths of a model file and of a joblib file, both of one model."""
    section = read_sheet(study / "study.csv")[0]
    image = section.read_image()
    sampler = PatchSampler(24, n_patches_per_roi=40, stride=8, random_state=0)
    network = CNNFeatureExtractor(max_epochs=1, n_features=8, random_state=0)
    # Without factors, which take longer to learn than all the rest.
    pipe = Pipeline([("patches", sampler), ("features", network)])
    with warnings.catch_warnings():
        # Of a model that is only as good as it needs to be here.
        warnings.simplefilter("ignore")
        pipe.fit(*sampler.sample(image, section.read_rois(image)))
        fit_drift_reference(pipe, image, stride=8, n_draws=20, random_state=0)
    folder = tmp_path_factory.mktemp("models")
    facts = {
        "annotations": {
            "m1_s1.geojson": file_fingerprint(section.rois),
            "m2_s1_RoiSet.zip": "0" * 64,
            "gone.geojson": "1" * 64,
        },
        "training": {
            "sections": [{"name": "m1_s1", "animal": "m1"}],
            "validation": {"balanced_accuracy": 0.9, "low": 0.8, "high": 0.95},
        },
    }
    joblib.dump(pipe, folder / "m.joblib")
    return save_model(pipe, folder / "m.microarch", facts=facts), folder / "m.joblib"
