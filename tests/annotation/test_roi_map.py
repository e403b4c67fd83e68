"""Tests of sklearn_microarch.annotation._roi_map."""

import pickle
import warnings

import joblib
import numpy as np
import pytest

from sklearn_microarch import RoiMap, SliceImage
from sklearn_microarch.annotation.tables._structure_tree import StructureTree
from sklearn_microarch.exceptions import AnnotationWarning

TREE = StructureTree(
    names={997: "root", 8: "Grey", 315: "Isocortex", 1: "Area one", 2: "Area two"},
    parents={997: None, 8: 997, 315: 8, 1: 315, 2: 8},
    acronyms={997: "root", 8: "grey", 315: "Isocortex", 1: "A1", 2: "A2"},
    colors={315: (112, 255, 113)},
)


@pytest.fixture
def codes():
    codes = np.zeros((7, 9), dtype=np.uint8)
    codes[1:4, 1:5], codes[4:6, 1:5] = 1, 2
    return codes


def test_codes_are_int64_read_only_and_a_copy(codes):
    rois = RoiMap(codes, {1: "CTX", 2: "CC"})
    assert rois.codes.dtype == np.int64
    assert not rois.codes.flags.writeable
    codes[:] = 0
    assert rois.areas() == {"CTX": 12, "CC": 8}
    assert rois.region_names == ["CTX", "CC"]
    assert rois.code_of("CC") == 2
    with pytest.raises(TypeError):
        rois.names[3] = "no"


def test_it_pickles_and_hashes_by_content(codes):
    rois = RoiMap(codes, {1: "CTX", 2: "CC"}, colors={1: (1, 2, 3)}, tree=TREE)
    same = RoiMap(codes.astype(float), {2: "CC", 1: "CTX"}, colors={1: [1, 2, 3]})
    same = same.replace(tree=TREE, notes=("from elsewhere.",))
    loaded = pickle.loads(pickle.dumps(rois))
    assert rois == same == loaded
    assert hash(rois) == hash(same) == hash(loaded)
    assert joblib.hash(rois) == joblib.hash(loaded)
    assert loaded.areas() == rois.areas()
    assert rois != rois.rename({"CC": "cc"})
    assert rois != rois.replace(pixel_size_um=2.0)
    assert rois != "rois"


def test_a_memory_mapped_map_stays_equal(codes, tmp_path):
    rois = RoiMap(codes, {1: "CTX", 2: "CC"})
    joblib.dump(rois, tmp_path / "rois.joblib")
    mapped = joblib.load(tmp_path / "rois.joblib", mmap_mode="r")
    assert mapped == rois
    assert joblib.hash(mapped) == joblib.hash(rois)


def test_ids_up_to_two_to_the_32_survive():
    ids = [[2**32 - 1, 2**24 + 1, 614454277]]
    rois = RoiMap(np.array(ids, dtype=np.uint32), {i: str(i) for i in ids[0]})
    assert rois.codes.tolist() == ids


@pytest.mark.parametrize(
    "codes, error, words",
    [
        (np.zeros(3), ValueError, "2-D"),
        (np.zeros((0, 3)), ValueError, "not empty"),
        (np.full((2, 2), 0.5), ValueError, "no whole number"),
        (np.full((2, 2), np.nan), ValueError, "no whole number"),
        (np.full((2, 2), -1), ValueError, "unannotated_code=-1"),
        (np.full((2, 2), 2**33), ValueError, "2\\*\\*32"),
        (np.zeros((2, 2), dtype=bool), TypeError, "bool"),
        ("codes", ValueError, "codes"),
    ],
)
def test_what_is_no_codes_is_refused(codes, error, words):
    with pytest.raises(error, match=words):
        RoiMap(codes, {})


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"names": {1: "", 2: "b"}}, "empty"),
        ({"names": {1: 5, 2: "b"}}, "must be a string"),
        ({"names": {"a": 5}}, "code of names"),
        ({"names": ["a"]}, "lists 1 names, but 2 codes occur"),
        ({"colors": {1: (1, 2)}}, "three integers"),
        ({"colors": [1]}, "colors"),
        ({"offset_um": 3}, "offset_um"),
        ({"offset_um": (np.nan, 0)}, "offset_um"),
        ({"pixel_size_um": -1}, "pixel_size_um"),
        ({"sides": {1: "up"}}, "left"),
        ({"notes": 5}, "notes"),
    ],
)
def test_what_is_no_argument_is_refused_by_name(codes, changes, words):
    with pytest.raises((TypeError, ValueError), match=words):
        RoiMap(codes, **({"names": {1: "a", 2: "b"}} | changes))


