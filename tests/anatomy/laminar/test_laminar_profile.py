"""Profiles along the depth: means, and intervals over columns of the cortex."""

import numpy as np
import pytest
from anatomy.laminar.rings import NAMES, box
from numpy.testing import assert_allclose

from sklearn_microarch import RoiMap, SliceImage
from sklearn_microarch.anatomy import laminar_depth, laminar_profile
from sklearn_microarch.mapping import MicroarchMaps


@pytest.fixture
def depth():
    return laminar_depth(RoiMap(box((60, 200), right=190), NAMES))


def maps_of(factors, **more):
    image = SliceImage(np.zeros(factors.shape[:2]))
    return MicroarchMaps(image, factors=factors, about={"patch_size": 8}, **more)


def test_a_profile_follows_what_was_planted(depth):
    rows = np.indices((60, 200))[0]
    layered = np.stack([rows == 20, rows / 60], axis=-1).astype(float)
    found = laminar_profile(maps_of(layered), depth, bins=45, random_state=0)
    assert found.mean[:, 0].argmax() == 15
    assert_allclose(found.mean[:, 1], np.arange(5, 50) / 60, atol=0.02)
    assert found.n_cells.sum() == np.isfinite(depth.depth).sum()


def test_intervals_hold_the_mean_as_often_as_they_say(depth, rng):
    held = []
    for _ in range(40):
        # What varies along the cortex, column by column of a patch's width.
        columns = rng.normal(size=25).repeat(8)
        factors = np.broadcast_to(columns[None, :, None], (60, 200, 1)) + 5
        found = laminar_profile(maps_of(factors), depth, bins=1, random_state=0)
        held.append(found.low[0, 0] <= 5 <= found.high[0, 0])
    assert np.mean(held) > 0.85


def test_shares_of_clusters_sum_to_one(depth, rng):
    factors = rng.random((60, 200, 2))
    maps = maps_of(factors, clusters=rng.integers(3, size=(60, 200)))
    found = laminar_profile(maps, depth, bins=4, random_state=0)
    assert found.names == [
        "factor00",
        "factor01",
        "cluster 0",
        "cluster 1",
        "cluster 2",
    ]
    assert_allclose(found.mean[:, 2:].sum(axis=1), 1)
    rows = found.to_rows()
    assert len(rows) == 5 * 4
    assert rows[-1]["name"] == "cluster 2"
    assert rows[-1]["depth_to"] == 1.0
    assert str(found).count("cluster 2") == 4


def test_one_column_has_no_interval():
    depth = laminar_depth(RoiMap(box((60, 46), left=16, right=30), NAMES), edge=0.1)
    found = laminar_profile(maps_of(np.ones((60, 46, 1))), depth, block_size=1e3)
    assert found.n_blocks.max() == 1
    assert_allclose(found.mean[:, 0], 1)
    # Every resample is the same column again.
    assert_allclose(found.low, found.high)


def test_a_profile_is_written(depth, tmp_path):
    found = laminar_profile(maps_of(np.ones((60, 200, 1))), depth, bins=2)
    path = found.to_csv(tmp_path / "profile.csv")
    assert path.read_text().splitlines()[0].startswith("kind,name,depth_from")
    with pytest.raises(FileExistsError):
        found.to_csv(path)


def test_wrong_arguments_are_named(depth):
    maps = maps_of(np.ones((60, 200, 1)))
    with pytest.raises(TypeError, match="laminar_depth"):
        laminar_profile(maps, depth.depth)
    with pytest.raises(TypeError, match="map_slice"):
        laminar_profile(depth.depth, depth)
    with pytest.raises(ValueError, match=r"image=maps\.image"):
        laminar_profile(maps_of(np.ones((50, 200, 1))), depth)
    with pytest.raises(ValueError, match="block_size"):
        laminar_profile(maps, depth, block_size=3)
    empty = np.full((60, 200, 1), np.nan)
    empty[0, 0] = 1
    with pytest.raises(ValueError, match="no cell"):
        laminar_profile(maps_of(empty), depth)
    with pytest.raises(ValueError, match="neither factors nor clusters"):
        laminar_profile(MicroarchMaps(maps.image), depth)
