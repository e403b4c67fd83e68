"""Tests of sklearn_microarch._device."""

import subprocess
import sys

import pytest
import torch

from sklearn_microarch._device import resolve_device

NO_TORCH = """
import sys
from sklearn_microarch._device import resolve_device
from sklearn_microarch.decomposition import NMFEmbedder
rows = [[3, 4, 0], [0, 0, 2], [6, 8, 1]]
NMFEmbedder(2, random_state=0).fit_transform(rows)
assert resolve_device("cpu") == "cpu"
assert "torch" not in sys.modules
"""


@pytest.mark.parametrize("is_available, expected", [(True, "cuda"), (False, "cpu")])
def test_auto_is_a_gpu_where_there_is_one(monkeypatch, is_available, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: is_available)
    assert resolve_device("auto") == expected


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
def test_a_device_that_exists_is_taken_by_its_name(device):
    assert resolve_device(device) == device


@pytest.mark.parametrize("device", ["cuda:97", "tpu", "", "meta"])
def test_a_device_that_does_not_exist_is_an_error_that_names_the_others(device):
    with pytest.raises(ValueError, match=f"device='{device}' cannot be used.*'auto'"):
        resolve_device(device)


@pytest.mark.parametrize("device", [None, 0, torch.device("cpu")])
def test_a_device_is_a_string(device):
    with pytest.raises(TypeError, match=r"device=.* must be a string"):
        resolve_device(device)


def test_a_device_without_the_dtype_is_an_error(monkeypatch):
    """As MPS is, which lacks float64."""

    def refuse(*_, dtype, device):
        raise TypeError(f"Cannot convert to {dtype}\nas {device} lacks it")

    monkeypatch.setattr(torch, "ones", refuse)
    with pytest.raises(
        ValueError, match=r"machine \(Cannot convert to torch.float64\)"
    ):
        resolve_device("mps", dtype="float64")


def test_torch_is_not_loaded_for_the_cpu():
    done = subprocess.run(
        [sys.executable, "-c", NO_TORCH], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
