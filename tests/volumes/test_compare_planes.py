"""Tests that planes are compared on the tissue that both have."""

import functools

import numpy as np
import pytest
from pipelines import fitted_pipeline, phantom
from sklearn.cluster import KMeans
from sklearn.metrics import cohen_kappa_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from volumes.test_write_isotropic import map_it

import sklearn_microarch.volumes.comparing._sum_pairs as pairs
from sklearn_microarch import PatchSampler, SliceImage
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.volumes import compare_planes, map_volume, open_volume

PIXEL_UM, SPACING_UM, STRIDE, PATCH = 2.0, 40.0, 3, 5
# What is seen of each plane, in columns: the field of view changes along z.
SEEN = [(0, 300), (40, 320), (90, 380), (60, 384)]


@functools.cache
def regions():
    """Return the true regions (4, 96, 384) of a phantom whose anatomy changes in z."""
    found = make_thalamocortical_phantom(
        4, shape=(96, 384), six_class=True, z_step_um=400.0, random_state=1
    )
    return np.stack(found.rois)


def seen():
    """Return where each plane shows tissue."""
    mask = np.zeros((4, 96, 384), dtype=bool)
    for plane, (first, last) in zip(mask, SEEN, strict=True):
        plane[:, first:last] = True
    return mask


def centres(patches):
    return np.asarray(patches)[:, PATCH // 2, PATCH // 2].reshape(-1, 1) - 20.0


def is_seen(image):
    return image.pixels > 0


@pytest.fixture(scope="module")
def whole(client, tmp_path_factory):
    """Return maps whose factor and clusters are the true regions."""
    grey = np.where(seen(), 20 + 10 * regions(), 0).astype(np.float32)
    codes = np.unique(regions())
    start = 10.0 * codes[:, np.newaxis]
    # Of every region a stripe, so that each is a cluster.
    stripes = np.repeat(20 + start, 20, axis=0).repeat(40, axis=1)
    image = SliceImage(stripes.astype(np.float32), pixel_size_um=PIXEL_UM)
    sampler = PatchSampler(PATCH, stride=STRIDE, tissue=is_seen)
    steps = FunctionTransformer(centres), KMeans(len(codes), init=start, n_init=1)
    pipe = make_pipeline(sampler, *steps)
    pipe.fit(sampler.fit(image).cut(image))
    out = tmp_path_factory.mktemp("whole") / "maps.zarr"
    known = {"pixel_size_um": PIXEL_UM, "spacing_um": SPACING_UM}
    map_volume(pipe, grey, out, client=client, check_drift=False, **known)
    return out


def numbers(table, plane, name, column):
    """Return one number of the table."""
    rows = np.asarray(table["plane"]) == plane
    rows &= np.asarray(table["name"]) == name
    (found,) = np.asarray(table[column])[rows]
    return found


def eroded(mask, cells):
    """Return cells of a mask whose neighbours, as far as they exist, are in it too."""
    found = np.zeros_like(mask)
    for row, col in np.ndindex(mask.shape):
        rows = slice(max(0, row - cells), row + cells + 1)
        cols = slice(max(0, col - cells), col + cells + 1)
        found[row, col] = mask[rows, cols].all()
    return found


@pytest.mark.parametrize("band", [512, 7])
def test_steps_and_agreement_are_those_of_the_true_regions(whole, monkeypatch, band):
    monkeypatch.setattr(pairs, "CHUNK", band)
    table = compare_planes(whole, margin_um=2 * STRIDE * PIXEL_UM)
    codes = np.unique(regions())
    for z in range(3):
        maps = [open_maps(whole, z=at) for at in (z, z + 1)]
        rows, cols = (
            (first + STRIDE * np.arange(n)).round().astype(int)
            for first, n in zip(maps[0].offset, maps[0].grid.shape, strict=True)
        )
        there = np.ix_(rows, cols)
        valued = seen()[z : z + 2]
        # Patches that reach beyond the picture have no value.
        for edge in (slice(2), slice(-2, None)):
            valued[:, edge] = valued[:, :, edge] = False
        both = eroded(valued[0][there], 2) & eroded(valued[1][there], 2)
        one, other = (regions()[at][there][both] for at in (z, z + 1))
        assert numbers(table, z, "factor00", "n_cells") == both.sum() > 500
        step = 10.0 * (other.mean() - one.mean())
        np.testing.assert_allclose(numbers(table, z, "factor00", "step"), step)
        spread = 10 * np.sqrt((one.var() + other.var()) / 2)
        found = numbers(table, z, "factor00", "step_sd")
        np.testing.assert_allclose(found, step / spread)
        kappa = cohen_kappa_score(one, other)
        np.testing.assert_allclose(numbers(table, z, "cluster 0", "kappa"), kappa)
        kept = numbers(table, z, "factor00", "kept_share")
        np.testing.assert_allclose(kept, (one == other).mean())
        assert kappa < kept < 1
        for at, code in enumerate(codes.tolist()):
            share = numbers(table, z, f"cluster {at}", "next_mean")
            np.testing.assert_allclose(share, (other == code).mean())


def test_the_field_of_view_is_no_step(client, tmp_path):
    one = phantom().images[0].data[:, 100:900]
    grey = np.stack([one] * 3)
    grey[0, :, 500:] = grey[2, :, :250] = 0
    steps = {}
    for how in ("volume", "slice"):
        out = tmp_path / f"{how}.zarr"
        map_volume(
            fitted_pipeline(),
            open_volume(grey, pixel_size_um=1.17, spacing_um=5.0),
            out,
            stride=16,
            client=client,
            normalize_by=how,
            check_drift=False,
        )
        table = compare_planes(out)
        is_factor = np.asarray(table["kind"]) == "factor"
        steps[how] = np.asarray(table["step_sd"])[is_factor]
        if how == "volume":
            assert set(table["kappa"]) == {1.0}
    # The same tissue, normalized alike, has the same values; the view alone moves
    # those that each plane is normalized by.
    np.testing.assert_array_equal(steps["volume"], 0)
    assert np.abs(steps["slice"]).max() > 0.02


def test_missing_planes_are_passed_over(client, tmp_path):
    map_it(tmp_path / "maps.zarr", client, slices=[1, 2, 6])
    table = compare_planes(tmp_path / "maps.zarr")
    found = set(zip(table["plane"], table["next_plane"], strict=True))
    assert found == {(1, 2), (2, 6)}
    assert set(zip(table["z_um"], table["distance_um"], strict=True)) == {
        (6.0, 6.0),
        (12.0, 24.0),
    }


def test_planes_of_other_tissue_have_no_step(client, tmp_path):
    table = {}
    for margin in (0, 1000):
        out = tmp_path / f"{margin}.zarr"
        map_it(out, client, slices=[0, 1])
        table[margin] = compare_planes(out, margin_um=margin)
    assert (np.asarray(table[0]["n_cells"]) > 0).all()
    # All is near to what has no value.
    assert (np.asarray(table[1000]["n_cells"]) == 0).all()
    for column in ("kept_share", "kappa", "step"):
        assert np.isnan(table[1000][column]).all()


@pytest.mark.parametrize(
    "changed, error, message",
    [
        ({"maps": 7}, TypeError, "maps"),
        ({"margin_um": -1}, ValueError, "margin_um=-1"),
        ({"margin_um": "2"}, TypeError, "margin_um='2'"),
        ({"maps": "no.zarr"}, FileNotFoundError, r"no\.zarr"),
    ],
)
def test_wrong_arguments_are_named(whole, changed, error, message):
    given = {"maps": whole} | changed
    with pytest.raises(error, match=message):
        compare_planes(given.pop("maps"), **given)


def test_one_plane_is_not_enough(client, tmp_path):
    map_it(tmp_path / "maps.zarr", client, slices=[3])
    with pytest.raises(ValueError, match="only plane 3"):
        compare_planes(tmp_path / "maps.zarr")
