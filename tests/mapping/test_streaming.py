"""Tests that how a slice is mapped changes no byte of the maps."""

import copy
import re

import dask.array as da
import numpy as np
import pytest
import zarr
from mapping.slices import assert_equal_maps, in_memory, piece, without_network
from pipelines import fitted_pipeline

from sklearn_microarch import map_slice
from sklearn_microarch.images import OmeZarrWriter, read_ome_zarr


def needed_mb(pipe, **settings):
    """Return the memory that map_slice says it needs."""
    with pytest.raises(ValueError, match="is too small for this slice") as caught:
        map_slice(pipe, piece(), memory_limit="1MB", **settings)
    return int(re.search(r"at least (\d+) MB are needed", str(caught.value))[1])


def test_the_least_memory_gives_the_same_bytes_as_plenty():
    pipe = fitted_pipeline()
    least = needed_mb(pipe, stride=1)
    assert 12 < least < 500
    with pytest.raises(ValueError, match="name an OME-Zarr image as out"):
        map_slice(pipe, piece(), stride=1, memory_limit=f"{least - 1}MB")
    little = map_slice(pipe, piece(), stride=1, memory_limit=f"{least}MB")
    assert_equal_maps(little, map_slice(pipe, piece(), stride=1))


def test_maps_on_disk_need_less_memory_than_maps_in_memory_or_in_tiff(
    tmp_path, monkeypatch
):
    # Small beside a slice of this shape.
    monkeypatch.setattr("sklearn_microarch.mapping._ome_zarr_sink.TILE", 64)
    pipe, image = fitted_pipeline(), piece()
    tall = image.replace(data=np.tile(image.data, (30, 1)))

    def needed(out):
        with pytest.raises(ValueError, match="is too small") as caught:
            map_slice(pipe, tall, stride=1, memory_limit="1MB", out=out)
        assert list(tmp_path.iterdir()) == []
        return int(re.search(r"at least (\d+) MB", str(caught.value))[1])

    on_disk, in_tiff = needed(tmp_path / "a.zarr"), needed(tmp_path / "a")
    values = 4_200_000 * ((6 + 6) * 4 + 8 + 8)
    assert needed(None) - on_disk > 0.8 * values / 1e6
    assert in_tiff - needed(None) == pytest.approx(2 * 4.2 * 6 * 4, abs=1)


@pytest.mark.parametrize("max_rows", [97, 5000])
@pytest.mark.parametrize("stride", [1, 3])
def test_rows_that_pass_together_change_no_byte(monkeypatch, stride, max_rows):
    monkeypatch.setattr(
        "sklearn_microarch.mapping._slice_run.rows_of_a_piece", lambda *_: max_rows
    )
    data = piece().data[:, : 160 if stride == 1 else 400]
    found = map_slice(fitted_pipeline(), piece().replace(data=data), stride=stride)
    monkeypatch.undo()
    expected = map_slice(fitted_pipeline(), found.image, stride=stride)
    assert_equal_maps(found, expected)


@pytest.mark.parametrize("stride", [1, 3])
def test_a_mask_changes_no_byte_of_what_is_within_it(rng, stride):
    mask = rng.random(piece().shape) < 0.01
    mask[50:90, 100:300] = True
    found = map_slice(fitted_pipeline(), piece(), mask, stride=stride)
    expected = map_slice(fitted_pipeline(), piece(), stride=stride)
    mask = mask[::stride, ::stride]
    assert 0 < (found.clusters >= 0).sum() < 0.2 * (expected.clusters >= 0).sum()
    assert_equal_maps(
        found,
        expected.replace(
            clusters=np.where(mask, expected.clusters, -1),
            factors=np.where(mask[..., None], expected.factors, np.float32(np.nan)),
            region_probabilities=np.where(
                mask[..., None], expected.region_probabilities, np.float32(np.nan)
            ),
            novelty=np.where(mask, expected.novelty, np.float32(np.nan)),
        ),
    )


def test_where_maps_go_changes_no_byte(tmp_path):
    pipe = fitted_pipeline()
    expected = in_memory()
    in_tiff = map_slice(pipe, piece(), stride=3, out=tmp_path / "tiff")
    assert_equal_maps(in_tiff, expected)
    in_zarr = map_slice(pipe, piece(), stride=3, out=tmp_path / "a.zarr")
    assert_equal_maps(in_zarr, expected)
    expected.to_tiff(tmp_path / "later")
    for path in (tmp_path / "later").iterdir():
        assert path.read_bytes() == (tmp_path / "tiff" / path.name).read_bytes()


