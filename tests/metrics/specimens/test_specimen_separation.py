"""Tests of sklearn_microarch.metrics.specimens._specimen_separation."""

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from sklearn_microarch import Patches, SliceImage
from sklearn_microarch.exceptions import (
    AnimalsApartWarning,
    PixelSizeMismatchError,
    UnscoredRegionsWarning,
)
from sklearn_microarch.metrics import specimen_separation

SIZE = 16
SHAPE = (96, 320)


def patches_of(specimens, **about):
    """Return patches all over a slice of each specimen, in two regions."""
    slices = [
        SliceImage(np.zeros(SHAPE, np.float32), specimen=name, **about)
        for name in specimens
    ]
    spans = [np.arange(SIZE // 2, side - SIZE // 2, 4) for side in SHAPE]
    at = [(i, r, c) for i in range(len(slices)) for r in spans[0] for c in spans[1]]
    patches = Patches(slices, at, SIZE)
    labels = np.where(patches.positions[:, 2] < SHAPE[1] // 2, "CTX", "VP")
    return patches, labels


def loadings_at(patches, rng, n_factors=6):
    """Return means of noise over each patch, so that neighbours share what they do."""
    index, rows, cols = patches.positions.T
    found = np.empty((len(patches), n_factors))
    for at in np.unique(index):
        noise = rng.exponential(size=(*SHAPE, n_factors))
        means = uniform_filter(noise, (SIZE, SIZE, 0))
        here = index == at
        found[here] = np.maximum(means[rows[here], cols[here]] - 0.9, 0.0)
    return found


@pytest.fixture
def world(rng):
    patches, labels = patches_of("AB")
    return loadings_at(patches, rng), patches, labels


def compare(*args, **options):
    settings = {"n_resamples": 100, "random_state": 0} | options
    return specimen_separation(*args, **settings)


@pytest.mark.parametrize("specimens", ["AB", "ABCD"])
def test_specimens_of_the_same_tissue_are_told_apart_in_one_case_of_twenty(
    specimens, rng
):
    patches, labels = patches_of(specimens)
    found = [compare(loadings_at(patches, rng, 12), patches, labels) for _ in range(15)]
    shares = [one.share_beyond for one in found]
    # Of 360, that are nearly independent: five standard errors.
    assert 0.01 < np.mean(shares) < 0.11
    clusters = [
        compare(loadings_at(patches, rng, 4).argmax(axis=1), patches, labels)
        for _ in range(15)
    ]
    # Which is largest changes over less than a patch: intervals are wide then.
    assert np.mean([one.share_beyond for one in clusters]) < 0.11


def test_an_exposure_is_found_with_its_size(world):
    loadings, patches, labels = world
    loadings[patches.positions[:, 0] == 1] *= 1.8
    with pytest.warns(AnimalsApartWarning, match="100% of what was compared tells"):
        found = compare(loadings, patches, labels)
    assert found.share_beyond == 1.0
    assert len(found.rows) == 12
    for row in found.rows:
        assert (row.more, row.less) == ("B", "A")
        assert row.low < row.ratio < row.high
    assert np.mean([row.low < 1.8 < row.high for row in found.rows]) > 0.8
    assert found.sentences[0].endswith(
        "more than halves of one animal differ: it may show the animal or its exposure "
        "rather than tissue."
    )


def test_a_difference_in_one_region_is_found_there_alone(rng):
    patches, labels = patches_of("AB")
    loadings = loadings_at(patches, rng, 1)
    loadings[(patches.positions[:, 0] == 0) & (labels == "VP")] *= 4
    found = compare(loadings, patches, labels, names=["factor07"])
    assert [row.is_beyond for row in found.rows] == [False, True]
    (sentence,) = found.sentences
    row = found.rows[1]
    assert sentence.startswith(
        f"factor07 in VP is {row.ratio:.1f} times as strong in A as in B "
        f"({row.low:.1f} to {row.high:.1f}), more than halves"
    )


def test_a_cluster_that_is_elsewhere_in_one_specimen_is_named(rng):
    patches, labels = patches_of("AB")
    clusters = loadings_at(patches, rng, 4).argmax(axis=1)
    moved = (patches.positions[:, 0] == 1) & (clusters == 2) & (labels == "CTX")
    clusters[moved] = 3
    found = compare(clusters, patches, labels)
    cortex, thalamus = found.rows
    assert cortex.is_beyond
    assert not thalamus.is_beyond
    shares = found.means[:, 0]
    assert cortex.separation == pytest.approx(np.abs(shares[0] - shares[1]).sum() / 2)
    assert cortex.name in ("cluster 2", "cluster 3")
    assert np.allclose(found.means.sum(axis=2), 1.0)
    assert found.sentences[0].startswith(f"{cortex.name} is ")


def test_what_groups_differ_by_is_no_fault_of_animals(rng):
    patches, labels = patches_of("ABCD")
    loadings = loadings_at(patches, rng)
    loadings[patches.positions[:, 0] >= 2] *= 2
    groups = {"A": "control", "B": "control", "C": "treated", "D": "treated"}
    within = compare(loadings, patches, labels, groups=groups)
    assert within.share_beyond <= 0.25
    assert compare(loadings, patches, labels).share_beyond == 1.0
    slices = [one.replace(group=groups[one.specimen]) for one in patches.images]
    known = Patches(slices, patches.positions, SIZE)
    by_slices = compare(loadings, known, labels)
    assert by_slices.to_rows() == within.to_rows()


def test_animals_are_told_apart_within_their_group_too(rng):
    patches, labels = patches_of("ABCD")
    loadings = loadings_at(patches, rng)
    loadings[patches.positions[:, 0] == 3] *= 2
    groups = {"A": "control", "B": "control", "C": "treated", "D": "treated"}
    found = compare(loadings, patches, labels, groups=groups)
    assert found.share_beyond > 0.8
    assert {(row.more, row.less) for row in found.rows if row.is_beyond} == {("D", "C")}


def test_neither_unit_nor_order_of_rows_matters(world, rng):
    loadings, patches, labels = world
    first = compare(loadings, patches, labels)
    order = rng.permutation(len(patches))
    again = compare(1000 * loadings[order], patches[order], labels[order])
    for one, other in zip(first.rows, again.rows, strict=True):
        assert other.separation == pytest.approx(one.separation)
        assert other.halves == pytest.approx(one.halves)
        assert other.mean_more == pytest.approx(1000 * one.mean_more)


def test_a_factor_of_one_specimen_only_is_looked_at_and_one_hardly_active_not(world):
    loadings, patches, labels = world
    loadings[patches.positions[:, 0] == 0, 0] = 0.0
    loadings[:, 1] *= np.arange(len(loadings)) % 10 == 0
    found = compare(loadings, patches, labels)
    names = {row.name for row in found.rows}
    assert names == {"factor00", "factor02", "factor03", "factor04", "factor05"}
    assert "factor00 in CTX is active in B and not in A" in found.sentences[0]
    with pytest.raises(ValueError, match=r"min_active=1: no factor is active"):
        compare(loadings[:, [1]], patches, labels, min_active=1.0)


def test_differences_are_set_against_those_of_regions(world):
    loadings, patches, labels = world
    loadings[labels == "VP"] *= 3
    found = compare(loadings, patches, labels)
    for row in found.rows:
        at = found.names.index(row.name)
        gap = np.ptp(found.means[:, :, at].mean(axis=0))
        difference = row.mean_more - row.mean_less
        assert row.against_regions == pytest.approx(difference / gap)
    one = compare(loadings, patches, np.where(labels == "VP", "VP", ""))
    assert np.isnan([row.against_regions for row in one.rows]).all()


def test_a_region_missing_in_a_specimen_is_left_out_and_said_once(rng):
    patches, labels = patches_of("ABC")
    loadings = loadings_at(patches, rng, 2)
    kept = (patches.positions[:, 0] > 0) | (labels == "CTX")
    with pytest.warns(UnscoredRegionsWarning, match="not compared: VP in A") as said:
        found = compare(loadings[kept], patches[kept], labels[kept])
    assert len(said) == 1
    assert np.isnan(found.means[0, 1]).all()
    rows = [row for row in found.rows if row.region == "VP"]
    assert rows
    assert "A" not in {name for row in rows for name in (row.more, row.less)}
    assert "not compared: VP in A (has 0 blocks)" in str(found)


def test_a_specimen_alone_in_its_group_is_left_out(rng):
    patches, labels = patches_of("ABC")
    loadings = loadings_at(patches, rng, 2)
    groups = {"A": "x", "B": "x", "C": "y"}
    with pytest.warns(UnscoredRegionsWarning, match="C, the only one of its group"):
        compare(loadings, patches, labels, groups=groups)
    alone = {"A": "x", "B": "y", "C": "z"}
    message = "^groups .*leaves each specimen alone in its group"
    with pytest.raises(ValueError, match=message):
        compare(loadings, patches, labels, groups=alone)


def test_groups_that_the_slices_say_are_called_theirs(rng):
    patches, labels = patches_of("AB")
    loadings = loadings_at(patches, rng, 2)
    slices = [
        one.replace(group=group)
        for one, group in zip(patches.images, ("x", "y"), strict=True)
    ]
    own = Patches(slices, patches.positions, SIZE)
    message = r"^the group of the slices, .* alone in its group.*groups=\{'A': 'all'"
    with pytest.raises(ValueError, match=message):
        compare(loadings, own, labels)
    # What the message tells to pass compares them.
    assert compare(loadings, own, labels, groups={"A": "all", "B": "all"}).rows


def test_slices_of_one_specimen_share_their_blocks_unless_they_lie_apart(rng):
    patches, labels = patches_of("AABB", pixel_size_um=2.0)
    loadings = loadings_at(patches, rng, 1)
    near = compare(loadings, patches, labels)
    far = compare(loadings, patches, labels, z_um=[0, 500, 0, 500])
    assert far.rows[0].n_blocks == 2 * near.rows[0].n_blocks
    heights = (0.0, 500.0, 0.0, 500.0)
    slices = [
        one.replace(z_um=z) for one, z in zip(patches.images, heights, strict=True)
    ]
    known = Patches(slices, patches.positions, SIZE)
    assert compare(loadings, known, labels).to_rows() == far.to_rows()


def test_what_cannot_be_compared_is_an_error(world):
    loadings, patches, labels = world
    one = patches.positions[:, 0] == 0
    with pytest.raises(ValueError, match="patches is of one specimen, 'A'"):
        compare(loadings[one], patches[one], labels[one])
    slices = [image.replace(specimen=None) for image in patches.images]
    with pytest.raises(ValueError, match="slices of unknown specimen"):
        compare(loadings, Patches(slices, patches.positions, SIZE), labels)
    corner = (patches.positions[:, 1:] < 28).all(axis=1)
    with pytest.raises(ValueError, match=r"no region lies in 5 blocks.*'CTX'"):
        compare(loadings[corner], patches[corner], labels[corner])
    with pytest.raises(TypeError, match=r"values has dtype float64.*np.newaxis"):
        compare(loadings[:, 0], patches, labels)
    with pytest.raises(ValueError, match="names has 1 entries"):
        compare(loadings, patches, labels, names=["a"])
    with pytest.raises(ValueError, match=r"groups has no entry .*\['B'\]"):
        compare(loadings, patches, labels, groups={"A": "x"})
    slices = [
        image.replace(pixel_size_um=size)
        for image, size in zip(patches.images, (1.0, 2.0), strict=True)
    ]
    with pytest.raises(PixelSizeMismatchError):
        compare(loadings, Patches(slices, patches.positions, SIZE), labels)


def test_groups_known_of_some_slices_only_are_an_error(world):
    loadings, patches, labels = world
    first, second = patches.images
    slices = [first.replace(group="control"), second]
    with pytest.raises(ValueError, match=r"specimen 'B' without a group"):
        compare(loadings, Patches(slices, patches.positions, SIZE), labels)


def test_it_prints_as_a_table_in_words(world):
    loadings, patches, labels = world
    loadings[patches.positions[:, 0] == 1] *= 3
    found = compare(loadings, patches, labels)
    text = str(found)
    assert text.startswith("12 of 12 factors x regions (100%) tell 2 specimens apart")
    assert max(map(len, text.splitlines())) <= 100
    assert " ".join(text.split()).endswith(found.sentences[0])
    clusters = compare(loadings.argmax(axis=1), patches, labels)
    assert "total variation distance" in str(clusters)
