"""Label images lie on slices by their pixel size, to half a pixel."""

import numpy as np
import pytest
import tifffile

from sklearn_microarch.annotation.labels._read_label_image import read_label_image
from sklearn_microarch.exceptions import AnnotationWarning, ImageFileError
from sklearn_microarch.images import SliceImage


def slice_of(shape, edge=None, **more):
    return SliceImage(np.zeros(shape), pixel_size_um=edge, **more)


def test_labels_of_the_slices_shape_lie_pixel_on_pixel(codes):
    for like in (slice_of((40, 60)), slice_of((40, 60), 1.3)):
        rois = read_label_image(codes, like=like)
        assert np.array_equal(rois.on(like), codes)
        assert rois.pixel_size_um == like.pixel_size_um
    part = slice_of((40, 60), 2.0, downsample=2.0, crop=(100, 30))
    assert np.array_equal(read_label_image(codes, like=part).on(part), codes)


@pytest.mark.parametrize("times", [2, 3, 5])
def test_coarser_labels_begin_at_the_slices_corner(codes, times):
    like = slice_of((40 * times, 60 * times), 1.5)
    rois = read_label_image(codes, like=like, pixel_size_um=1.5 * times)
    assert np.array_equal(rois.on(like), np.kron(codes, np.ones((times,) * 2, int)))
    level = slice_of((40, 60), 1.5 * times, downsample=float(times))
    assert np.array_equal(rois.on(level), codes)


def test_labels_of_the_full_resolution_lie_on_a_level(codes):
    fine = np.kron(codes, np.ones((4, 4), np.uint8))
    level = slice_of((40, 60), 4.0, downsample=4.0)
    rois = read_label_image(fine, like=level)
    assert rois.pixel_size_um == 1.0
    assert np.array_equal(rois.on(level), codes)
    unknown = slice_of((40, 60), downsample=4.0)
    assert np.array_equal(read_label_image(fine, like=unknown).on(unknown), codes)


def test_a_part_of_the_picture_takes_its_part_of_the_labels(codes):
    part = slice_of((20, 30), 1.0, crop=(10, 5))
    rois = read_label_image(codes, like=part, pixel_size_um=1.0)
    assert np.array_equal(rois.on(part), codes[10:30, 5:35])


def test_without_a_pixel_size_another_shape_is_asked_about(codes):
    with pytest.raises(ImageFileError, match=r"40 x 60 pixels and the slice 80 x 120"):
        read_label_image(codes, like=slice_of((80, 120), 1.0))
    with pytest.raises(ImageFileError, match="such as 2 if both show the same"):
        read_label_image(codes, like=slice_of((80, 120), 1.0))
    with pytest.raises(ImageFileError, match="read the slice with pixel_size_um="):
        read_label_image(codes, like=slice_of((80, 120)), pixel_size_um=5.0)


def test_what_does_not_agree_is_warned_of(tmp_path, codes):
    path = tmp_path / "labels.tif"
    tifffile.imwrite(path, codes, resolution=(1e4 / 7, 1e4 / 7), resolutionunit=3)
    with pytest.warns(
        AnnotationWarning, match="7 um by its file and 2 um by the slice"
    ):
        rois = read_label_image(path, like=slice_of((40, 60), 2.0))
    assert rois.pixel_size_um == 2.0
    with pytest.warns(
        AnnotationWarning, match="covers 280 x 420 um and the slice only"
    ):
        read_label_image(path, like=slice_of((50, 70), 2.0))


def test_an_offset_that_is_given_counts(codes):
    like = slice_of((60, 80), 2.0)
    rois = read_label_image(codes, like=like, pixel_size_um=2.0, offset_um=(20, 10))
    assert np.array_equal(rois.on(like)[10:50, 5:65], codes)
