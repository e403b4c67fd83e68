"""The device that tests of a GPU run on, and a small model of theirs."""

import os
import pickle

import pytest
import torch
from pipelines import fitted_pipeline, small_pipeline, training_patches


@pytest.fixture(scope="session")
def device():
    """Return the GPU; ``make gpu GPU_DEVICE=cpu:0`` tries the tests without one."""
    asked = os.environ.get("GPU_DEVICE", "cuda")
    if asked.startswith("cuda") and not torch.cuda.is_available():
        pytest.skip("torch finds no CUDA device here")
    return asked


@pytest.fixture(scope="session")
def trained_there(device):
    """Return a pipeline trained on the device. Not to be changed."""
    pipe = small_pipeline(
        features__unannotated=-1, features__device=device, nmf__device=device
    )
    return pipe.fit(*training_patches())


@pytest.fixture
def network_on():
    """Return a function: a copy, on a device, of the network trained on the CPU."""

    def copied(device, **changes):
        network = pickle.loads(pickle.dumps(fitted_pipeline()["features"]))
        return network.set_params(device=device, **changes)

    return copied
