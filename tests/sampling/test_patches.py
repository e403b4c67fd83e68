"""Tests of sklearn_microarch.sampling._patches."""

import pickle

import joblib
import numpy as np
import pytest
import torch
from sklearn.model_selection import train_test_split
from sklearn.utils import _safe_indexing

from sklearn_microarch.exceptions import PatchesTooLargeError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import Patches


@pytest.fixture
def patches(image):
    positions = [[0, 10, 20], [0, 40, 7], [0, 62, 80], [0, 9, 9], [0, 30, 31]]
    return Patches(image, positions, 8)


def explicit(patches):
    """Cut the same patches with plain slices, one at a time."""
    half = patches.patch_size // 2
    cut = []
    for index, row, col in patches.positions:
        rows = slice(row - half, row - half + patches.patch_size)
        cols = slice(col - half, col - half + patches.patch_size)
        cut.append(patches.images[index].data[..., rows, cols])
    return np.stack(cut)


@pytest.mark.parametrize("size", [1, 2, 7, 8])
def test_patches_are_the_pixels_around_their_centres(image, size):
    patches = Patches(image, [[20, 30], [8, 8], [61, 77]], size)
    np.testing.assert_array_equal(np.asarray(patches), explicit(patches))
    assert patches.shape == (3, size, size)
    assert patches.ndim == 3
    assert patches.dtype == np.uint16


def test_channels_come_before_rows_and_columns(rng):
    image = rng.normal(size=(3, 20, 30))
    patches = Patches(SliceImage(image), [[8, 9], [10, 20]], 5)
    assert patches.shape == (2, 3, 5, 5)
    np.testing.assert_array_equal(np.asarray(patches), explicit(patches))
    np.testing.assert_array_equal(patches[1], image[:, 8:13, 18:23])


@pytest.mark.parametrize("border", ["constant", "reflect"])
@pytest.mark.parametrize("channels", [None, 2])
def test_borders_are_filled_as_numpy_pads(rng, border, channels):
    shape = (9, 11) if channels is None else (channels, 9, 11)
    data = rng.normal(size=shape)
    rows, cols = np.mgrid[:9, :11].reshape(2, -1)
    patches = Patches(SliceImage(data), np.column_stack([rows, cols]), 8, border=border)
    width = [(0, 0)] * (len(shape) - 2) + [(4, 4), (4, 4)]
    padded = np.pad(data, width, mode=border)
    expected = [
        padded[..., r : r + 8, c : c + 8] for r, c in zip(rows, cols, strict=True)
    ]
    np.testing.assert_array_equal(np.asarray(patches), np.stack(expected))


def test_a_patch_larger_than_its_image_is_mirrored_again_and_again():
    data = np.arange(6.0).reshape(2, 3)
    patches = Patches(data, [[0, 0]], 9, border="reflect")
    padded = np.pad(data, [(4, 4), (4, 4)], mode="reflect")
    np.testing.assert_array_equal(patches[0], padded[:9, :9])


@pytest.mark.parametrize(
    "key",
    [
        slice(1, 4),
        slice(None, None, -2),
        [0, 2],
        np.array([3, -1]),
        np.array([True, False, True, False, True]),
        [],
        (np.array([4, 1]), ...),
        (slice(0, 2), slice(None)),
        ...,
    ],
)
def test_picking_rows_stays_lazy_and_equals_numpy(patches, key):
    picked = patches[key]
    assert isinstance(picked, Patches)
    expected = np.asarray(patches)[key]
    assert picked.shape == expected.shape
    np.testing.assert_array_equal(np.asarray(picked), expected)


@pytest.mark.parametrize(
    "key",
    [
        2,
        -1,
        np.int64(0),
        (1, 3),
        (1, slice(2, 5), 4),
        (slice(0, 3), 2),
        (..., 0),
        ([0, 1], [0, 1]),
        ([0, 1], [0, 1], [2, 3]),
        (slice(None), [0, 1]),
        np.array(3),
        None,
    ],
)
def test_picking_pixels_equals_numpy(patches, key):
    np.testing.assert_array_equal(patches[key], np.asarray(patches)[key])


