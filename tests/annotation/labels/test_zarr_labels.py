"""Labels of OME-Zarr, as ome-zarr-py and this library write them."""

import warnings

import numpy as np
import pytest
import zarr

with warnings.catch_warnings():
    # ome-zarr calls a class of its own that it deprecates.
    warnings.simplefilter("ignore", DeprecationWarning)
    from ome_zarr.writer import write_image, write_labels

from sklearn_microarch.annotation.labels._read_label_image import read_label_image
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import OmeZarrWriter, SliceImage, read_ome_zarr

METADATA = {
    "colors": [{"label-value": 1, "rgba": [255, 0, 0, 255]}],
    "properties": [
        {"label-value": 1, "name": "CTX"},
        {"label-value": 2, "class": "CC"},
        {"label-value": 7, "name": "TH"},
    ],
}


def write(path, labels, name="regions", edge=0.5, *, axes="yx", image=True):
    group = zarr.open_group(path, mode="a")
    options = {
        "axes": axes,
        "scale": dict.fromkeys(axes, edge),
        "axes_units": dict.fromkeys(axes, "micrometer"),
        "scale_factors": [2],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if image:
            write_image(np.ones(labels.shape, np.uint16), group, **options)
        chunks = {"chunks": (64,) * labels.ndim}
        write_labels(
            labels,
            group,
            name=name,
            label_metadata=METADATA,
            storage_options=chunks,
            **options,
        )


@pytest.fixture
def path(tmp_path, codes):
    found = tmp_path / "section.zarr"
    # Nearly all its chunks are empty, and are not stored.
    whole = np.zeros((300, 400), np.uint16)
    whole[:40, :60] = codes
    write(found, whole)
    return found


@pytest.mark.parametrize("inner", ["", "labels", "labels/regions"])
def test_missing_chunks_are_background_and_names_are_properties(path, inner, codes):
    rois = read_label_image(path / inner)
    assert rois.areas() == {"CTX": 350, "CC": 368, "TH": 425}
    assert np.array_equal(rois.codes[:40, :60], codes)
    assert rois.colors == {1: (255, 0, 0)}
    assert rois.pixel_size_um == 0.5
    assert np.array_equal(
        rois.on(read_ome_zarr(path, allow_missing_chunks=True)), rois.codes
    )


def test_one_of_several_labels_must_be_named(path, codes):
    write(path, np.zeros((300, 400), np.uint16), "cells", image=False)
    with pytest.raises(ImageFileError, match=r"2 label images, 'cells', 'regions'"):
        read_label_image(path)


def test_stacks_need_a_plane(tmp_path, codes):
    path = tmp_path / "stack.zarr"
    write(path, np.stack([codes * 0, codes]), axes="zyx")
    assert read_label_image(path, z=1).areas() == {"CTX": 350, "CC": 368, "TH": 425}
    with pytest.raises(ImageFileError, match="choose one with z=0 to z=1"):
        read_label_image(path)


def test_labels_of_another_resolution_keep_their_pixel_size(tmp_path, codes):
    path = tmp_path / "section.zarr"
    write(path, np.zeros((160, 240), np.uint16), "other", edge=0.5)
    write(path, codes, edge=2.0, image=False)
    like = SliceImage(np.zeros((160, 240)), pixel_size_um=0.5)
    rois = read_label_image(path / "labels" / "regions", like=like)
    assert rois.pixel_size_um == 2.0
    assert rois.offset_um == (0.75, 0.75)
    assert np.array_equal(rois.on(like), np.kron(codes, np.ones((4, 4), int)))
    assert read_label_image(path / "labels" / "regions").offset_um == (0.75, 0.75)


def test_labels_of_this_library_come_back(tmp_path, codes):
    path = tmp_path / "maps.ome.zarr"
    about = {1: {"name": "CTX"}, 2: {"name": "CC"}, 7: {"name": "TH"}}
    with OmeZarrWriter(path, shape=codes.shape, pixel_size_um=1.17) as writer:
        writer.add_image(["grey"], dtype="uint8")[:] = 7
        writer.add_label("regions", properties=about)[:] = codes
    rois = read_label_image(path)
    assert rois.areas() == {"CTX": 350, "CC": 368, "TH": 425}


def test_what_holds_no_labels_is_an_error(tmp_path):
    with pytest.raises(ImageFileError, match="none of OME-Zarr"):
        read_label_image(tmp_path)
    group = zarr.open_group(tmp_path / "floats.zarr", mode="w")
    write_image(np.zeros((30, 40)), group, axes="yx", scale_factors=[])
    with pytest.raises(ImageFileError, match="float64; labels are integers"):
        read_label_image(tmp_path / "floats.zarr")
