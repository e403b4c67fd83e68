"""Tests of fetch_prasad2020, on files and on the real slice."""

import numpy as np
import pytest

from sklearn_microarch.datasets import fetch_prasad2020
from sklearn_microarch.exceptions import DataNotFoundError, ImageFileError
from sklearn_microarch.images import write_tiff

SHAPE = (1420, 5805)
EIGHT = {1: "cortex", 2: "striatum", 3: "TRN", 4: "VP"}
EIGHT |= {5: "ZI", 6: "IC", 7: "hypothalamus", 8: "CC"}
SIX = {1: "cortex", 2: "striatum", 4: "VP", 5: "ZI", 6: "WM", 7: "hypothalamus"}


@pytest.fixture
def rois():
    """Return a map that has all the codes, in bands of unequal width."""
    codes = np.zeros(SHAPE, dtype=np.uint8)
    for code in range(1, 9):
        codes[:, 600 * code : 640 * code] = code
    return codes


def write(folder, name, pixels):
    folder.mkdir(exist_ok=True)
    return write_tiff(folder / name, pixels)


def grey_slice(level=100):
    return np.full(SHAPE, level, dtype=np.uint8)


def test_a_slice_without_regions_has_none(empty_home):
    path = write(empty_home, "prasad2020_z200.tif", grey_slice())
    data = fetch_prasad2020(200)
    assert data.rois is None
    assert data.label_source is None
    assert data.filenames == [path]
    assert "None: there is no file of regions" in data.DESCR


def test_a_slice_knows_what_it_is(empty_home):
    write(empty_home, "prasad2020_z200.tif", grey_slice())
    data = fetch_prasad2020(200)
    assert (data.image.name, data.image.specimen) == ("prasad2020_z200", "prasad2020")
    assert data.image.pixel_size_um == data.pixel_size_um == 1.17
    assert (data.image.data == 100).all()


def test_regions_are_given_with_their_names(empty_home, rois):
    write(empty_home, "prasad2020_z159.tif", grey_slice())
    write(empty_home, "prasad2020_z159_rois.tif", rois)
    eight, six = fetch_prasad2020(), fetch_prasad2020(six_class=True)
    np.testing.assert_array_equal(eight.rois, rois)
    assert (eight.roi_names, six.roi_names) == (EIGHT, SIX)
    assert set(np.unique(six.rois)) == {0, *SIX}
    np.testing.assert_array_equal(six.rois == 6, np.isin(rois, [6, 8]))
    np.testing.assert_array_equal(six.rois == 0, np.isin(rois, [0, 3]))


@pytest.mark.parametrize("z, source", [(159, "silver"), (309, "unknown")])
def test_labels_without_a_record_are_not_called_published(empty_home, rois, z, source):
    write(empty_home, f"prasad2020_z{z}.tif", grey_slice())
    write(empty_home, f"prasad2020_z{z}_rois.tif", rois)
    data = fetch_prasad2020(z)
    assert data.label_source == source
    assert source.capitalize() in data.DESCR or "unknown origin" in data.DESCR


def test_the_cache_is_searched_after_the_folder_of_the_variable(tmp_path, empty_home):
    write(tmp_path / "cache", "a.tif", grey_slice()).unlink()
    cache = tmp_path / "cache" / "sklearn_microarch"
    write(cache, "prasad2020_z200.tif", grey_slice(1))
    assert fetch_prasad2020(200).image.data[0, 0] == 1
    write(empty_home, "prasad2020_z200.tif", grey_slice(2))
    assert fetch_prasad2020(200).image.data[0, 0] == 2


def test_a_missing_slice_names_the_folders_and_the_remedies(tmp_path, empty_home):
    with pytest.raises(DataNotFoundError) as caught:
        fetch_prasad2020(209)
    message = str(caught.value)
    for part in (
        "prasad2020_z209.tif is in none of the folders searched",
        str(empty_home),
        str(tmp_path / "cache" / "sklearn_microarch"),
        "SKLEARN_MICROARCH_DATA",
        "download_if_missing=True",
        "make_thalamocortical_phantom",
    ):
        assert part in message
    assert "preview" not in message


