"""Dark cells and bright tissue, where the phantom tells how many there are."""

import numpy as np
import pytest
from scipy import ndimage

from sklearn_microarch import SliceImage
from sklearn_microarch.anatomy import factor_readout, patch_readouts
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.mapping import MicroarchMaps

STEP = 32


def gridded(image, n_factors=1):
    rows, cols = (-(-(length - 64) // STEP) for length in image.shape)
    return MicroarchMaps(
        image,
        cell_size=STEP,
        offset=(64, 64),
        factors=np.ones((rows, cols, n_factors)),
        about={"patch_size": 128},
    )


@pytest.fixture(scope="module")
def phantom():
    # Of a seed that no limit was chosen on.
    return make_thalamocortical_phantom(shape=(512, 2048), random_state=3)


@pytest.fixture(scope="module")
def mapped(phantom):
    """Return readouts where most of a patch is annotated, and the truth there."""
    maps = gridded(phantom.images[0])
    found = patch_readouts(maps)

    def at_cells(mask):
        share = ndimage.uniform_filter(mask.astype(float), 128)[64::STEP, 64::STEP]
        return share[: maps.grid.shape[0], : maps.grid.shape[1]]

    cells, n_cells = ndimage.label(phantom.structures[0] == 2)
    sizes = np.bincount(cells.ravel())[1:]
    middles = np.rint(
        ndimage.center_of_mass(cells > 0, cells, np.arange(1, n_cells + 1))
    ).astype(int)[sizes >= 12]
    points = np.zeros(cells.shape)
    points[tuple(middles.T)] = 1
    truth = [at_cells(points) * 1e6 / 1.17**2, at_cells(phantom.structures[0] == 3)]
    used = at_cells(phantom.rois[0] > 0) > 0.9
    return found.factors[used], np.stack(truth, axis=-1)[used]


def test_cells_are_counted(mapped):
    found, truth = mapped
    assert np.corrcoef(found[:, 0], truth[:, 0])[0, 1] > 0.6
    assert 0.75 < found[:, 0].sum() / truth[:, 0].sum() < 1.25


def test_bright_tissue_follows_axons(mapped):
    found, truth = mapped
    assert np.corrcoef(found[:, 1], truth[:, 1])[0, 1] > 0.45


def test_a_vessel_is_no_cell():
    rows, cols = np.indices((256, 256))
    grey = np.full((256, 256), 120.0)
    grey[np.abs(rows - cols) < 6] = 10
    grey[np.hypot(rows - 60, cols - 190) < 4] = 40
    maps = MicroarchMaps(
        SliceImage(grey, pixel_size_um=1.0),
        cell_size=256,
        offset=(128, 128),
        factors=np.ones((1, 1, 1)),
    )
    counted = patch_readouts(maps, patch_size_um=230).factors[0, 0, 0] * 0.23**2
    assert round(counted) == 1


def test_cells_without_a_value_have_no_readout(phantom):
    maps = gridded(phantom.images[0])
    factors = maps.factors.copy()
    factors[:, :10] = np.nan
    found = patch_readouts(maps.replace(factors=factors))
    assert np.isnan(found.factors[:, :10]).all()
    assert np.isfinite(found.factors[:, 10:]).all()
    assert found.factor_names == ["dark_cells_per_mm2", "bright_share"]


def test_factors_that_hold_the_count_tell_it_and_noise_does_not(phantom, rng):
    maps = gridded(phantom.images[0], 2)
    counts = patch_readouts(maps)
    shape = maps.grid.shape
    # As smooth as patches that overlap: it would be told, were neighbours fitted on.
    smooth = ndimage.gaussian_filter(rng.normal(size=(*shape, 40)), (3, 3, 0))
    blind = maps.replace(factors=smooth, factor_names=[])
    noise = factor_readout(blind, counts, random_state=0)
    known = np.concatenate([counts.factors @ [[1, 1], [400, -400]], smooth], axis=2)
    seeing = factor_readout(
        maps.replace(factors=known, factor_names=[]), counts, random_state=0
    )
    assert (seeing.r2 > 0.95).all()
    assert (noise.r2 < 0.3).all()
    assert (noise.low < 0.1).all()
    assert (seeing.low <= seeing.r2).all()
    assert (seeing.r2 <= seeing.high).all()
    assert seeing.to_rows()[0]["readout"] == "dark_cells_per_mm2"


def test_wrong_arguments_are_named(phantom):
    maps = gridded(phantom.images[0])
    with pytest.raises(TypeError, match="maps of a slice"):
        patch_readouts(phantom.images[0])
    with pytest.raises(TypeError, match="readouts"):
        factor_readout(maps, maps.factors)
    unknown = maps.replace(image=phantom.images[0].replace(pixel_size_um=None))
    with pytest.raises(ValueError, match="no pixel size"):
        patch_readouts(unknown)
    with pytest.raises(ValueError, match="cell_radius_um"):
        patch_readouts(maps, cell_radius_um=0)
    with pytest.raises(ValueError, match="no cell with a value"):
        patch_readouts(maps.replace(factors=maps.factors * np.nan))
    with pytest.raises(ValueError, match="hold no factors"):
        factor_readout(MicroarchMaps(maps.image), maps)
    with pytest.raises(ValueError, match="one stride"):
        factor_readout(maps, MicroarchMaps(maps.image, factors=np.ones((512, 2048, 1))))
    with pytest.raises(ValueError, match="fewer than n_splits=900"):
        factor_readout(maps, maps, n_splits=900)
