"""Features, probabilities and novelty on a GPU are those of the CPU."""

import numpy as np
import pytest
import torch
from pipelines import phantom

from sklearn_microarch import Patches
from sklearn_microarch.features._arithmetic import exact_arithmetic
from sklearn_microarch.features._out_of_memory import attempt

pytestmark = pytest.mark.gpu


def square(n_rows, n_cols):
    """Return the patches at every pixel of a part of the phantom."""
    rows, cols = np.mgrid[100 : 100 + n_rows, 400 : 400 + n_cols]
    positions = np.column_stack([rows.ravel(), cols.ravel()])
    return Patches(phantom().images[0], positions, 24)


def deviation(found, expected):
    return np.abs(found - expected).max() / np.abs(expected).max()


@pytest.fixture
def rounding_asked_for():
    """Let torch round products to TF32, as a user may have, and check it stays so.

    Sums of 81 and 512 products would then deviate by about 1e-4.
    """
    before = torch.backends.cudnn.allow_tf32, torch.get_float32_matmul_precision()
    torch.backends.cudnn.allow_tf32 = True
    torch.set_float32_matmul_precision("high")
    yield
    assert torch.backends.cudnn.allow_tf32
    assert torch.get_float32_matmul_precision() == "high"
    torch.backends.cudnn.allow_tf32 = before[0]
    torch.set_float32_matmul_precision(before[1])


@pytest.mark.parametrize("dense", [True, False])
def test_features_deviate_by_rounding_alone(device, network_on, dense):
    patches = square(40, 90)
    expected = network_on("cpu", dense=dense).transform(patches)
    network = network_on(device, dense=dense)
    assert network.net_.module_.mean.device.type == torch.device(device).type
    assert deviation(network.transform(patches), expected) <= 1e-5


@pytest.mark.parametrize("dense", [True, False])
def test_products_are_not_rounded_to_tf32(
    device, network_on, rounding_asked_for, dense
):
    patches = square(40, 90)
    expected = network_on("cpu", dense=dense).transform(patches)
    assert deviation(network_on(device, dense=dense).transform(patches), expected) <= (
        1e-5
    )


def test_tf32_is_off_while_a_network_is_evaluated(device, rounding_asked_for):
    generator = torch.Generator().manual_seed(0)
    one, other = torch.rand((2, 512, 512), generator=generator)
    exact = one.double() @ other.double()
    with exact_arithmetic(device, torch.float32):
        product = (one.to(device) @ other.to(device)).cpu()
        image = torch.nn.functional.conv2d(
            one.to(device)[None, None], other[:9, :9].to(device)[None, None]
        ).cpu()
    assert deviation(product.double().numpy(), exact.numpy()) < 1e-5
    exact = torch.nn.functional.conv2d(
        one.double()[None, None], other[:9, :9].double()[None, None]
    )
    assert deviation(image.double().numpy(), exact.numpy()) < 1e-5


def test_patches_together_have_the_features_they_have_alone(device, network_on):
    patches = square(40, 90)
    together = network_on(device, dense=True).transform(patches)
    alone = network_on(device, dense=False).transform(patches)
    assert deviation(together, alone) <= 1e-5


@pytest.mark.parametrize("dense", [True, False])
def test_what_else_is_wanted_changes_no_bit(device, network_on, dense):
    patches, network = square(40, 90), network_on(device, dense=dense)
    whole = np.empty((len(patches), network.n_features), dtype=np.float32)
    for rows, features in network.iter_transform(patches, step=1):
        whole[rows] = features
    kept = np.flatnonzero(np.random.default_rng(0).random(len(patches)) < 0.3)
    for rows, features in network.iter_transform(patches[kept], step=1):
        np.testing.assert_array_equal(features, whole[kept[rows]])


def test_a_row_alone_has_the_same_bits_as_among_others(device, network_on):
    patches, network = np.asarray(square(30, 30)), network_on(device)
    together = network.transform(patches)
    for rows in (slice(0, 1), slice(7, 20), slice(100, 700)):
        np.testing.assert_array_equal(network.transform(patches[rows]), together[rows])


@pytest.mark.parametrize("dense", [True, False])
def test_bfloat16_is_near_and_has_to_be_asked_for(device, network_on, dense):
    patches = square(40, 40)
    exact = network_on(device, dense=dense).transform(patches)
    rough = network_on(device, dense=dense, precision="bfloat16").transform(patches)
    assert rough.dtype == np.float32
    assert 1e-5 < deviation(rough, exact) < 0.05


def test_probabilities_and_regions_are_those_of_the_cpu(device, network_on):
    patches, there, here = square(40, 90), network_on(device), network_on("cpu")
    np.testing.assert_allclose(
        there.predict_proba(patches), here.predict_proba(patches), atol=1e-4
    )
    np.testing.assert_allclose(
        there.predict_log_proba(patches), here.predict_log_proba(patches), atol=1e-3
    )
    assert (there.predict(patches) == here.predict(patches)).mean() > 0.999


def test_novelty_is_that_of_the_cpu(device, network_on):
    patches, there, here = square(40, 90), network_on(device), network_on("cpu")
    expected = here.novelty(patches)
    np.testing.assert_allclose(there.novelty(patches), expected, rtol=1e-3, atol=1e-4)
    features = here.transform(patches)
    found = there.novelty_from_features(features)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(
        there.novelty_from_features(features[5:9]), found[5:9]
    )


def test_memory_that_ran_out_there_is_given_back(device):
    def too_large():
        return torch.empty(2**50, device=device)

    assert attempt(too_large) is None
    assert attempt(lambda: torch.ones(3, device=device).sum().item()) == (3.0,)
