"""Tests of sklearn_microarch.mapping._microarch_maps."""

import numpy as np
import pytest
import tifffile
from pipelines import fitted_pipeline, phantom

from sklearn_microarch import map_slice
from sklearn_microarch.images import read_tiff


@pytest.fixture(scope="module")
def maps():
    return map_slice(fitted_pipeline(names=True), phantom().images[1], stride=32)


def test_thinned_maps_hold_one_value_per_pixel(maps):
    thin = maps.thinned()
    assert thin.stride == 1
    assert thin.pixel_size_um == pytest.approx(1.17 * 32)
    assert thin.image.shape == thin.clusters.shape == (8, 32)
    np.testing.assert_array_equal(thin.clusters, maps.clusters[::32, ::32])
    assert (thin.clusters >= 0).sum() == (maps.clusters >= 0).sum() > 50
    assert thin.thinned() is thin


def test_predicted_regions_are_the_most_probable(maps):
    regions = maps.predicted_regions()
    known = maps.clusters >= 0
    assert (regions[~known] == -1).all()
    probabilities = maps.region_probabilities[known]
    np.testing.assert_array_equal(regions[known], probabilities.argmax(axis=1))
    with pytest.raises(ValueError, match="no region probabilities"):
        maps.replace(region_probabilities=None).predicted_regions()


def test_tiff_files_keep_values_names_and_pixel_size(maps, tmp_path):
    thin = maps.thinned()
    paths = {path.name: path for path in thin.to_tiff(tmp_path / "maps")}
    stem = thin.image.name
    factors = read_tiff(paths[f"{stem}_factors.tif"])
    assert factors.pixel_size_um == pytest.approx(1.17 * 32)
    np.testing.assert_array_equal(
        factors.data, np.moveaxis(thin.factors, -1, 0).astype(np.float32)
    )
    clusters = read_tiff(paths[f"{stem}_clusters.tif"])
    np.testing.assert_array_equal(clusters.data, thin.clusters)
    description = tifffile.tiffcomment(paths[f"{stem}_regions.tif"])
    for name in maps.region_names:
        assert f'Name="{name}"' in description


def test_names_of_files_stay_inside_the_folder(maps, tmp_path):
    named = maps.thinned().replace(image=maps.thinned().image.replace(name="../a b/c"))
    paths = named.to_tiff(tmp_path / "out")
    assert {path.parent for path in paths} == {tmp_path / "out"}
    with pytest.raises(NotADirectoryError, match="is a file"):
        named.to_tiff(paths[0])


def test_existing_files_are_kept_unless_told(maps, tmp_path):
    thin = maps.thinned()
    first, *others = thin.to_tiff(tmp_path)
    for path in others:
        path.unlink()
    before = first.read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        thin.to_tiff(tmp_path)
    assert list(tmp_path.iterdir()) == [first]
    assert first.read_bytes() == before
    assert len(thin.to_tiff(tmp_path, overwrite=True)) == 3
