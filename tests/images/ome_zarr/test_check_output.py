"""Tests of sklearn_microarch.images.ome_zarr._check_output."""

import numpy as np
import pytest
import zarr

from sklearn_microarch import RoiMap, read_rois
from sklearn_microarch.images.ome_zarr._check_output import check_output

RECORD = dict.fromkeys(["model", "image", "factors", "regions", "clusters"])


@pytest.fixture
def earlier(tmp_path):
    """Return the path of maps that were written before."""
    path = tmp_path / "maps.zarr"
    zarr.create_group(path, attributes={"of": "before", "sklearn_microarch": RECORD})
    return path


def test_a_group_is_replaced_only_when_told(earlier):
    with pytest.raises(FileExistsError, match="pass overwrite=True"):
        check_output(earlier, overwrite=False)
    check_output(earlier, overwrite=True)


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_no_group_is_never_replaced(tmp_path, overwrite):
    folder = tmp_path / "photos"
    folder.mkdir()
    array = tmp_path / "array.zarr"
    zarr.create_array(array, shape=(3,), dtype="u1")
    file = tmp_path / "notes.txt"
    file.write_text("notes")
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "zarr.json").write_text("{")
    for path in (folder, array, file, damaged):
        with pytest.raises(
            FileExistsError, match=r"is no zarr group.*choose another path"
        ):
            check_output(path, overwrite=overwrite)


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("record", [None, {}, {"model": 1, "image": 2}, "maps"])
def test_a_group_that_does_not_say_it_holds_maps_is_never_replaced(
    tmp_path, zarr_format, record
):
    path = tmp_path / "raw.zarr"
    attributes = {} if record is None else {"sklearn_microarch": record}
    zarr.create_group(path, zarr_format=zarr_format, attributes=attributes)
    with pytest.raises(FileExistsError, match=r"raw\.zarr does not say.*raw data"):
        check_output(path, overwrite=True)


@pytest.mark.parametrize("place", ["my_cells", "labels/mine", "slice/mine"])
def test_maps_to_which_something_was_added_are_not_replaced(earlier, place):
    check_output(earlier, overwrite=True)
    zarr.create_array(f"{earlier}/{place}", shape=(3,), dtype="u1")
    with pytest.raises(FileExistsError, match=rf"more than maps.*\({place}\)"):
        check_output(earlier, overwrite=True)


def write_annotation(path, **options):
    codes = np.zeros((30, 40), dtype=int)
    codes[5:20, 5:20] = 1
    return RoiMap(codes, {1: "CTX"}, pixel_size_um=2).write(path, **options)


def test_an_annotation_is_replaced_when_told(tmp_path):
    path = write_annotation(tmp_path / "regions.ome.zarr")
    with pytest.raises(FileExistsError, match="pass overwrite=True"):
        write_annotation(path)
    write_annotation(path, overwrite=True)
    assert read_rois(path).areas() == {"CTX": 225}


@pytest.mark.parametrize("place", ["mine", "labels/mine", "slice/0", "regions/0"])
def test_an_annotation_to_which_something_was_added_is_not_replaced(tmp_path, place):
    path = write_annotation(tmp_path / "regions.ome.zarr")
    zarr.create_array(f"{path}/{place}", shape=(3,), dtype="u1")
    with pytest.raises(FileExistsError, match="more than maps or an annotation"):
        write_annotation(path, overwrite=True)


def test_an_annotation_whose_picture_was_filled_is_not_replaced(tmp_path):
    path = write_annotation(tmp_path / "regions.ome.zarr")
    zarr.open_array(f"{path}/0")[0, 29, 39] = 1
    with pytest.raises(FileExistsError, match=r"\(0\)"):
        write_annotation(path, overwrite=True)


@pytest.mark.parametrize("place", ["clusters/mine", "regions/mine"])
def test_what_was_added_within_labels_is_not_replaced(earlier, place):
    zarr.create_group(f"{earlier}/labels/{place.partition('/')[0]}")
    check_output(earlier, overwrite=True)
    zarr.create_array(f"{earlier}/labels/{place}", shape=(3,), dtype="u1")
    with pytest.raises(FileExistsError, match=rf"\(labels/{place}\)"):
        check_output(earlier, overwrite=True)


def test_the_folder_to_write_into_must_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*maps for a\.zarr"):
        check_output(tmp_path / "maps" / "a.zarr", overwrite=False)
