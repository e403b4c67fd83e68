"""Tests of sklearn_microarch.sampling._patch_sampler."""

import pickle
from copy import deepcopy

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.exceptions import (
    FewPatchesWarning,
    NonFiniteImageError,
    PixelSizeMismatchError,
    PixelSizeWarning,
    RegionNamesWarning,
    TissueThresholdWarning,
    TissueWarning,
)
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import Patches, PatchSampler


@pytest.fixture
def sampler():
    return PatchSampler(8, n_patches_per_roi=40, tissue=None, random_state=0)


def test_sample_is_balanced_shuffled_and_without_repeats(sampler, image, rois):
    patches, labels = sampler.sample(image, rois)
    assert labels.dtype == np.int64
    assert np.unique(labels, return_counts=True)[1].tolist() == [40, 40]
    assert len(np.unique(patches.positions, axis=0)) == 80
    np.testing.assert_array_equal(patches.labels(rois), labels)
    # Sorted labels would mean that rows come region by region.
    assert 10 < np.count_nonzero(np.diff(labels)) < 70


def test_sample_repeats_for_one_seed(sampler, image, rois):
    first, _ = sampler.sample(image, rois)
    again, _ = clone(sampler).sample(image, rois)
    other, _ = clone(sampler).set_params(random_state=1).sample(image, rois)
    np.testing.assert_array_equal(first.positions, again.positions)
    assert (first.positions != other.positions).any()


