"""Tests of MicroarchMaps.to_nifti."""

import nibabel
import numpy as np
import pytest

from sklearn_microarch import SliceImage, read_image, read_rois
from sklearn_microarch.mapping import MicroarchMaps


@pytest.fixture
def maps(rng):
    """Return maps of 5 x 7 cells, of which the last row has no value."""
    image = SliceImage(np.zeros((40, 56)), 2.0, name="a b", z_um=300.0)
    probabilities = rng.dirichlet([1, 1, 1], size=(5, 7))
    probabilities[-1] = np.nan
    clusters = rng.integers(0, 3, size=(5, 7))
    clusters[-1] = -1
    return MicroarchMaps(
        image,
        cell_size=8,
        offset=(2.0, 4.0),
        factors=rng.random((5, 7, 2)),
        factor_names=["factor00_VP", "factor03_ZI"],
        clusters=clusters,
        region_probabilities=probabilities,
        region_names=["CTX", "VP", "ZI"],
        novelty=rng.random((5, 7)),
    )


def test_each_kind_of_map_is_a_volume_of_one_plane(maps, tmp_path):
    paths = maps.to_nifti(tmp_path / "new")
    assert [path.name for path in paths] == [
        "a_b_factors.nii.gz",
        "a_b_regions.nii.gz",
        "a_b_novelty.nii.gz",
        "a_b_region_labels.nii.gz",
        "a_b_clusters.nii.gz",
        "a_b_region_labels.label",
        "a_b_clusters.label",
    ]
    factors = nibabel.load(paths[0])
    assert factors.shape == (7, 5, 1, 2)
    values = np.asarray(factors.dataobj)[:, :, 0].swapaxes(0, 1)
    np.testing.assert_array_equal(values, maps.factors.astype(np.float32))
    (names,) = factors.header.extensions
    assert "channels: factor00_VP, factor03_ZI" in str(names.get_content())


def test_cells_have_their_size_and_place_in_millimetres(maps, tmp_path):
    paths = maps.to_nifti(tmp_path)
    for path in paths[:5]:
        volume = nibabel.load(path)
        assert volume.header.get_xyzt_units()[0] == "mm"
        # 8 pixels of 2 um; the first cell is at row 2, column 4.
        np.testing.assert_allclose(volume.header.get_zooms()[:3], 0.016)
        np.testing.assert_allclose(volume.affine[:3, 3], [0.008, 0.004, 0.3])


def test_labels_begin_at_one_and_have_their_names_for_itksnap(maps, tmp_path):
    paths = maps.to_nifti(tmp_path)
    plane = read_image(paths[3])
    np.testing.assert_array_equal(plane.data, maps.predicted_regions + 1)
    assert plane.pixel_size_um == pytest.approx(16)
    found = read_rois(paths[3], table=paths[5])
    assert set(found.region_names) <= {"CTX", "VP", "ZI"}
    np.testing.assert_array_equal(read_image(paths[4]).data, maps.clusters + 1)


def test_files_that_exist_are_replaced_only_when_told(maps, tmp_path):
    first = maps.to_nifti(tmp_path)[0].read_bytes()
    with pytest.raises(FileExistsError, match=r"a_b_factors.*overwrite=True"):
        maps.to_nifti(tmp_path)
    # Equal maps are equal files.
    assert maps.to_nifti(tmp_path, overwrite=True)[0].read_bytes() == first
    with pytest.raises(NotADirectoryError, match="name a folder"):
        maps.to_nifti(tmp_path / "a_b_clusters.label")


def test_without_a_pixel_size_lengths_count_cells(tmp_path):
    maps = MicroarchMaps(SliceImage(np.zeros((6, 8))), clusters=np.ones((6, 8), int))
    volume = nibabel.load(maps.to_nifti(tmp_path)[0])
    assert volume.header.get_xyzt_units()[0] == "unknown"
    np.testing.assert_array_equal(volume.affine, np.eye(4))


def test_clusters_that_are_names_do_not_fit_a_label_image(tmp_path):
    names = np.full((6, 8), "L4")
    maps = MicroarchMaps(SliceImage(np.zeros((6, 8))), clusters=names)
    with pytest.raises(TypeError, match="only integer clusters"):
        maps.to_nifti(tmp_path)
    assert not list(tmp_path.iterdir())
