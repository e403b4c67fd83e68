"""Dense features equal those of single patches, for any network, image and place."""

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from networks import chains, dilated_features, make_module
from torch import nn

from sklearn_microarch import Patches, SliceImage
from sklearn_microarch.features import GapNet, PaperNet
from sklearn_microarch.features._evaluation import evaluate_features
from sklearn_microarch.features.dense import (
    DenseNetwork,
    common_step,
    evaluate_rows,
)
from sklearn_microarch.features.dense import _schedule as schedule_module
from sklearn_microarch.features.dense.rows import _evaluate_rows as rows_module
from sklearn_microarch.features.networks._region_module import RegionModule

N_FEATURES = 4
many = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def small_blocks(monkeypatch):
    """Let small images have several blocks and bands."""

    def use(block, band):
        monkeypatch.setattr(schedule_module, "BLOCK", block)
        monkeypatch.setattr(rows_module, "BAND_ROWS", band)

    return use


@st.composite
def images(draw, n_channels, low):
    shape = [n_channels, draw(st.integers(low, 60)), draw(st.integers(low, 70))]
    rng = np.random.default_rng(draw(st.integers(0, 9)))
    levels = draw(st.sampled_from([1, 2, 5, 256]))
    pixels = (rng.integers(0, levels, shape) * (255 // levels)).astype(np.uint8)
    pixels[:, : shape[1] // 3] = 50  # a constant background
    return pixels if n_channels > 1 else pixels[0]


def dense(network, patches, step=None):
    found = np.full((len(patches), N_FEATURES), np.nan, dtype=np.float32)
    corners = patches.positions[:, 1:]
    for rows, features in evaluate_rows(
        network,
        patches,
        0,
        np.arange(len(patches)),
        common_step(corners) if step is None else step,
    ):
        assert np.isnan(found[rows]).all()  # each row comes once
        found[rows] = features
    return found


def assert_equal(found, expected, largest=None):
    """Both clauses of equality, relative to the map's largest feature.

    Features differ by at most 1e-5 of it, and labels are equal where the margin of
    what they are the largest of exceeds 1e-4 of it.
    """
    largest = float(np.abs(expected).max()) if largest is None else largest
    assert float(np.abs(found - expected).max()) <= 1e-5 * largest
    weights = np.linspace(-1, 1, N_FEATURES * 3).reshape(N_FEATURES, 3)
    a, b = found @ weights, expected @ weights
    ordered = np.sort(b, axis=1)
    clear = ordered[:, -1] - ordered[:, -2] > 1e-4 * largest
    np.testing.assert_array_equal(a[clear].argmax(axis=1), b[clear].argmax(axis=1))


@many
@given(data=st.data())
def test_any_network_gives_any_patch_the_same_features(small_blocks, data):
    n_channels = data.draw(st.sampled_from([1, 1, 3]))
    layers, size = data.draw(chains(n_channels))
    pixels = data.draw(images(n_channels, size))
    small_blocks(
        data.draw(st.sampled_from([(8, 16), (5, 30), (64, 128)])),
        data.draw(st.sampled_from([16, 2048])),
    )
    border = data.draw(st.sampled_from(["drop", "constant", "reflect"]))
    step = data.draw(st.sampled_from([(1, 1), (2, 2), (4, 4), (3, 2), (8, 1)]))
    module = make_module(layers, N_FEATURES, n_channels)
    network = DenseNetwork(module, n_channels, (size, size))

    low = size // 2 if border == "drop" else 0
    height, width = pixels.shape[-2:]
    last = (height - size + low, width - size + low)
    if border != "drop":
        last = (height - 1, width - 1)
    phase = [data.draw(st.integers(0, 3)) for _ in range(2)]
    rows = np.arange(low + phase[0], last[0] + 1, step[0])
    cols = np.arange(low + phase[1], last[1] + 1, step[1])
    grid = np.stack(np.meshgrid(rows, cols, indexing="ij"), axis=-1).reshape(-1, 2)
    if not len(grid):
        return
    rng = np.random.default_rng(data.draw(st.integers(0, 9)))
    chosen = rng.permutation(len(grid))[: data.draw(st.integers(1, 300))]
    slices = pixels if n_channels == 1 else [SliceImage(pixels)]
    patches = Patches(slices, grid[chosen], size, border=border)
    found = dense(network, patches, step)
    every = np.argwhere(np.ones((last[0] + 1 - low, last[1] + 1 - low))) + low
    whole = dense(network, Patches(slices, every, size, border=border), (1, 1))
    largest = float(np.abs(whole).max())
    # Of a map where a last layer leaves nearly nothing, rounding is no small part.
    assume(largest > 0.05)
    compared = np.arange(min(len(patches), 60))
    expected = evaluate_features(
        module, patches.take(compared), N_FEATURES, device="cpu"
    )
    assert_equal(found[compared], expected, largest)
    assert not np.isnan(found).any()
    if border == "drop":
        everywhere = dilated_features(module, pixels, size)
        at = patches.positions[:, 1:] - size // 2
        assert_equal(found, everywhere[at[:, 0], at[:, 1]], largest)


@many
@given(data=st.data())
def test_what_else_is_wanted_changes_no_bit(small_blocks, data):
    layers, size = data.draw(chains())
    pixels = data.draw(images(1, size))
    small_blocks((8, 16), data.draw(st.sampled_from([16, 2048])))
    step = data.draw(st.sampled_from([(1, 1), (2, 2)]))
    network = DenseNetwork(make_module(layers, N_FEATURES), 1, (size, size))
    rows, cols = (n - size + 1 for n in pixels.shape)
    grid = np.argwhere(np.ones((rows, cols))[:: step[0], :: step[1]]) * step
    everywhere = dense(network, Patches(pixels, grid + size // 2, size), step)
    rng = np.random.default_rng(data.draw(st.integers(0, 9)))
    some = rng.permutation(len(grid))[: data.draw(st.integers(1, 40))]
    alone = dense(network, Patches(pixels, grid[some] + size // 2, size), step)
    np.testing.assert_array_equal(alone, everywhere[some])


@pytest.mark.parametrize("size", [32, 131])
@pytest.mark.parametrize("module_params", [{}, {"padded": False}])
def test_the_networks_of_the_library_agree_at_corners_and_in_flat_tissue(
    module_params, size
):
    kind = PaperNet if module_params else GapNet
    with torch.random.fork_rng():
        torch.manual_seed(3)
        body = kind(1, (size, size), N_FEATURES, 3, **module_params)
    module = RegionModule(body, np.array([100.0]), np.array([40.0]), augment=False)
    network = DenseNetwork(module.eval(), 1, (size, size))
    height, width = size + 58, size + 178
    pixels = np.random.default_rng(0).integers(0, 255, (height, width)).astype(np.uint8)
    pixels[:, 120:] = 200
    corners = [[0, 0], [0, 178], [58, 0], [58, 178], [29, 170], [3, 90]]
    patches = Patches(pixels, np.array(corners) + size // 2, size)
    expected = evaluate_features(module, patches, N_FEATURES, device="cpu")
    assert expected.max() > 0
    assert_equal(dense(network, patches), expected)


def test_patches_named_twice_get_the_same_features_twice():
    module = make_module([nn.Conv2d(1, 4, 3), nn.Flatten(), nn.ReLU()], 4)
    network = DenseNetwork(module, 1, (3, 3))
    pixels = np.random.default_rng(0).integers(0, 255, (20, 30)).astype(np.uint8)
    patches = Patches(pixels, [[5, 5], [9, 9], [5, 5], [5, 5], [9, 9]], 3)
    found = np.concatenate(
        [f for _, f in evaluate_rows(network, patches, 0, np.arange(5), (1, 1))]
    )
    rows = np.concatenate(
        [r for r, _ in evaluate_rows(network, patches, 0, np.arange(5), (1, 1))]
    )
    assert sorted(rows.tolist()) == [0, 1, 2, 3, 4]
    by_row = found[np.argsort(rows)]
    np.testing.assert_array_equal(by_row[[2, 3]], by_row[[0, 0]])
    np.testing.assert_array_equal(by_row[4], by_row[1])


@pytest.mark.parametrize("max_memory", [None, 1])
def test_more_workers_change_no_bit(small_blocks, monkeypatch, max_memory):
    layers = [
        nn.Conv2d(1, 5, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(5, 4, 3),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.ReLU(),
    ]
    small_blocks((8, 16), 32)
    network = DenseNetwork(make_module(layers, N_FEATURES), 1, (16, 16))
    pixels = np.random.default_rng(0).integers(0, 255, (90, 200)).astype(np.uint8)
    grid = np.argwhere(np.ones((75, 185))) + 8
    patches = Patches(pixels, grid, 16)
    found = []
    for n_workers in (1, 2, 5):
        monkeypatch.setattr(DenseNetwork, "n_workers", n_workers)
        out = np.empty((len(patches), N_FEATURES), dtype=np.float32)
        for rows, features in evaluate_rows(
            network, patches, 0, np.arange(len(grid)), (1, 1), max_memory=max_memory
        ):
            out[rows] = features
        found.append(out)
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


@pytest.mark.parametrize("n_workers", [1, 4])
@pytest.mark.parametrize("most_rows", [60, 16, 8])
def test_pieces_that_are_too_large_for_memory_are_halved_to_the_same_bits(
    small_blocks, monkeypatch, n_workers, most_rows
):
    layers = [
        nn.Conv2d(1, 5, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(5, 4, 3),
        nn.Flatten(),
        nn.ReLU(),
    ]
    small_blocks((8, 16), 64)
    monkeypatch.setattr(DenseNetwork, "n_workers", n_workers)
    network = DenseNetwork(make_module(layers, N_FEATURES), 1, (8, 8))
    pixels = np.random.default_rng(0).integers(0, 255, (120, 150)).astype(np.uint8)
    places = np.argwhere(np.ones((110, 140))) + 4
    patches = Patches(pixels, np.concatenate([places, places[:5]]), 8)
    expected = dense(network, patches, (1, 1))
    evaluate, refused = DenseNetwork.evaluate, []

    def with_little_memory(self, read, wanted, origin, *, step):
        for number, block in enumerate(evaluate(self, read, wanted, origin, step=step)):
            # Memory runs out after some blocks, which need not be computed again.
            if number == 3 and len(wanted) > most_rows:
                refused.append(len(wanted))
                raise torch.OutOfMemoryError("CUDA out of memory.")
            yield block

    monkeypatch.setattr(DenseNetwork, "evaluate", with_little_memory)
    np.testing.assert_array_equal(dense(network, patches, (1, 1)), expected)
    assert refused


def test_where_not_even_one_block_fits_the_error_says_so(small_blocks, monkeypatch):
    small_blocks((8, 16), 64)
    network = DenseNetwork(
        make_module([nn.Conv2d(1, 4, 3), nn.Flatten(), nn.ReLU()], 4), 1, (3, 3)
    )
    patches = Patches(
        np.zeros((40, 40), np.uint8), np.argwhere(np.ones((38, 38))) + 1, 3
    )

    def without_memory(*_, **__):
        raise MemoryError
        yield

    monkeypatch.setattr(DenseNetwork, "evaluate", without_memory)
    with pytest.raises(MemoryError, match="smallest piece of a slice; close other"):
        dense(network, patches, (1, 1))
