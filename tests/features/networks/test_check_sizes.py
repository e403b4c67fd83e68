"""Tests of sklearn_microarch.features.networks._check_sizes."""

import numpy as np
import pytest
import torch

from sklearn_microarch.features import GapNet, PaperNet

SIZES = {"n_channels": 1, "patch_shape": (16, 16), "n_features": 4, "n_classes": 3}
WRONG = [None, "x", -1, 0.5, 10**30, [], np.zeros(3), torch.ones(6, 6), True, b"x"]


@pytest.mark.parametrize("net", [GapNet, PaperNet])
@pytest.mark.parametrize("name", SIZES)
def test_sizes_that_are_none_are_named(net, name):
    for value in WRONG:
        with pytest.raises((TypeError, ValueError), match=f"{name}="):
            net(**{**SIZES, name: value})


def test_padded_is_a_switch():
    with pytest.raises(TypeError, match="padded="):
        PaperNet(**SIZES, padded=np.zeros(3))
