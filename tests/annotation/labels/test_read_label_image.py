"""Label images of every kind give the codes, names and sizes that were written."""

import json

import nibabel
import numpy as np
import pytest
import tifffile
from PIL import Image

from sklearn_microarch.annotation.labels._read_label_image import read_label_image
from sklearn_microarch.annotation.tables._read_structure_tree import (
    read_structure_tree,
)
from sklearn_microarch.annotation.tables._structure_tree import StructureTree
from sklearn_microarch.exceptions import AnnotationWarning, ImageFileError
from sklearn_microarch.images import SliceImage

BY_NUMBER = {"1": 350, "2": 368, "7": 425}
NAMES = {1: "CTX", 2: "CC", 7: "TH"}
BY_NAME = {"CTX": 350, "CC": 368, "TH": 425}


@pytest.mark.parametrize(
    "dtype", ["uint8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
)
@pytest.mark.parametrize("compression", [None, "zlib", "lzw"])
def test_tiff_labels_of_every_type_are_read(tmp_path, codes, dtype, compression):
    path = tmp_path / "labels.tif"
    tifffile.imwrite(path, codes.astype(dtype), compression=compression)
    rois = read_label_image(path, names=NAMES)
    assert rois.codes.dtype == np.int64
    assert np.array_equal(rois.codes, codes)
    assert rois.areas() == BY_NAME


def test_a_palette_tiff_holds_indices_and_colours(tmp_path, codes):
    path = tmp_path / "labels.tif"
    palette = np.zeros((3, 256), dtype=np.uint16)
    palette[:, 7] = 65535, 256 * 18, 0
    tifffile.imwrite(path, codes, photometric="palette", colormap=palette)
    rois = read_label_image(path)
    assert rois.areas() == BY_NUMBER
    assert rois.colors[7] == (255, 18, 0)
    assert any("called by their numbers" in note for note in rois.notes)


def test_a_stack_of_tiff_labels_needs_its_plane(tmp_path, codes):
    path = tmp_path / "labels.tif"
    stack = np.stack([np.zeros_like(codes), codes, codes + 1])
    plain = {"photometric": "minisblack"}
    tifffile.imwrite(path, stack, metadata={"axes": "ZYX"}, **plain)
    assert read_label_image(path, z=1).areas() == BY_NUMBER
    with pytest.raises(ImageFileError, match="3 planes along z; choose one with z=0"):
        read_label_image(path)
    with pytest.raises(ImageFileError, match="z=3 does not exist"):
        read_label_image(path, z=3)
    tifffile.imwrite(
        path, np.stack([stack, stack[::-1]]), metadata={"axes": "TZYX"}, **plain
    )
    assert np.array_equal(read_label_image(path, z=0, t=1).codes, codes + 1)


def test_the_level_of_a_pyramid_that_fits_the_slice_is_read(tmp_path, codes):
    path = tmp_path / "labels.ome.tif"
    with tifffile.TiffWriter(path) as tif:
        tif.write(np.kron(codes, np.ones((2, 2), np.uint8)), subifds=1)
        tif.write(codes, subfiletype=1)
    like = SliceImage(np.zeros((40, 60)), pixel_size_um=2.0, downsample=2.0)
    rois = read_label_image(path, like=like)
    assert rois.areas() == BY_NUMBER
    assert np.array_equal(rois.on(like), codes)
    assert any("level 1" in note for note in rois.notes)
    whole = read_label_image(path)
    assert whole.shape == (80, 120)


@pytest.mark.parametrize("mode", ["L", "P", "I;16"])
def test_png_labels_are_indices(tmp_path, codes, mode):
    path = tmp_path / "labels.png"
    picture = Image.fromarray(codes.astype(np.uint16) if mode == "I;16" else codes)
    if mode == "P":
        picture = picture.convert("L")
        picture.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0] + [9, 8, 7] * 5)
    picture.save(path)
    rois = read_label_image(path)
    assert rois.areas() == BY_NUMBER
    if mode == "P":
        assert rois.colors == {1: (255, 0, 0), 2: (0, 255, 0), 7: (9, 8, 7)}