def test_iteration_gives_arrays_and_ends(patches):
    np.testing.assert_array_equal(np.stack(list(patches)), np.asarray(patches))
    with pytest.raises(IndexError, match="row 5 is out of range for 5 patches"):
        patches[5]


def test_scikit_learn_indexes_and_splits_without_copying(patches):
    assert isinstance(_safe_indexing(patches, [1, 2]), Patches)
    train, test = train_test_split(patches, test_size=2, random_state=0)
    assert isinstance(train, Patches)
    assert len(train) == 3
    assert test.images[0].data is patches.images[0].data


def test_picking_a_row_cannot_change_the_image(patches):
    patches[0][:] = 0
    patches[[0]].gather(np.array([0]))[:] = 0
    assert patches[0].any()


def test_hash_is_equal_after_pickling_mapping_and_use(patches, image, tmp_path):
    before = joblib.hash(patches)
    np.asarray(patches)
    patches.to_map(np.arange(5))
    assert joblib.hash(patches) == before
    assert joblib.hash(pickle.loads(pickle.dumps(patches))) == before

    np.save(tmp_path / "image.npy", image.data)
    on_disk = np.load(tmp_path / "image.npy", mmap_mode="r")
    mapped = Patches(image.replace(data=on_disk), patches.positions, 8)
    assert joblib.hash(mapped) == before
    turned = np.asfortranarray(image.data)
    assert (
        joblib.hash(Patches(image.replace(data=turned), patches.positions, 8)) == before
    )
    assert joblib.hash(patches[1:]) != before


def test_pickles_hold_only_the_images_referred_to(image):
    other = SliceImage(np.ones((300, 400), dtype=np.uint16))
    both = Patches([other, image], [[0, 9, 9], [1, 10, 20], [1, 30, 30]], 8)
    kept = pickle.loads(pickle.dumps(both[1:]))
    assert [im.shape for im in kept.images] == [(300, 400), (70, 90)]
    assert [im.name for im in kept.used_images] == ["slice"]
    assert joblib.hash(kept) == joblib.hash(both[1:])
    np.testing.assert_array_equal(kept.groups, both[1:].groups)
    assert [found.shape for found in kept.to_map([1.0, 2.0])] == [(300, 400), (70, 90)]
    np.testing.assert_array_equal(np.asarray(kept), np.asarray(both)[1:])
    assert len(pickle.dumps(both[1:])) < 2 * image.data.nbytes


def test_values_return_to_their_pixels(patches):
    floats = patches.to_map(np.arange(5, dtype=np.float32))
    assert floats.shape == (70, 90)
    assert floats.dtype == np.float32
    assert floats[40, 7] == 1
    assert np.isnan(floats).sum() == 70 * 90 - 5
    assert patches.to_map(np.arange(5, dtype=np.int64))[0, 0] == -1
    assert patches.to_map(np.arange(5, dtype=np.uint8)).min() == -1
    assert patches.to_map(["a", "b", "c", "d", "e"])[62, 80] == "c"
    assert patches.to_map(np.ones((5, 3))).shape == (70, 90, 3)


def test_each_image_gets_a_map_of_its_own(image):
    small = SliceImage(np.zeros((20, 30), dtype=np.uint16))
    patches = Patches([image, small], [[1, 9, 9], [0, 10, 20]], 8)
    first, second = patches.to_map([5.0, 7.0])
    assert first.shape == (70, 90)
    assert first[10, 20] == 7
    assert second[9, 9] == 5


def test_labels_are_looked_up_at_the_centre(patches, rois):
    assert patches.labels(rois).tolist() == [3, 3, 5, 3, 3]
    rois[40, 7] = 0
    assert patches.labels(rois).tolist() == [3, -1, 5, 3, 3]
    names = {0: "clear", 3: "CTX", 5: "VP"}
    assert patches.labels(rois, names).tolist() == ["CTX", "", "VP", "CTX", "CTX"]
    assert patches.labels(rois, unannotated_code=5).tolist() == [3, 0, -1, 3, 3]


