"""Over which layers clusters are spread."""

import numpy as np
import pytest
from anatomy.laminar.rings import NAMES, box
from numpy.testing import assert_allclose

from sklearn_microarch import RoiMap, SliceImage
from sklearn_microarch.anatomy import laminar_depth, layer_table
from sklearn_microarch.mapping import MicroarchMaps

LAYERS = {1: "L1", 2: "L2/3", 3: "L10"}


@pytest.fixture
def rois():
    return RoiMap(box((60, 200), right=190), NAMES, pixel_size_um=10)


@pytest.fixture
def layers(rois):
    rows = np.indices(rois.shape)[0]
    codes = np.select([rows < 15, rows < 30], [1, 2], 3) * (rois.codes == 1)
    return RoiMap(codes, LAYERS, pixel_size_um=10)


def clustered(clusters, **more):
    image = SliceImage(np.zeros((60, 200)), pixel_size_um=10)
    return MicroarchMaps(image, clusters=clusters, about={"patch_size": 8}, **more)


def test_shares_are_those_of_the_cells(rois, layers):
    rows, cols = np.indices((60, 200))
    found = layer_table(clustered((cols >= 100) * 1), layers, rois, random_state=0)
    assert found.layers == ["L1", "L2/3", "L10"]
    assert_allclose(found.share, [[10 / 45, 15 / 45, 20 / 45]] * 2)
    assert_allclose(found.n_cells, [[900, 1350, 1800]] * 2)
    upper = layer_table(clustered((rows >= 15) * 1), layers, rois, random_state=0)
    assert_allclose(upper.share[0], [1, 0, 0])
    assert upper.share[1, 0] == 0


def test_named_clusters_keep_their_names(rois, layers):
    words = np.full((60, 200), "dense")
    words[:, 150:] = "thin"
    words[:, :100] = ""
    found = layer_table(clustered(words), layers, rois, random_state=0)
    assert found.clusters == ["dense", "thin"]
    assert found.n_cells.sum() == 90 * 45


def test_an_interval_is_as_wide_as_columns_differ(rois, layers, rng):
    columns = rng.integers(2, size=25).repeat(8)
    patchy = np.where(np.indices((60, 200))[0] < 15, columns[None], 1)
    even = (np.indices((60, 200)).sum(axis=0) % 2) * 1
    wide, narrow = (
        layer_table(
            clustered(one), layers, rois, depth=laminar_depth(rois), random_state=0
        )
        for one in (patchy, even)
    )
    assert (wide.high - wide.low)[1, 0] > 3 * (narrow.high - narrow.low)[1, 0]
    assert (wide.low <= wide.share).all()
    assert (wide.high >= wide.share).all()


def test_bands_of_depth_stand_for_layers(rois):
    found = layer_table(
        clustered((np.indices((60, 200))[0] >= 27) * 1), laminar_depth(rois), bands=3
    )
    assert found.layers == ["0-33.3 %", "33.3-66.7 %", "66.7-100 %"]
    assert found.share[0, 2] == 0
    assert found.share[1, 0] == 0


def test_layers_outside_their_region_are_refused(rois, layers):
    moved = layers.replace(codes=np.roll(layers.codes, 20, axis=0))
    with pytest.raises(ValueError, match=r"of layer 'L10' lies in region='cortex'"):
        layer_table(clustered(np.zeros((60, 200), int)), moved, rois)
    # Placed by micrometres, not by pixels.
    shifted = layers.replace(offset_um=(200.0, 0.0))
    with pytest.raises(ValueError, match="lies in region='cortex'"):
        layer_table(clustered(np.zeros((60, 200), int)), shifted, rois)


def test_layers_may_have_pixels_of_their_own(rois, layers):
    coarse = RoiMap(layers.codes[::2, ::2], LAYERS, pixel_size_um=20)
    clusters = np.zeros((60, 200), int)
    found = layer_table(clustered(clusters), coarse, rois, random_state=0)
    fine = layer_table(clustered(clusters), layers, rois, random_state=0)
    assert_allclose(found.share, fine.share, atol=0.04)


def test_wrong_arguments_are_named(rois, layers):
    maps = clustered(np.zeros((60, 200), int))
    with pytest.raises(TypeError, match="they must lie in one of them"):
        layer_table(maps, layers)
    with pytest.raises(TypeError, match="RoiMap of layers"):
        layer_table(maps, layers.codes, rois)
    factors = MicroarchMaps(maps.image, factors=np.ones((60, 200, 1)))
    with pytest.raises(ValueError, match="no clusters"):
        layer_table(factors, layers, rois)
    unknown = RoiMap(layers.codes[1:], LAYERS)
    with pytest.raises(ValueError, match="give pixel_size_um to both"):
        layer_table(maps, unknown, rois)
    with pytest.raises(ValueError, match="no cell of the maps has a layer"):
        layer_table(clustered(np.full((60, 200), -1)), layers, rois)