def test_codes_without_names_are_said_and_called_by_number(codes):
    with pytest.warns(AnnotationWarning, match=r"2 \(8 pixels\)"):
        rois = RoiMap(codes, {1: "CTX"})
    assert rois.region_names == ["CTX", "2"]


def test_names_that_differ_in_case_or_blanks_are_said(codes):
    with pytest.warns(AnnotationWarning, match="'CTX' and 'ctx '"):
        RoiMap(codes, {1: "CTX", 2: "ctx "})


def test_two_codes_of_one_name_are_a_merge(codes):
    rois = RoiMap(codes, {1: "CTX", 2: "CTX", 7: "spare"})
    assert rois.areas() == {"CTX": 20}
    assert set(np.unique(rois.codes)) == {0, 1}
    assert "2 into 1" in rois.notes[0]
    assert dict(rois.names) == {1: "CTX", 7: "spare"}


def test_a_sequence_names_the_codes_that_occur(codes):
    assert dict(RoiMap(codes * 3, ["CTX", "CC"]).names) == {3: "CTX", 6: "CC"}


def test_regions_are_merged_excluded_and_renamed(codes):
    rois = RoiMap(codes, {1: "CTX", 2: "CC"}, colors={1: (1, 1, 1), 2: (2, 2, 2)})
    both = rois.merge({"all": ["CC", "CTX"]})
    assert both.areas() == {"all": 20}
    assert dict(both.colors) == {1: (1, 1, 1)}
    assert rois.merge({"CC": ["CC", "CTX"]}).areas() == {"CC": 20}
    assert rois.exclude(["CTX"]).areas() == {"CC": 8}
    assert rois.rename({"CC": "corpus callosum"}).areas()["corpus callosum"] == 8
    assert rois.rename({"CC": "CTX"}).areas() == {"CTX": 20}
    assert rois.areas() == {"CTX": 12, "CC": 8}


@pytest.mark.parametrize(
    "change",
    [
        lambda rois: rois.exclude(["CTXX"]),
        lambda rois: rois.rename({"CTXX": "b"}),
        lambda rois: rois.merge({"a": ["CTXX"]}),
        lambda rois: rois.code_of("CTXX"),
    ],
)
def test_unknown_regions_are_named_with_the_most_alike(codes, change):
    with pytest.raises(ValueError, match="'CTXX'; did you mean 'CTX'"):
        change(RoiMap(codes, {1: "CTX", 2: "CC"}))


def test_merges_that_cannot_be_are_refused(codes):
    rois = RoiMap(codes, {1: "CTX", 2: "CC"})
    with pytest.raises(ValueError, match="already; list it too"):
        rois.merge({"CTX": ["CC"]})
    with pytest.raises(ValueError, match="in two of them"):
        rois.merge({"a": ["CC"], "b": ["CC"]})
    with pytest.raises(ValueError, match="no region"):
        rois.merge({"a": []})
    with pytest.raises(TypeError, match="mapping"):
        rois.merge([["CC"]])


def test_leaves_roll_up_to_the_deepest_level_asked_for(codes):
    rois = RoiMap(codes, {1: "A1", 2: "A2"}, tree=TREE)
    assert rois.to_level(["root", "Isocortex"]).areas() == {"Isocortex": 12, "root": 8}
    coarse = rois.to_level([315])
    assert coarse.areas() == {"Isocortex": 12}
    assert coarse.code_of("Isocortex") == 315
    assert coarse.colors[315] == (112, 255, 113)
    assert "8 annotated pixels (40.0%)" in coarse.notes[-1]
    assert "A2 (8)" in coarse.notes[-1]
    assert rois.to_level(["Grey"]).areas() == {"Grey": 20}