def test_groups_are_specimens_where_known(image):
    nameless = SliceImage(image.data)
    assert Patches(image, [[9, 9]], 8).groups.tolist() == ["mouse"]
    both = Patches([nameless, image], [[0, 9, 9], [1, 9, 9]], 8)
    assert both.groups.tolist() == ["image 0", "mouse"]
    two = Patches([nameless, nameless], [[0, 9, 9], [1, 9, 9]], 8)
    assert two.groups.tolist() == [0, 1]


def test_ninety_gigabytes_are_refused_with_size_and_remedy():
    positions = np.zeros((5_500_000, 2), dtype=np.int32) + 64
    patches = Patches(np.zeros((128, 128), dtype=np.uint8), positions, 128)
    with pytest.raises(PatchesTooLargeError, match=r"90\.1 GB.*patches\[:1000\]"):
        np.asarray(patches)
    with pytest.raises(MemoryError):
        np.array(patches)


def test_an_array_without_a_copy_is_refused(patches):
    with pytest.raises(ValueError, match="copy=False"):
        np.array(patches, copy=False)
    assert np.asarray(patches, dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize(
    "positions, options, error, message",
    [
        ([[0, 70, 5]], {}, ValueError, r"outside image 'slice' of shape \(70, 90\)"),
        ([[0, 2, 40]], {}, ValueError, "reach over the border"),
        ([[1, 20, 20]], {}, ValueError, "names image 1, but there are 1"),
        ([[2**40, 20]], {}, ValueError, "outside"),
        ([[0.5, 20.0]], {}, TypeError, "must hold integers"),
        ([1, 2, 3], {}, ValueError, r"positions has shape \(3,\)"),
        ([[20, 20]], {"border": "wrap"}, ValueError, "border='wrap'"),
        ([[20, 20]], {"patch_size": 0}, ValueError, "patch_size=0"),
        ([[20, 20]], {"patch_size": 8.0}, TypeError, r"patch_size=8\.0"),
        ([[35, 40]], {"patch_size": 71}, ValueError, "smaller than a patch"),
    ],
)
def test_bad_positions_name_the_argument(image, positions, options, error, message):
    with pytest.raises(error, match=message):
        Patches(image, positions, **{"patch_size": 8} | options)


def test_images_must_be_of_one_kind(image):
    with pytest.raises(TypeError, match="differ in dtype"):
        Patches([image, np.zeros((20, 20))], [[0, 9, 9]], 8)
    with pytest.raises(ValueError, match="differ in channels"):
        Patches([image, np.zeros((2, 20, 20), np.uint16)], [[0, 9, 9]], 8)
    with pytest.raises(ValueError, match="at least one image"):
        Patches([], [[0, 9, 9]], 8)


def test_bad_maps_and_values_name_the_argument(patches, rois):
    with pytest.raises(ValueError, match=r"rois has shape \(69, 90\)"):
        patches.labels(rois[1:])
    with pytest.raises(TypeError, match="rois has dtype float64"):
        patches.labels(rois.astype(float))
    with pytest.raises(ValueError, match=r"no entry for the ROI codes \[5\]"):
        patches.labels(rois, {3: "CTX"})
    with pytest.raises(ValueError, match="2 maps for 1 images"):
        patches.labels([rois, rois])
    with pytest.raises(ValueError, match="one row for each of the 5 patches"):
        patches.to_map(np.ones(4))
    with pytest.raises(TypeError, match="complex128"):
        patches.to_map(np.ones(5, dtype=complex))
    with pytest.raises(IndexError, match="must be 1-D"):
        patches[np.array([[0, 1]])]


def test_pickling_changes_the_hash_of_no_patches(image, patches):
    grey = image.data
    for data in (grey[None], np.moveaxis(grey[..., None], -1, 0), grey[:, ::2]):
        one = Patches(SliceImage(data), [[9, 9], [20, 11]], 8)
        assert joblib.hash(one) == joblib.hash(pickle.loads(pickle.dumps(one)))
    for rows in (slice(0, 1, 2), slice(0, 0), [3], slice(None, None, -1)):
        taken = patches[rows]
        assert joblib.hash(taken) == joblib.hash(pickle.loads(pickle.dumps(taken)))
    assert joblib.hash(patches[0:1:2]) == joblib.hash(patches[[0]])


@pytest.mark.parametrize(
    "name, value",
    [
        ("images", None),
        ("images", "slice.tif"),
        ("images", np.zeros(5)),
        ("images", torch.ones((70, 90), requires_grad=True)),
        ("images", np.ma.masked_array(np.full((70, 90), np.nan), True)),
        ("positions", None),
        ("positions", [[1, 2], [3]]),
        ("positions", [["a", "b"]]),
        ("positions", torch.ones((1, 2), requires_grad=True)),
        ("positions", np.ma.masked_array([[20, 20]], True)),
        ("patch_size", True),
        ("patch_size", 10**400),
        ("patch_size", float("nan")),
        ("patch_size", None),
        ("border", None),
        ("border", np.array(["drop"])),
    ],
)
def test_wrong_arguments_are_typed_errors_that_name_them(image, name, value):
    given = {"images": image, "positions": [[20, 20]], "patch_size": 8, name: value}
    with pytest.raises((TypeError, ValueError), match=name):
        Patches(**given)


@pytest.mark.parametrize(
    "rows", [None, "a", [0.5], [99], 2, object(), [[0]], [10**400], {0}]
)
def test_rows_that_cannot_be_picked_are_index_errors(patches, rows):
    for pick in (patches.take, patches.gather):
        with pytest.raises(IndexError, match="rows"):
            pick(rows)


@pytest.mark.parametrize(
    "options, name",
    [
        ({"rois": None}, "rois"),
        ({"rois": torch.ones((70, 90), requires_grad=True)}, "rois"),
        ({"names": 5}, "names"),
        ({"names": "CTX"}, "names"),
        ({"unannotated_code": "0"}, "unannotated_code"),
        ({"unannotated_code": True}, "unannotated_code"),
        ({"unannotated_code": 10**400}, "unannotated_code"),
    ],
)
def test_wrong_arguments_of_labels_are_named(patches, rois, options, name):
    with pytest.raises((TypeError, ValueError), match=f"^{name}[ =]"):
        patches.labels(**{"rois": rois} | options)


@pytest.mark.parametrize(
    "values",
    [
        None,
        5,
        [[1], [2, 3]],
        [{}] * 5,
        np.ones(5, dtype="M8[D]"),
        torch.ones(5, requires_grad=True),
        np.ma.masked_array(np.ones(5), True),
    ],
)
def test_values_that_make_no_map_are_named(patches, values):
    with pytest.raises((TypeError, ValueError), match=r"^values[ =]"):
        patches.to_map(values)


def test_the_order_of_bytes_makes_no_other_patches(image, patches):
    turned = image.replace(data=image.data.astype(">u2"))
    found = Patches([image, turned], [[0, 10, 20], [1, 10, 20]], 8)
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found[0], found[1])
    assert joblib.hash(Patches(turned, patches.positions, 8)) == joblib.hash(patches)


def test_what_is_known_of_a_slice_survives_pickling(image):
    read = image.replace(downsample=2.0, crop=(3, 5), notes=("level 1 of 3",))
    patches = Patches(read, [[20, 20]], 8)
    loaded = pickle.loads(pickle.dumps(patches))
    for field in ("pixel_size_um", "name", "specimen", "downsample", "crop", "notes"):
        assert getattr(loaded.images[0], field) == getattr(read, field)
    assert joblib.hash(loaded) == joblib.hash(patches)