def test_a_black_and_white_png_is_one_region(tmp_path, codes):
    path = tmp_path / "mask.png"
    Image.fromarray(codes == 1).save(path)
    assert read_label_image(path).areas() == {"1": 350}


@pytest.mark.parametrize(
    "shape", [(60, 40), (60, 40, 1), (60, 40, 3), (60, 40, 3, 2)], ids=str
)
def test_nifti_rows_are_its_second_axis(tmp_path, codes, shape):
    volume = np.zeros(shape, dtype=np.int16)
    where = [0] * (len(shape) - 2)
    where[:2] = [2, 1][: len(where)] if shape[-1] > 1 else where
    volume[(slice(None), slice(None), *where)] = codes.T
    image = nibabel.Nifti1Image(volume, np.diag([0.025, 0.025, 0.1, 1]))
    image.header.set_xyzt_units("mm")
    path = tmp_path / "seg.nii.gz"
    nibabel.save(image, path)
    z = where[0] if len(shape) > 2 else None
    rois = read_label_image(path, z=z, t=where[1] if len(shape) > 3 else None)
    assert np.array_equal(rois.codes, codes)
    assert rois.pixel_size_um == pytest.approx(25)
    assert any("point to RAS" in note for note in rois.notes)


def test_nifti_without_a_unit_has_no_pixel_size_and_names_from_the_file_beside(
    tmp_path, codes
):
    path = tmp_path / "seg.nii"
    nibabel.save(nibabel.Nifti1Image(codes.T.astype(np.uint8), np.eye(4)), path)
    (tmp_path / "seg.label").write_text(
        '0 0 0 0 0 0 0 "Clear Label"\n1 255 0 0 1 1 1 "CTX"\n2 0 9 0 1 1 1 "CC"\n'
        '7 0 0 9 1 1 1 "TH"\n'
    )
    rois = read_label_image(path)
    assert rois.areas() == BY_NAME
    assert rois.colors[1] == (255, 0, 0)
    assert rois.pixel_size_um is None
    assert any("seg.label" in note for note in rois.notes)


def test_nifti_of_floats_along_time_is_no_label_image(tmp_path):
    path = tmp_path / "prob.nii.gz"
    volume = np.zeros((6, 5, 4, 3), dtype=np.float32)
    nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), path)
    with pytest.raises(ImageFileError, match="probabilities"):
        read_label_image(path, z=0, t=0)
    volume = np.zeros((6, 5, 4, 3), dtype=np.uint8)
    nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), path)
    with pytest.raises(ImageFileError, match="3 planes along t"):
        read_label_image(path, z=0)


def write_flat(path, rows, *, n_bytes=2):
    height, width = rows.shape
    head = bytes([n_bytes]) + width.to_bytes(4) + height.to_bytes(4)
    path.write_bytes(head + rows.astype(f">u{n_bytes}").tobytes())
    return path


@pytest.mark.parametrize("n_bytes", [1, 2, 4])
def test_a_flat_value_is_the_row_of_the_list(tmp_path, codes, n_bytes):
    path = write_flat(tmp_path / "s001.flat", codes, n_bytes=n_bytes)
    table = tmp_path / "list.csv"
    ids = [0, 997, 8, 567, 688, 695, 315, 614454277]
    table.write_text("idx,name\n" + "".join(f"{i},region {i}\n" for i in ids))
    rois = read_label_image(path, table=table)
    assert rois.areas() == {"region 8": 368, "region 997": 350, "region 614454277": 425}
    assert np.array_equal(rois.codes, np.array(ids)[codes])