def test_levels_of_two_sides_stay_two(codes):
    rois = RoiMap(
        codes,
        {1: "Left: A1", 2: "Right: A1"},
        tree=TREE,
        sides={1: "left", 2: "right"},
    )
    coarse = rois.to_level(["grey"])
    assert coarse.areas() == {"Left: grey": 12, "Right: grey": 8}
    assert sorted(coarse.sides.values()) == ["left", "right"]


def test_levels_that_cannot_be_are_refused(codes):
    rois = RoiMap(codes, {1: "A1", 2: "A2"}, tree=TREE)
    with pytest.raises(ValueError, match="Isocortex"):
        rois.to_level(["Isocortx"])
    with pytest.raises(ValueError, match="no region"):
        rois.exclude(["A1"]).to_level(["Isocortex"])
    with pytest.raises(ValueError, match="list of structures"):
        rois.to_level("Isocortex")
    with pytest.raises(ValueError, match="tree="):
        rois.replace(tree=None).to_level(["Isocortex"])


def test_labels_are_looked_up_in_micrometres():
    codes = np.array([[1, 2], [0, 3]])
    # Corners coincide: 25 pixels of 1 um under each of 25 um.
    rois = RoiMap(
        codes, {1: "a", 2: "b", 3: "c"}, pixel_size_um=25.0, offset_um=(12, 12)
    )
    image = SliceImage(np.zeros((55, 50)), pixel_size_um=1.0)
    expected = np.zeros((55, 50), dtype=int)
    expected[:50] = np.kron(codes, np.ones((25, 25), dtype=int))
    assert (rois.on(image) == expected).all()
    rows, cols = [0, 24, 25, 49, 54], [25, 24, 0, 49, 0]
    assert rois.labels_at(image, rows, cols).tolist() == ["b", "a", "", "c", ""]


@pytest.mark.parametrize("downsample, crop", [(1, (0, 0)), (4, (0, 0)), (2, (40, 20))])
def test_levels_and_crops_of_a_picture_lie_under_one_map(downsample, crop):
    rng = np.random.default_rng(0)
    codes = rng.integers(1, 4, (10, 8))
    rois = RoiMap(codes, list("abc"), pixel_size_um=20.0, offset_um=(9.5, 9.5))
    whole = rois.on(SliceImage(np.zeros((200, 160)), pixel_size_um=1.0))
    assert (whole == np.kron(codes, np.ones((20, 20), dtype=int))).all()
    part = whole[crop[0] :, crop[1] :][::downsample, ::downsample]
    image = SliceImage(
        np.zeros(part.shape),
        pixel_size_um=float(downsample),
        downsample=downsample,
        crop=crop,
    )
    assert (rois.on(image) == part).all()


def test_without_a_pixel_size_shapes_must_match(codes):
    rois = RoiMap(codes, {1: "CTX", 2: "CC"})
    image = SliceImage(np.zeros((7, 9)), pixel_size_um=3.0)
    assert (rois.on(image) == codes).all()
    assert (rois.replace(pixel_size_um=5.0).on(np.zeros((7, 9))) == codes).all()
    with pytest.raises(ValueError, match=r"7 x 9 .* 8 x 9"):
        rois.on(np.zeros((8, 9)))


def test_the_unannotated_code_may_be_another(codes):
    rois = RoiMap(codes.astype(int) - 1, {0: "CTX", 1: "CC"}, unannotated_code=-1)
    assert rois.areas() == {"CTX": 12, "CC": 8}
    assert rois.labels_at(np.zeros((7, 9)), [0, 1], [0, 1]).tolist() == ["", "CTX"]


def test_names_of_codes_that_do_not_occur_are_kept_in_silence(codes):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rois = RoiMap(codes, {0: "Clear", 1: "CTX", 2: "CC", 5: "none"})
    assert dict(rois.names) == {1: "CTX", 2: "CC", 5: "none"}
    assert repr(rois) == "RoiMap(7 x 9 pixels, 2 regions, pixel size unknown)"
