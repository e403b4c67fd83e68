"""Tests of sklearn_microarch.images.ome_zarr._levels."""

import warnings

import numpy as np
import pytest
import zarr

from sklearn_microarch.images.ome_zarr import _levels as levels
from sklearn_microarch.images.ome_zarr._levels import (
    build_pyramid,
    halve_by_choice,
    halve_by_mean,
    make_level,
)


def plain_mean(values):
    """Average 2 x 2 pixels with a loop over the result."""
    height, width = ((length + 1) // 2 for length in values.shape)
    halved = np.empty((height, width))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice")
        for row, col in np.ndindex(height, width):
            square = values[2 * row : 2 * row + 2, 2 * col : 2 * col + 2]
            halved[row, col] = np.nanmean(square.astype("float64"))
    return halved


@pytest.mark.parametrize("shape", [(8, 6), (7, 9), (1, 5), (1, 1)])
def test_the_mean_leaves_out_what_is_nan(rng, shape):
    values = rng.random(shape).astype("float32")
    values[rng.random(shape) < 0.4] = np.nan
    halved = halve_by_mean(values)
    assert halved.dtype == np.float32
    np.testing.assert_allclose(halved, plain_mean(values), rtol=1e-7)


def test_means_of_integers_are_rounded(rng):
    values = rng.integers(0, 256, (7, 9), dtype=np.uint8)
    halved = halve_by_mean(values)
    assert halved.dtype == np.uint8
    np.testing.assert_array_equal(halved, np.rint(plain_mean(values)))


def test_labels_are_chosen_not_mixed():
    values = np.arange(15).reshape(3, 5)
    np.testing.assert_array_equal(halve_by_choice(values), [[0, 2, 4], [10, 12, 14]])


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("shape", [(2, 71, 130), (71, 130)])
def test_a_pyramid_is_halved_block_by_block_as_it_would_be_at_once(
    tmp_path, rng, monkeypatch, zarr_format, shape
):
    monkeypatch.setattr(levels, "COARSEST_EDGE", 20)
    group = zarr.create_group(tmp_path / "a.zarr", zarr_format=zarr_format)
    level = make_level(group, "0", shape, "float64", (16, 16))
    values = rng.random(shape)
    values[..., :40, :30] = np.nan
    level[:] = values
    found = build_pyramid(group, level, halve_by_mean, tmp_path / "a.zarr/0")
    assert [array.shape[-2:] for array in found] == [
        (71, 130),
        (36, 65),
        (18, 33),
        (9, 17),
    ]
    for coarser in found[1:]:
        values = np.stack(
            [plain_mean(v) for v in values.reshape(-1, *values.shape[-2:])]
        )
        np.testing.assert_allclose(coarser[:].reshape(values.shape), values)


def test_a_pyramid_never_loads_more_than_a_few_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr(levels, "COARSEST_EDGE", 20)
    group = zarr.create_group(tmp_path / "a.zarr")
    level = make_level(group, "0", (3, 71, 130), "float32", (16, 16))
    sizes = []

    def halve(values):
        sizes.append(values.shape)
        return halve_by_mean(values)

    build_pyramid(group, level, halve, tmp_path / "a.zarr/0")
    assert max(sizes) == (32, 32)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_what_nobody_wrote_is_stored_as_empty(tmp_path, zarr_format):
    group = zarr.create_group(tmp_path / "a.zarr", zarr_format=zarr_format)
    level = make_level(group, "0", (2, 40, 50), "float32", (16, 16))
    level[:, :16, :16] = 1
    assert level.nchunks_initialized == 2
    build_pyramid(group, level, halve_by_mean, tmp_path / "a.zarr/0")
    assert level.nchunks_initialized == level.nchunks == 24
    assert np.isnan(level[:, 16:]).all()
    assert (level[:, :16, :16] == 1).all()
