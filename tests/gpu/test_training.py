"""A network trained on a GPU learns, leaves torch alone, and is at home anywhere."""

import json
import os
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pytest
import torch
from pipelines import fitted_pipeline, phantom, small_pipeline, training_patches

from sklearn_microarch import load_model, map_slice, save_model
from sklearn_microarch.cli import main

pytestmark = pytest.mark.gpu

ELSEWHERE = """
import json, sys
import joblib, numpy as np, torch
network = joblib.load(sys.argv[1])["features"].set_params(device="auto")
np.save(sys.argv[3], network.transform(np.load(sys.argv[2])))
joblib.dump(network, sys.argv[4])
print(json.dumps([torch.cuda.is_available(), str(network.net_.device)]))
"""


def random_state_of(device):
    if torch.device(device).type == "cuda":
        return torch.cuda.get_rng_state(device)
    return torch.get_rng_state()


def test_a_training_there_is_as_good_as_one_on_the_cpu(trained_there):
    patches, labels = training_patches()
    there, here = trained_there["features"], fitted_pipeline()["features"]
    assert all(isinstance(value, np.ndarray) for value in there.weights_.values())
    assert np.isfinite(there.history_[-1]["train_loss"])
    assert there.dense_deviation_ < 1e-5
    # Trainings on two devices differ; their networks are as good.
    assert there.score(patches, labels) > here.score(patches, labels) - 0.1
    assert there.validation_score_ > here.validation_score_ - 0.15


def test_the_random_state_of_torch_is_left_alone(device):
    before = random_state_of(device)
    network = small_pipeline(features__device=device, features__max_epochs=1)
    network["features"].set_params(unannotated=-1).fit(*training_patches())
    assert torch.equal(random_state_of(device), before)


def test_a_model_of_the_device_runs_where_there_is_none_and_back(
    device, trained_there, tmp_path
):
    patches = np.asarray(training_patches()[0][:40])
    expected = trained_there["features"].transform(patches)
    paths = [tmp_path / name for name in ("model", "rows.npy", "features.npy", "back")]
    joblib.dump(trained_there, paths[0])
    np.save(paths[1], patches)
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, *map(str, paths)],
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [False, "cpu"]
    found = np.load(paths[2])
    assert np.abs(found - expected).max() <= 1e-5 * expected.max()
    back = joblib.load(paths[3]).set_params(device=device)
    np.testing.assert_array_equal(back.transform(patches), expected)


def test_a_pickle_holds_no_tensor_of_the_device(trained_there):
    network = trained_there["features"]
    network.transform(training_patches()[0][:4])
    content = pickle.dumps(network)
    assert b"torch._utils" not in content
    assert joblib.hash(pickle.loads(content)) == joblib.hash(network)


def test_a_model_file_keeps_what_the_device_gives(device, trained_there, tmp_path):
    patches = training_patches()[0][:40]
    save_model(trained_there, tmp_path / "model.microarch")
    loaded = load_model(tmp_path / "model.microarch")
    loaded.set_params(features__device=device, nmf__device=device)
    np.testing.assert_array_equal(
        loaded[:3].transform(patches), trained_there[:3].transform(patches)
    )


def test_maps_are_those_of_the_cpu(device, trained_there):
    model = pickle.loads(pickle.dumps(trained_there))
    found = map_slice(model, phantom().images[0])
    model.set_params(features__device="cpu", nmf__device="cpu")
    expected = map_slice(model, phantom().images[0])
    mapped = np.isfinite(expected.factors).all(axis=2)
    np.testing.assert_array_equal(np.isfinite(found.factors).all(axis=2), mapped)
    gap = np.abs(found.factors - expected.factors)[mapped].max()
    assert gap <= 1e-4 * expected.factors[mapped].max()
    assert (found.clusters == expected.clusters).mean() > 0.999


def test_the_doctor_finds_the_device_fit(device, capsys):
    assert main(["doctor", "--device", device]) == 0, capsys.readouterr().out