def test_a_flat_map_is_scaled_to_its_picture(tmp_path, codes):
    path = write_flat(tmp_path / "s001.flat", codes)
    table = {"table": tmp_path / "list.csv"}
    table["table"].write_text("id,name\n" + "".join(f"{i},r{i}\n" for i in range(9)))
    like = SliceImage(np.zeros((80, 120)), pixel_size_um=3.0)
    rois = read_label_image(path, like=like, **table)
    assert rois.shape == (40, 60)
    assert rois.pixel_size_um == pytest.approx(6)
    assert np.array_equal(rois.on(like), np.kron(codes, np.ones((2, 2), int)))
    for edge in (3.0, None):
        like = SliceImage(np.zeros((100, 120)), pixel_size_um=edge)
        on = read_label_image(path, like=like, **table).on(like)
        rows = ((np.arange(100) + 0.5) * 0.4).astype(int)
        assert np.array_equal(on, np.kron(codes, np.ones((1, 2), int))[rows])


def test_a_flat_map_needs_the_list_of_its_atlas(tmp_path, codes):
    path = write_flat(tmp_path / "s001.flat", codes)
    with pytest.raises(ImageFileError, match=r"rows of the atlas's list.*table="):
        read_label_image(path)
    table = tmp_path / "list.csv"
    table.write_text("id,name\n997,root\n8,grey\n")
    with pytest.raises(ImageFileError, match="begins with the id 997"):
        read_label_image(path, table=table)
    table.write_text("id,name\n0,Clear Label\n8,grey\n")
    with pytest.raises(ImageFileError, match=r"row 7.*rows 0 to 1"):
        read_label_image(path, table=table)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ImageFileError, match="truncated"):
        read_label_image(path, table=table)


def test_napari_labels_are_read_from_files_and_arrays(tmp_path, codes):
    path = tmp_path / "labels.npy"
    np.save(path, np.stack([codes * 0, codes]))
    assert read_label_image(path, z=1).areas() == BY_NUMBER
    assert read_label_image(codes, names=["CTX", "CC", "TH"]).areas() == BY_NAME
    image = SliceImage(codes, pixel_size_um=5)
    assert read_label_image(image).pixel_size_um == 5
    assert read_label_image(codes[np.newaxis, :, :, np.newaxis]).areas() == BY_NUMBER
    masks = SliceImage(np.stack([codes * 9, codes * 0, codes]))
    assert read_label_image(masks).areas() == {
        "#090001": 350,
        "#120002": 368,
        "#3f0007": 425,
    }
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ImageFileError, match="type object"):
        read_label_image(path)
    np.save(path, np.zeros((100, 3)))
    with pytest.raises(ImageFileError, match="list of points"):
        read_label_image(path)


def test_scribbles_of_labkit_are_labels_of_pixels(tmp_path):
    path = tmp_path / "leaf.tif.labeling"
    content = {
        "interval": {"min": [0, 0], "max": [19, 9], "n": 2},
        "labels": {"background": [[15, 2], [16, 2]], "leaf": [[3, 8], [16, 2]]},
        "colors": {"leaf": "#FF0000"},
    }
    path.write_text(json.dumps(content))
    rois = read_label_image(path)
    assert rois.shape == (10, 20)
    assert rois.areas() == {"background": 1, "leaf": 2}
    assert rois.codes[8, 3] == 2
    assert rois.colors == {2: (255, 0, 0)}
    assert any("'background' 1 pixels lost" in note for note in rois.notes)
    content["labels"]["leaf"] = [[20, 2]]
    path.write_text(json.dumps(content))
    with pytest.raises(ImageFileError, match="outside its interval"):
        read_label_image(path)


def test_uint32_ids_are_exact_from_file_to_table_and_back(tmp_path):
    ids = np.array([997, 614454277, 312782546, 2**32 - 1, 16777217], dtype=np.uint32)
    codes = np.repeat(np.repeat(ids[np.newaxis], 6, axis=0), 4, axis=1)
    path, table = tmp_path / "annotation.tiff", tmp_path / "structures.json"
    tifffile.imwrite(path, codes, compression="zlib")
    structures = [
        {
            "id": int(i),
            "acronym": f"a{i}",
            "name": f"area {i}",
            "structure_id_path": [997] if i == 997 else [997, int(i)],
            "rgb_triplet": [1, 2, 3],
        }
        for i in ids
    ]
    table.write_text(json.dumps(structures))
    rois = read_label_image(path, table=table)
    assert np.array_equal(rois.codes, codes)
    assert rois.names == {int(i): f"area {i}" for i in sorted(ids)}
    assert rois.tree.ancestors(2**32 - 1) == [997]
    assert rois.to_level([997]).areas() == {"a997": 120}
    by_tree = read_label_image(path, tree=read_structure_tree(table))
    assert by_tree.names[997] == "a997"