def test_a_preview_is_never_given_for_a_raw_slice(empty_home):
    write(empty_home, "prasad2020_z309_preview.tif", grey_slice())
    with pytest.raises(DataNotFoundError, match=r"variant='preview'.*19-level.*no raw"):
        fetch_prasad2020(309)
    data = fetch_prasad2020(309, variant="preview")
    assert data.image.name == "prasad2020_z309_preview"
    assert "not raw data" in data.DESCR


def test_a_preview_is_not_downloaded(empty_home):
    with pytest.raises(DataNotFoundError, match="preview") as caught:
        fetch_prasad2020(200, variant="preview", download_if_missing=True)
    assert "download_if_missing" not in str(caught.value)


@pytest.mark.parametrize(
    "pixels", [np.zeros((100, 200), np.uint8), np.zeros(SHAPE, np.uint16)]
)
def test_a_file_of_another_size_or_type_is_refused(empty_home, pixels):
    write(empty_home, "prasad2020_z200.tif", pixels)
    with pytest.raises(ImageFileError, match=r"z200\.tif.*uint8 and \(1420, 5805\)"):
        fetch_prasad2020(200)


def test_a_map_with_other_codes_is_refused(empty_home, rois):
    rois[5, 5], rois[9, 9] = 9, 200
    write(empty_home, "prasad2020_z159.tif", grey_slice())
    write(empty_home, "prasad2020_z159_rois.tif", rois)
    with pytest.raises(ImageFileError, match=r"z159_rois\.tif.*\[9, 200\]"):
        fetch_prasad2020()


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"z": 720}, ValueError, "z=720 must be at most 719"),
        ({"z": -1}, ValueError, "z=-1"),
        ({"z": 159.0}, TypeError, "z=159.0"),
        ({"z": True}, TypeError, "z=True"),
        ({"z": 10**400}, ValueError, "z=1000.* at most 719"),
        ({"z": float("nan")}, TypeError, "z=nan"),
        ({"variant": "small"}, ValueError, "variant='small'"),
        ({"variant": ["raw"]}, ValueError, r"variant=\['raw'\]"),
        ({"six_class": "no"}, TypeError, "six_class='no'"),
        ({"download_if_missing": None}, TypeError, "download_if_missing=None"),
        ({"data_home": 5}, TypeError, "data_home=5"),
        ({"data_home": "a\0b"}, ValueError, "data_home=.*null character"),
        ({"data_home": "~nobody-of-this-name/a"}, ValueError, "data_home=.*not known"),
        ({"timeout": None}, TypeError, "timeout=None"),
        ({"timeout": float("nan")}, ValueError, "timeout=nan"),
        ({"timeout": 1e300}, ValueError, r"timeout=1e\+300 .*86400 seconds"),
        ({"timeout": 0}, ValueError, "timeout=0"),
        ({"base_url": None}, TypeError, "base_url=None"),
    ],
)
def test_bad_arguments_are_named(empty_home, options, error, message):
    with pytest.raises(error, match=message):
        fetch_prasad2020(**options)


def test_the_real_slice_is_found(prasad_home):
    data = fetch_prasad2020(z=159, data_home=prasad_home)
    assert data.image.data.shape == data.rois.shape == SHAPE
    assert len(np.unique(data.image.data)) == 256
    assert np.unique(data.rois).tolist() == list(range(9))
    assert 3.8e6 < np.count_nonzero(data.rois) < 4.0e6


def test_the_real_preview_has_19_levels(prasad_home):
    if not (prasad_home / "prasad2020_z309_preview.tif").is_file():
        pytest.skip("needs prasad2020_z309_preview.tif beside the real slice")
    data = fetch_prasad2020(z=309, data_home=prasad_home, variant="preview")
    assert len(np.unique(data.image.data)) == 19