@pytest.mark.parametrize("min_purity", [0.0, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("size, window", [(7, 0.3), (8, 0.5), (7, 1.0), (8, 1.0)])
def test_purity_is_that_of_the_central_window(image, rois, min_purity, size, window):
    # Holes, so that purity is decided by more than the straight borders.
    rois[::17, ::13] = 0
    sampler = PatchSampler(
        size, n_patches_per_roi=10**6, min_purity=min_purity, purity_window=window
    )
    with pytest.warns(FewPatchesWarning):
        patches, labels = sampler.sample(image, rois)
    edge = max(1, round(size * window))
    expected = set()
    for row in range(size // 2, 70 - size + size // 2 + 1):
        for col in range(size // 2, 90 - size + size // 2 + 1):
            top = row - size // 2 + (size - edge) // 2
            left = col - size // 2 + (size - edge) // 2
            code = rois[row, col]
            share = (rois[top : top + edge, left : left + edge] == code).mean()
            if code and share >= min_purity - 1e-12:
                expected.add((row, col, int(code)))
    found = {
        (int(row), int(col), int(code))
        for (_, row, col), code in zip(patches.positions, labels, strict=True)
    }
    assert found == expected


def test_names_give_string_labels(sampler, image, rois):
    patches, labels = sampler.sample(image, rois, names={3: "CTX", 5: "VP"})
    assert sorted(set(labels.tolist())) == ["CTX", "VP"]
    np.testing.assert_array_equal(patches.labels(rois, {3: "CTX", 5: "VP"}), labels)


def test_several_slices_are_pooled(sampler, image, rois):
    second = image.replace(name="next")
    patches, labels = sampler.sample([image, second], [rois, np.where(rois == 3, 3, 0)])
    assert np.unique(labels, return_counts=True)[1].tolist() == [40, 40]
    assert set(patches.positions[labels == 5, 0].tolist()) == {0}
    assert set(patches.positions[labels == 3, 0].tolist()) == {0, 1}


def test_a_small_region_gives_all_and_says_how_much(sampler, image, rois):
    rois[30:40, 40:46] = 7
    sampler.set_params(min_purity=1.0, purity_window=0.5, n_patches_per_roi=1000)
    with pytest.warns(FewPatchesWarning, match="n_patches_per_roi=1000") as caught:
        _, labels = sampler.sample(image, rois)
    # A window of 4 pixels fits 7 x 3 times into 10 x 6 pixels.
    assert (labels == 7).sum() == 21
    message = str(caught[0].message)
    assert "7: 60 pixels, largest inscribed diameter 5 px, 21 candidates, 1 indep" in (
        message
    )
    assert "3: " in message


def test_a_region_without_any_position_is_an_error_with_a_table(sampler, image, rois):
    rois[30:32, 40:42] = 7
    with pytest.raises(
        ValueError, match=r"regions \['ZI'\] offer no position"
    ) as error:
        sampler.sample(image, rois, names={3: "CTX", 5: "VP", 7: "ZI"})
    assert "ZI: 4 pixels" in str(error.value)
    assert "min_purity=0.75" in str(error.value)


def test_minus_one_marks_unannotated_pixels_too(sampler, image, rois):
    codes = np.where(rois == 0, -1, rois.astype(int))
    _, labels = sampler.sample(image, codes)
    assert set(labels.tolist()) == {3, 5}


def test_only_unannotated_pixels_are_an_error(sampler, image):
    with pytest.raises(ValueError, match="only the unannotated code 0"):
        sampler.sample(image, np.zeros((70, 90), dtype=int))


def test_grid_is_anchored_at_the_first_pixel(sampler, image):
    sampler.fit(Patches(image, [[20, 20]], 8))
    patches = sampler.set_params(stride=5).transform(image)
    rows, cols = np.unique(patches.positions[:, 1]), np.unique(patches.positions[:, 2])
    np.testing.assert_array_equal(rows, np.arange(5, 70 - 4 + 1, 5))
    np.testing.assert_array_equal(cols, np.arange(5, 90 - 4 + 1, 5))
    everywhere = sampler.set_params(border="reflect", stride=1).transform(image)
    assert len(everywhere) == 70 * 90


def test_micrometres_become_pixels(image, rois):
    sampler = PatchSampler(patch_size_um=9.4, n_patches_per_roi=5, random_state=0)
    patches, labels = sampler.sample(image, rois)
    assert patches.patch_size == 8
    assert sampler.fit(patches, labels).patch_shape_ == (8, 8)
    assert sampler.pixel_size_um_ == 1.17
    with pytest.raises(
        ValueError, match=r"patch_size_um=9\.4 needs a known pixel size"
    ):
        sampler.sample(image.data, rois)
    patches, _ = sampler.set_params(pixel_size_um=2.35).sample(image.data, rois)
    assert patches.patch_size == 4


def test_rows_of_another_pixel_size_are_refused(sampler, image):
    sampler.fit(Patches(image, [[20, 20]], 8))
    assert len(sampler.transform(image.replace(pixel_size_um=1.175)))
    with pytest.raises(PixelSizeMismatchError, match=r"pixel_size_um=2, but 1\.17"):
        sampler.transform(image.replace(pixel_size_um=2.0))
    rescaled = Patches(image.replace(pixel_size_um=2.34), [[20, 20]], 8)
    with pytest.raises(PixelSizeMismatchError, match=r"pixel_size_um=2\.34"):
        sampler.transform(rescaled)
    with pytest.raises(PixelSizeMismatchError, match=r"1\.17, but 3 is expected"):
        clone(sampler).set_params(pixel_size_um=3.0).fit(Patches(image, [[20, 20]], 8))
    with pytest.raises(PixelSizeMismatchError):
        clone(sampler).set_params(pixel_size_um=1.17).sample(
            [image, image.replace(pixel_size_um=2.0)], [0, 0]
        )


def test_pixels_and_micrometres_together_are_refused_at_every_door(image, rois):
    fitted = PatchSampler(8, tissue=None).fit(image)
    both = {"patch_size": 8, "patch_size_um": 9.4}
    for call in (
        lambda wrong: wrong.sample(image, rois),
        lambda wrong: clone(wrong).fit(image),
        lambda wrong: wrong.transform(image),
        lambda wrong: wrong.cut(image),
    ):
        with pytest.raises(ValueError, match=r"patch_size=8 pixels and patch_size_um"):
            call(deepcopy(fitted).set_params(**both))


def test_a_patch_that_nobody_sized_is_150_um_or_128_pixels(rng):
    image = SliceImage(rng.uniform(size=(140, 150)), pixel_size_um=10.0)
    sampler = PatchSampler(tissue=None, n_patches_per_roi=5, random_state=0)
    assert sampler.fit(image).patch_shape_ == (15, 15)
    assert sampler.transform(image.replace(pixel_size_um=10.05)).patch_size == 15
    rois = np.ones(image.shape, int)
    assert sampler.sample(image, rois)[0].patch_size == 15
    unknown = image.replace(pixel_size_um=None)
    with pytest.warns(PixelSizeWarning, match="patches are 128 pixels"):
        assert sampler.fit(unknown).patch_shape_ == (128, 128)
    # Rows keep the size they have.
    assert sampler.fit(Patches(image, [[70, 70]], 33)).patch_shape_ == (33, 33)


@pytest.mark.parametrize("pixel_size", [0.6, 1.6])
def test_a_slice_of_another_size_is_brought_to_that_of_the_fit(rng, pixel_size):
    image = SliceImage(rng.uniform(0, 200, (120, 160)).astype(np.uint8), 1.17)
    rois = np.ones(image.shape, int)
    rois[:, 80:] = 2
    sampler = PatchSampler(8, tissue=None, stride=3).fit(image)
    other = image.replace(pixel_size_um=pixel_size)
    patches = sampler.transform(other)
    (made,) = patches.images
    scale = 1.17 / pixel_size
    assert made.pixel_size_um == 1.17
    assert made.source_shape == (120, 160)
    assert made.scale == pytest.approx(scale)
    assert made.shape == (round(120 / scale), round(160 / scale))
    assert made.dtype == np.uint8
    # Codes and masks of the slice as given fit.
    again = pickle.loads(pickle.dumps(patches))
    for found in (patches, again):
        labels = found.labels(rois)
        places = (found.positions[:, 2] + 0.5) * scale - 0.5
        np.testing.assert_array_equal(labels, np.where(places < 79.5, 1, 2))
    left = sampler.cut(other, mask=rois == 1)
    assert len(left) == np.count_nonzero(patches.labels(rois) == 1)


def test_slices_to_train_on_are_brought_to_the_coarsest(rng):
    fine = SliceImage(rng.uniform(size=(140, 150)), pixel_size_um=1.0)
    coarse = SliceImage(rng.uniform(size=(70, 80)), pixel_size_um=2.0)
    rois = [np.ones(fine.shape, int), np.full(coarse.shape, 2)]
    sampler = PatchSampler(8, tissue=None, n_patches_per_roi=9, random_state=0)
    patches, labels = sampler.sample([fine, coarse], rois)
    assert [image.pixel_size_um for image in patches.images] == [2.0, 2.0]
    np.testing.assert_array_equal(labels, patches.labels(rois))
    assert sampler.fit(patches, labels).pixel_size_um_ == 2.0
    with pytest.warns(PixelSizeWarning, match="1 of 2 images is unknown"):
        sampler.sample([fine, coarse.replace(pixel_size_um=None)], rois)


def test_a_roi_map_gives_names_also_on_a_grid_of_its_own(rng):
    image = SliceImage(rng.uniform(size=(120, 160)), pixel_size_um=2.0)
    codes = np.zeros((24, 32), int)
    codes[2:22, 2:16], codes[2:22, 16:30] = 7, 3
    rois = RoiMap(codes, {7: "CTX", 3: "VP"}, pixel_size_um=10.0, offset_um=(4, 4))
    sampler = PatchSampler(8, tissue=None, n_patches_per_roi=50, random_state=0)
    patches, labels = sampler.sample(image, rois)
    assert sorted(set(labels.tolist())) == ["CTX", "VP"]
    np.testing.assert_array_equal(patches.labels(rois), labels)
    fine = np.kron(codes, np.ones((5, 5), int))
    named = patches.labels(fine, {7: "CTX", 3: "VP"})
    np.testing.assert_array_equal(named, labels)
    outside = Patches(image, [[5, 5]], 8, border="constant")
    assert outside.labels(rois).tolist() == [""]
    two, _ = sampler.sample([image, image], [rois, rois.rename({"VP": "CTX"})])
    assert len(two) == 100
    with pytest.raises(TypeError, match=r"names=.* a RoiMap has its own names"):
        sampler.sample(image, rois, {7: "CTX", 3: "VP"})


def test_a_sequence_of_names_says_which_code_got_which(sampler, image, rois):
    with pytest.warns(RegionNamesWarning, match="3 is CTX, 5 is VP"):
        patches, labels = sampler.sample(image, rois, ["CTX", "VP"])
    np.testing.assert_array_equal(labels, patches.labels(rois, {3: "CTX", 5: "VP"}))
    for names in (["CTX"], ["none", "CTX", "VP"]):
        with pytest.raises(ValueError, match=r"names holds . names .* has 2 regions"):
            sampler.sample(image, rois, names)
    with pytest.raises(TypeError, match=r"names='CTX' must be a mapping"):
        sampler.sample(image, rois, "CTX")


def bright_disk():
    """Return a bright disk with a dark hole in it, and speckle, on black."""
    rows, cols = np.mgrid[:120, :160]
    radius = np.hypot(rows - 60, cols - 80)
    rng = np.random.default_rng(0)
    data = np.where((radius < 50) & (radius > 8), 120.0, 5.0)
    return SliceImage(data + rng.normal(0, 4, data.shape), pixel_size_um=3.5)


def test_tissue_is_bright_and_its_holes_are_filled():
    image = bright_disk()
    sampler = PatchSampler(8).fit(image)
    assert 30 < sampler.tissue_threshold_ < 100
    mask = ~np.isnan(
        sampler.transform(image).to_map(np.ones(len(sampler.transform(image))))
    )
    rows, cols = np.mgrid[:120, :160]
    radius = np.hypot(rows - 60, cols - 80)
    assert mask[radius < 47].all()
    assert not mask[radius > 54].any()


def test_the_threshold_is_learned_once_and_kept():
    image = bright_disk()
    sampler = PatchSampler(8, tissue="otsu").fit(image)
    assert sampler.tissue_polarity_ is None
    dim = image.replace(data=image.data / 4)
    with pytest.raises(ValueError, match="no patch of 8 pixels can be cut"):
        sampler.transform(dim)
    each = clone(sampler).set_params(tissue="otsu-each").fit(image)
    assert each.tissue_threshold_ is None
    assert len(each.transform(dim)) == len(sampler.transform(image))


@pytest.mark.parametrize("dark", [False, True])
def test_a_slice_of_other_brightness_keeps_its_tissue(dark):
    image = bright_disk()
    if dark:
        image = image.replace(data=250 - image.data)
    sampler = PatchSampler(8).fit(image)
    assert sampler.tissue_polarity_ == ("dark" if dark else "bright")
    usual = len(sampler.transform(image))
    assert usual == len(PatchSampler(8).fit(bright_disk()).transform(bright_disk()))
    for gain in (0.5, 2.0):
        other = image.replace(data=image.data * gain)
        assert len(sampler.transform(other)) == usual


def test_holes_stay_empty_on_request():
    image = bright_disk()
    whole = PatchSampler(8).fit(image).transform(image)
    ring = PatchSampler(8, fill_holes=False).fit(image).transform(image)
    centre = [0, 60, 80]
    assert centre in whole.positions.tolist()
    assert centre not in ring.positions.tolist()


def test_annotated_centres_say_which_side_is_tissue():
    image = bright_disk()
    # Only the ground is annotated: it is what the user calls tissue.
    patches = Patches(image, [[10, 10], [10, 150], [110, 10], [60, 80]], 8)
    assert PatchSampler().fit(patches, [1, 1, 2, -1]).tissue_polarity_ == "dark"
    assert PatchSampler().fit(patches, [-1, -1, -1, -1]).tissue_polarity_ == "bright"
    assert PatchSampler().fit(patches, ["", "", "", ""]).tissue_polarity_ == "bright"


@pytest.mark.parametrize("tissue", ["auto", "otsu", "otsu-each", None])
def test_every_named_way_to_find_tissue_survives_pickling(tissue):
    image = bright_disk()
    sampler = PatchSampler(8, tissue=tissue).fit(image)
    again = pickle.loads(pickle.dumps(sampler))
    np.testing.assert_array_equal(
        again.transform(image).positions, sampler.transform(image).positions
    )


def test_everything_and_nothing_are_answers_that_are_told(rng):
    image = bright_disk()
    sampler = PatchSampler(8).fit(image)
    full = image.replace(data=rng.normal(120, 4, image.shape), name="inside")
    with pytest.warns(TissueWarning, match="'inside': everything is taken"):
        assert len(sampler.transform(full)) == 113 * 153
    blank = image.replace(data=rng.normal(5, 4, image.shape))
    with (
        pytest.warns(TissueWarning, match="the image: nothing is taken"),
        pytest.raises(ValueError, match="no patch of 8 pixels can be cut"),
    ):
        sampler.transform(blank)


def test_a_slice_with_hardly_any_tissue_is_told():
    image = bright_disk()
    spot = np.zeros(image.shape)
    spot[60:62, 80:82] = 600.0
    sampler = PatchSampler(8, tissue="otsu").fit(image)
    with pytest.warns(TissueWarning, match="only .* of its 19200 pixels are tissue"):
        sampler.transform(image.replace(data=spot))


def test_annotated_regions_that_are_no_tissue_are_named_before_training():
    image = bright_disk()
    rois = np.zeros(image.shape, int)
    rois[40:80, 40:70], rois[2:20, 2:60] = 1, 2
    sampler = PatchSampler(8, n_patches_per_roi=20, random_state=0)
    message = r"tissue='auto' does not take .*: glass \(\d%\)"
    with pytest.warns(TissueWarning, match=message):
        sampler.sample(image, rois, {1: "CTX", 2: "glass"})
    sampler.set_params(tissue=None).sample(image, rois)
    dark = image.replace(data=250 - image.data)
    rois[2:20, 2:60] = 0
    with pytest.warns(TissueWarning, match="here tissue is darker"):
        sampler.set_params(tissue="otsu").sample(dark, rois)


def test_tissue_can_be_a_mask_or_a_function():
    image = bright_disk()
    mask = np.zeros(image.shape, dtype=bool)
    mask[50:60, 70:90] = True
    assert len(PatchSampler(8, tissue=mask).fit(image).transform(image)) == 200
    dark = PatchSampler(8, tissue=lambda im: im.data < 60).fit(image)
    dark_centres = dark.transform(image).positions
    assert (image.data[dark_centres[:, 1], dark_centres[:, 2]] < 60).all()
    with pytest.raises(ValueError, match=r"tissue has shape \(119, 160\)"):
        PatchSampler(8, tissue=mask[1:]).fit(image).transform(image)


def test_cut_takes_a_mask_and_a_stride(sampler, image):
    sampler.fit(Patches(image, [[20, 20]], 8))
    mask = np.zeros((70, 90), dtype=bool)
    mask[20:41, 30:61] = True
    assert len(sampler.cut(image, stride=10, mask=mask)) == 3 * 4
    with pytest.raises(ValueError, match=r"mask has shape \(5, 5\)"):
        sampler.cut(image, mask=np.ones((5, 5), dtype=bool))
    with pytest.raises(ValueError, match="stride=0"):
        sampler.cut(image, stride=0)


@pytest.mark.parametrize(
    ("share", "size", "border"),
    [(0.5, 16, "drop"), (0.75, 15, "drop"), (1.0, 16, "drop"), (0.9, 41, "constant")],
)
def test_cut_leaves_out_patches_with_too_little_tissue(share, size, border):
    image = bright_disk()
    sampler = PatchSampler(size, border=border).fit(image)
    tissue = np.zeros(image.shape, dtype=bool)
    everywhere = sampler.cut(image, stride=1)
    tissue[tuple(everywhere.positions[:, 1:].T)] = True
    found = sampler.cut(image, stride=1, min_tissue=share)
    shown = Patches(tissue.astype(np.uint8), everywhere.positions, size, border=border)
    wanted = np.asarray(shown).mean(axis=(1, 2)) >= share
    assert 0 < wanted.sum() < len(wanted)
    np.testing.assert_array_equal(found.positions, everywhere.positions[wanted])


def test_cut_asks_for_a_share_of_tissue_from_0_to_1():
    image = bright_disk()
    sampler = PatchSampler(16).fit(image)
    with pytest.raises(ValueError, match=r"min_tissue=1\.5 must lie between 0 and 1"):
        sampler.cut(image, min_tissue=1.5)
    with pytest.raises(ValueError, match=r"min_tissue=1"):
        PatchSampler(110).fit(image).cut(image, min_tissue=1)


def test_a_threshold_not_learned_is_taken_with_a_warning():
    image = bright_disk()
    image = image.replace(pixel_size_um=None)
    sampler = PatchSampler(8).fit(np.zeros((3, 8, 8)))
    with pytest.warns(TissueThresholdWarning, match="fitted on plain arrays"):
        found = sampler.transform(image)
    assert len(found) == len(PatchSampler(8).fit(image).transform(image))


def test_rows_or_images_is_decided_by_type_and_fit(sampler, image):
    patches = Patches(image, [[20, 20], [30, 40]], 8)
    sampler.fit(patches)
    assert sampler.transform(patches) is patches
    np.testing.assert_array_equal(sampler.transform(np.asarray(patches)), patches)
    assert isinstance(sampler.transform(image), Patches)
    for images in (image.data, [image.data], (image, image.data)):
        with pytest.warns(PixelSizeWarning, match="the pixel size of .* is unknown"):
            assert isinstance(sampler.transform(images), Patches)
    sampler.set_params(pixel_size_um=1.17)
    assert sampler.transform(image.data).images[0].pixel_size_um == 1.17

    rows = clone(sampler).fit(np.ones((5, 8)))
    assert rows.transform(np.zeros((2, 8))).shape == (2, 8)
    with pytest.raises(ValueError, match="cannot cut images; fit it on Patches"):
        rows.transform(image)


def test_labelled_images_are_pointed_to_sample(sampler, image):
    with pytest.raises(TypeError, match=r"sampler\.sample\(images, rois\)"):
        sampler.fit(image, [1])
    with pytest.raises(TypeError, match=r"sampler\.sample"):
        sampler.fit([image.data], [1])
    with pytest.raises(TypeError, match=r"sampler\.sample"):
        sampler.fit(image.data, np.ones(image.shape, dtype=int))
    with pytest.raises(ValueError, match="Pass a stack of slices as a list"):
        sampler.sample(np.stack([image.data] * 3), np.ones((70, 90), dtype=int))
    assert sampler.fit(image).patch_shape_ == (8, 8)


@pytest.mark.parametrize(
    "X, error, message",
    [
        (np.ones((3, 6, 6)), ValueError, "pass a stack of slices as a list"),
        (np.full((3, 8, 8), np.nan), ValueError, r"192 NaN .* first at \(0, 0, 0\)"),
        (np.ones((0, 8, 8)), ValueError, "0 sample"),
        (np.ones((2, 1, 1, 8, 8)), ValueError, "5 dimensions"),
        (
            SliceImage(np.ones((6, 90), np.uint16), 1.17),
            ValueError,
            "smaller than a patch of 8",
        ),
        ([], ValueError, "1D|0 feature|0 sample|empty"),
    ],
)
def test_bad_input_to_transform_is_named(sampler, image, X, error, message):
    sampler.fit(Patches(image, [[20, 20]], 8))
    with pytest.raises(error, match=message):
        sampler.transform(X)


def test_pixels_that_are_not_finite_are_counted_and_located(sampler, image, rois):
    data = image.data.astype(float)
    data[12, 34] = np.nan
    data[50, 60] = np.inf
    bad = image.replace(data=data)
    message = r"'slice' of shape \(70, 90\) holds 2 NaN .* first at \(12, 34\)"
    with pytest.raises(NonFiniteImageError, match=message):
        sampler.sample(bad, rois)
    with pytest.raises(NonFiniteImageError, match=message):
        sampler.fit(Patches(bad, [[20, 20]], 8))


def test_a_failed_refit_leaves_the_earlier_fit_whole(sampler, image):
    sampler.fit(Patches(image, [[20, 20]], 8))
    with pytest.raises(ValueError, match="set patch_size=6"):
        sampler.fit(Patches(image, [[20, 20]], 6))
    assert sampler.patch_shape_ == (8, 8)
    assert len(sampler.transform(image))


def test_set_output_is_accepted_and_changes_nothing(sampler, image):
    sampler.set_output(transform="pandas").fit(Patches(image, [[20, 20]], 8))
    assert isinstance(sampler.transform(image), Patches)


HUGE = 10**400
NO_SIZES = [True, 0, -1, 1.5, "8", float("nan"), 10**27, HUGE, [8]]
NO_COUNTS = [*NO_SIZES, None]
NO_SHARES = [True, -0.1, 1.1, "0.5", None, float("nan"), HUGE, [0.5]]


@pytest.mark.parametrize(
    "name, values",
    [
        ("patch_size", NO_SIZES),
        ("patch_size_um", [True, 0.0, -1, "8", float("inf"), HUGE, [8]]),
        ("pixel_size_um", [True, 0.0, -1, "8", float("nan"), HUGE, [8]]),
        ("stride", NO_COUNTS),
        ("n_patches_per_roi", NO_COUNTS),
        ("min_purity", NO_SHARES),
        ("purity_window", [*NO_SHARES, 0.0]),
        ("min_tissue", NO_SHARES),
        ("tissue", ["dark", 5, True]),
        ("fill_holes", [1, "no", None]),
        ("border", ["wrap", None, 5, ["drop"]]),
        ("unannotated_code", [True, 0.5, "0", None, HUGE]),
        ("random_state", ["0", -1, 0.5, HUGE]),
    ],
)
def test_parameters_are_refused_by_name_at_every_door(image, rois, name, values):
    fitted = PatchSampler(8).fit(image)
    for value in values:
        calls = [
            lambda wrong: wrong.sample(image, rois),
            lambda wrong: wrong.training_rows(image, rois),
            lambda wrong: clone(wrong).fit(image),
            lambda wrong: wrong.transform(image),
            lambda wrong: wrong.cut(image),
        ]
        for call in calls:
            wrong = deepcopy(fitted).set_params(**{name: value})
            with pytest.raises(ValueError, match=f"'{name}' parameter of PatchSampler"):
                call(wrong)


@pytest.mark.parametrize(
    "name, value",
    [
        ("stride", True),
        ("stride", HUGE),
        ("stride", "2"),
        ("min_tissue", True),
        ("min_tissue", "half"),
        ("min_tissue", float("nan")),
        ("min_tissue", [0.5]),
        ("mask", "tissue"),
        ("mask", np.ones((70, 90))),
        ("mask", SliceImage(np.ones((70, 90), dtype=bool))),
        ("mask", np.ma.masked_array(np.ones((70, 90), dtype=bool), True)),
    ],
)
def test_wrong_arguments_of_cut_are_named(sampler, image, name, value):
    sampler.fit(image)
    with pytest.raises((TypeError, ValueError), match=f"^{name}[ =]"):
        sampler.cut(image, **{name: value})


def test_swapped_arguments_are_told(sampler, image, rois):
    with pytest.raises(TypeError, match=r"rois is a SliceImage.* are they swapped\?"):
        sampler.sample(rois, image)
    with pytest.raises(TypeError, match=r"rois has dtype float64.*Images come first"):
        sampler.sample(rois, image.data / 255)


def test_grey_levels_of_another_type_than_in_fit_are_refused(image):
    sampler = PatchSampler(8, tissue="otsu").fit(image)
    dim = image.replace(data=image.data / 65535)
    for call in (sampler.cut, sampler.transform):
        with pytest.raises(TypeError, match=r"float64, but .* uint16, whose"):
            call(dim)
    # Where no grey level of the fit is asked, it is the network's to say.
    assert len(PatchSampler(8, tissue=None).fit(image).cut(dim))
    with pytest.raises(TypeError, match="images differ in dtype"):
        sampler.fit([image, dim])
    assert len(sampler.cut(image.replace(data=image.data.astype(">u2"))))
    # Plain rows of numbers have no grey levels.
    assert PatchSampler(8).fit(np.ones((5, 8))).pixel_dtype_ is None


def test_where_no_tissue_is_found_the_grey_levels_are_told(image):
    sampler = PatchSampler(8, tissue="otsu")
    sampler.fit(image.replace(data=image.data.astype(float)))
    dim = image.replace(data=image.data / 6299)
    with pytest.raises(ValueError, match=r"grey levels here are 0 to 1\)"):
        sampler.cut(dim)


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_patches_stay_patches_whatever_output_transformers_shall_give(
    sampler, image, output
):
    patches = Patches(image, [[20, 20], [30, 40]], 8)
    with config_context(transform_output=output):
        assert sampler.fit_transform(patches) is patches
        assert isinstance(sampler.transform(image), Patches)
        assert isinstance(sampler.set_output(transform=output), PatchSampler)


def test_warnings_point_at_the_line_of_the_user(sampler, image, rois):
    rois[30:40, 40:46] = 7
    sampler.set_params(n_patches_per_roi=1000)
    with pytest.warns(FewPatchesWarning) as caught:
        sampler.sample(image, rois)
    assert caught[0].filename == __file__
    rows = Pipeline([("patches", PatchSampler(8))]).fit(np.zeros((3, 8, 8)))
    with pytest.warns(TissueThresholdWarning) as caught:
        rows.transform(bright_disk().replace(pixel_size_um=None))
    assert caught[0].filename == __file__
