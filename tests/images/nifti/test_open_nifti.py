"""Tests of sklearn_microarch.images.nifti: planes of volumes."""

import contextlib
import gzip
import sys

import nibabel
import numpy as np
import pytest

from sklearn_microarch import read_image
from sklearn_microarch.exceptions import ImageFileError


def save(path, values, zooms=None, unit=None, kind=nibabel.Nifti1Image):
    volume = kind(values, np.eye(4))
    if zooms is not None:
        volume.header.set_zooms(zooms)
    if unit is not None:
        volume.header.set_xyzt_units(unit)
    nibabel.save(volume, path)
    return path


@pytest.fixture
def volume(rng):
    """Return values over x, y and z."""
    return rng.integers(0, 4096, (9, 7, 5)).astype(np.uint16)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
def test_a_plane_has_rows_of_y_and_columns_of_x(tmp_path, volume, name, kind):
    path = save(tmp_path / name, volume, (0.025, 0.025, 0.1), "mm", kind)
    image = read_image(path, z=3)
    np.testing.assert_array_equal(image.pixels, volume[:, :, 3].T)
    assert image.dtype == np.uint16
    assert image.pixel_size_um == pytest.approx(25)
    assert (image.name, "plane z=3" in image.notes) == ("a", True)
    with pytest.raises(ImageFileError, match=r"a\.nii.*5 planes along z.*z=0 to z=4"):
        read_image(path)
    with pytest.raises(ImageFileError, match="z=5 does not exist"):
        read_image(path, z=5)


def test_time_is_chosen_too(tmp_path, rng):
    values = rng.random((6, 7, 3, 2)).astype(np.float32)
    path = save(tmp_path / "a.nii", values)
    image = read_image(path, z=2, t=1)
    np.testing.assert_array_equal(image.pixels, values[:, :, 2, 1].T)
    with pytest.raises(ImageFileError, match="2 planes along t"):
        read_image(path, z=2)


@pytest.mark.parametrize(
    "zooms, unit, um",
    [
        ((1, 1, 1), None, None),
        ((10, 10, 1), "micron", 10),
        ((1e-5, 1e-5, 1), "meter", 10),
    ],
)
def test_a_voxel_has_a_size_where_a_unit_is_stated(tmp_path, volume, zooms, unit, um):
    found = read_image(save(tmp_path / "a.nii", volume, zooms, unit), z=0).pixel_size_um
    assert found == (um if um is None else pytest.approx(um))


def test_voxels_that_are_not_square_are_refused_unless_told(tmp_path, volume):
    path = save(tmp_path / "a.nii", volume, (1, 2, 3), "mm")
    with pytest.raises(ImageFileError, match="1000 um wide and 2000 um high"):
        read_image(path, z=0)
    assert read_image(path, z=0, pixel_size_um=5).pixel_size_um == 5


def test_a_scale_of_the_values_is_applied(tmp_path, volume):
    image = nibabel.Nifti1Image(volume.astype(np.int16), np.eye(4))
    image.header.set_slope_inter(1.5, 3)
    nibabel.save(image, tmp_path / "a.nii")
    expected = nibabel.load(tmp_path / "a.nii").get_fdata()[..., 1].T
    np.testing.assert_allclose(read_image(tmp_path / "a.nii", z=1).pixels, expected)
    assert expected.max() > 3


def test_a_volume_that_claims_more_than_it_can_hold_is_refused(tmp_path, volume):
    content = bytearray(save(tmp_path / "a.nii", volume).read_bytes())
    content[42:48] = np.array([30_000] * 3, "<i2").tobytes()
    (tmp_path / "a.nii").write_bytes(content)
    with pytest.raises(ImageFileError, match=r"a\.nii.*bytes of voxels"):
        read_image(tmp_path / "a.nii", z=0)
    content[42:48] = np.array([700, 700, 700], "<i2").tobytes()
    (tmp_path / "a.nii").write_bytes(content)
    with pytest.raises(ImageFileError, match="truncated or damaged"):
        read_image(tmp_path / "a.nii", z=0)
    (tmp_path / "a.nii.gz").write_bytes(gzip.compress(bytes(content)))
    with pytest.raises(ImageFileError, match="truncated or damaged"):
        read_image(tmp_path / "a.nii.gz", z=0)


def test_damage_is_a_typed_error_or_a_plane(tmp_path, volume, rng):
    whole = save(tmp_path / "a.nii.gz", volume).read_bytes()
    plain = gzip.decompress(whole)
    for number in range(60):
        content = bytearray(plain if number % 3 else whole)
        content = content[: rng.integers(4, len(content))] if number % 2 else content
        for at in rng.integers(0, min(352, len(content)), 2):
            content[at] ^= 1 << rng.integers(8)
        (tmp_path / "b.nii").write_bytes(content)
        with contextlib.suppress(ImageFileError):
            read_image(tmp_path / "b.nii", z=1)


def test_without_nibabel_the_error_says_how_to_get_it(tmp_path, volume, monkeypatch):
    path = save(tmp_path / "a.nii", volume)
    monkeypatch.setitem(sys.modules, "nibabel", None)
    with pytest.raises(ImportError, match=r"pip install 'sklearn-microarch\[annot"):
        read_image(path, z=0)