def test_names_that_are_given_find_their_place_in_a_tree(codes):
    parents = {997: None, 315: 997, 614454277: 315, 549: 997}
    acronyms = {997: "root", 315: "CTX", 614454277: "L1", 549: "TH"}
    tree = StructureTree(acronyms, parents, acronyms)
    rois = read_label_image(codes, names={1: "L1", 2: "CTX", 7: "TH"}, tree=tree)
    assert rois.to_level(["CTX"]).areas() == {"CTX": 718}
    with pytest.raises(ImageFileError, match="ids to 614454277"):
        read_label_image(codes, tree=tree)


def test_ids_that_a_file_cannot_hold_are_an_error(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("id,name\n1,CTX\n614454277,SNc\n")
    short = np.ones((9, 9), dtype=np.uint16)
    with pytest.raises(
        ImageFileError, match=r"uint16, at most 65535.*614454277 .'SNc'"
    ):
        read_label_image(short, table=table)
    assert read_label_image(short, names={1: "CTX"}).region_names == ["CTX"]
    rounded = np.full((9, 9), 614454277, dtype=np.float32)
    with pytest.raises(ImageFileError, match="float32, which is exact only up to"):
        read_label_image(rounded, table=table)


@pytest.mark.parametrize(
    "values, words",
    [
        (np.full((5, 6), 0.5), "holds 0.5, but labels are whole"),
        (np.full((5, 6), np.nan), "whole"),
        (np.full((5, 6), -2), "pass unannotated_code=-2"),
        (np.full((5, 6), 2**33), r"at most 2\*\*32"),
        (np.zeros((2, 2, 2, 5, 6), int) + 1, "labels are"),
        (np.zeros((0, 6), int), "empty"),
        (np.full((5, 6), 1j), "complex"),
    ],
)
def test_what_are_no_labels_is_an_error(values, words):
    with pytest.raises(ImageFileError, match=words):
        read_label_image(values)


def test_a_picture_is_not_taken_for_labels(tmp_path, rng):
    path = tmp_path / "picture.tif"
    tifffile.imwrite(path, rng.integers(0, 255, (50, 60), dtype=np.uint8))
    with pytest.raises(ImageFileError, match="seems to be a picture"):
        read_label_image(path)


def test_minus_one_can_stand_for_no_region(codes):
    values = codes.astype(int)
    values[values == 0] = -1
    rois = read_label_image(values, unannotated_code=-1)
    assert rois.areas() == BY_NUMBER
    assert rois.unannotated_code == -1


def test_tables_that_do_not_fit_are_warned_of(tmp_path, codes):
    table = tmp_path / "table.csv"
    table.write_text("id,name\n50,A\n60,B\n")
    with pytest.warns(AnnotationWarning, match=r"none of its ids \(1, 2, 7\) is in"):
        rois = read_label_image(codes, table=table)
    assert rois.areas() == BY_NUMBER
    table.write_text("id,name\n1,CTX\n2,CC\n")
    with pytest.warns(AnnotationWarning, match="1 of its 3 ids are not in .*: 7"):
        rois = read_label_image(codes, table=table)
    assert rois.region_names == ["CTX", "CC", "7"]
    with pytest.warns(AnnotationWarning, match="holds no region"):
        read_label_image(codes * 0)


def test_a_plane_where_there_is_one_is_an_error(tmp_path, codes):
    path = tmp_path / "labels.png"
    Image.fromarray(codes).save(path)
    with pytest.raises(ImageFileError, match="z=4 does not exist"):
        read_label_image(path, z=4)
    with pytest.raises(TypeError, match="z="):
        read_label_image(path, z="4")
    with pytest.raises(FileNotFoundError, match="no annotation"):
        read_label_image(tmp_path / "absent.png")