@pytest.mark.parametrize("stride", [1, 3])
def test_maps_equal_patches_evaluated_one_by_one(stride):
    pipe = fitted_pipeline()
    maps = map_slice(pipe, piece(), stride=stride)
    patches = pipe[0].cut(piece(), stride=stride)
    patches = patches[np.sort(np.random.default_rng(0).permutation(len(patches))[:900])]
    network = copy.deepcopy(pipe["features"]).set_params(dense=False)
    at = tuple(patches.positions[:, 1:].T // stride)
    features = network.transform(patches)
    together = np.concatenate(
        [z for _, z in pipe["features"].iter_transform(patches, step=stride)]
    )
    assert not np.isin(together, features).all()  # two ways of evaluation indeed
    factors = pipe[2:4].transform(features)
    assert np.abs(maps.factors[at] - factors).max() <= 1e-5 * factors.max()
    posterior = np.sort(pipe["cluster"].predict_proba(factors), axis=1)
    sure = posterior[:, -1] - posterior[:, -2] > 1e-4
    assert sure.mean() > 0.9
    clusters = pipe["cluster"].predict(factors)
    np.testing.assert_array_equal(maps.clusters[at][sure], clusters[sure])
    probabilities = network.predict_proba(patches)
    np.testing.assert_allclose(
        maps.region_probabilities[at], probabilities, rtol=0, atol=1e-5
    )


@pytest.mark.parametrize("kind", ["zarr", "dask", "memory-mapped", "read_ome_zarr"])
def test_a_slice_on_disk_gives_the_maps_of_one_in_memory(tmp_path, kind):
    image = piece()
    if kind == "zarr":
        image = image.replace(data=zarr.array(image.data, chunks=(64, 100)))
    elif kind == "dask":
        image = image.replace(data=da.from_array(image.data, chunks=(64, 100)))
    elif kind == "memory-mapped":
        np.save(tmp_path / "slice.npy", image.data)
        data = np.load(tmp_path / "slice.npy", mmap_mode="r")
        image = image.replace(data=data)
    else:
        path = tmp_path / f"{image.name}.zarr"
        with OmeZarrWriter(path, shape=image.shape, pixel_size_um=1.17) as writer:
            writer.add_image(["grey"], dtype=image.dtype)[:] = image.data[None]
        image = read_ome_zarr(path, specimen="mouse 1")
    found = map_slice(fitted_pipeline(), image, stride=3)
    assert_equal_maps(found, in_memory())
    assert found.image.name == piece().name


def test_a_lazy_slice_is_loaded_once(tmp_path):
    class Counted:
        shape, ndim, dtype = piece().shape, 2, piece().dtype
        n_loaded = 0

        def __getitem__(self, key):
            return piece().data[key]

        def __array__(self, dtype=None, copy=None):
            Counted.n_loaded += 1
            return piece().data

    image = piece().replace(data=Counted())
    map_slice(fitted_pipeline(), image, stride=3, out=tmp_path / "a.zarr")
    assert Counted.n_loaded == 1


def test_steps_that_know_no_network_are_mapped_in_pieces(tmp_path, monkeypatch):
    expected = map_slice(without_network(), piece(), stride=7)
    assert expected.factors.dtype == np.float64
    assert expected.region_probabilities is None
    monkeypatch.setattr(
        "sklearn_microarch.mapping._slice_run.rows_of_a_piece", lambda *_: 100
    )
    found = map_slice(without_network(), piece(), stride=7, out=tmp_path / "a.zarr")
    assert_equal_maps(found, expected)


def test_the_progress_bar_shows_rate_and_time_left(capsys):
    map_slice(fitted_pipeline(), piece(), stride=3, verbose=1)
    shown = capsys.readouterr().err
    assert re.search(r"mapping: 100%\|.*\[\d\d:\d\d<\d\d:\d\d, +[\d.]+k?px/s\]", shown)
    map_slice(fitted_pipeline(), piece(), stride=30)
    assert capsys.readouterr().err == ""
