"""Tests of what is found to be doubted."""

import csv
import json

import numpy as np
import pytest
from checking.doubts.textures import (
    NAMES,
    PATCH,
    SpreadClassifier,
    pipeline,
    stripes,
    textured,
)
from sklearn.pipeline import make_pipeline

from sklearn_microarch import PatchSampler, RoiMap, find_doubts
from sklearn_microarch.checking import Doubts

N_ANIMALS = 4


def study():
    """Return slices of four animals and their right annotation."""
    codes = [stripes(ends=(60 + 4 * at, 124 + 4 * at)) for at in range(N_ANIMALS)]
    images = [
        textured(one, seed=at, name=f"s{at}", specimen=f"m{at}")
        for at, one in enumerate(codes)
    ]
    return images, codes


def doubts_of(images, codes, **settings):
    return find_doubts(images, codes, NAMES, pipeline=pipeline(), **settings)


def test_right_annotations_give_no_doubt():
    found = doubts_of(*study())
    assert len(found) == 0
    assert found.hold_out == "animals"
    assert found.n_folds == N_ANIMALS
    assert min(found.agreement.values()) > 0.9
    assert "no doubts in 4 slices" in str(found)


def test_a_border_that_is_off_is_found_where_it_is_off():
    images, codes = study()
    wrong = stripes(ends=(68 + PATCH * 2, 132))
    found = doubts_of(images, [*codes[:2], wrong, codes[3]])
    assert [doubt.slice for doubt in found] == ["s2"]
    doubt = found[0]
    assert (doubt.kind, doubt.annotated, doubt.predicted) == ("piece", "fine", "middle")
    changed = wrong != codes[2]
    mask = found.mask(doubt)
    assert changed[mask].mean() > 0.8
    assert mask[changed].mean() > 0.6
    top, left, bottom, right = doubt.box_px
    rows, cols = np.nonzero(mask)
    assert (rows.min(), rows.max()) == (top, bottom)
    assert (cols.min(), cols.max()) == (left, right)
    assert doubt.box_um == pytest.approx(
        (2 * top, 2 * left, 2 * (bottom + 1), 2 * (right + 1))
    )
    assert doubt.area_patches == pytest.approx(mask.sum() / PATCH**2, rel=0.1)
    assert doubt.area_mm2 == pytest.approx(mask.sum() * 4e-6, rel=0.1)
    assert doubt.probability > 2 * doubt.annotated_probability


def test_a_border_that_is_off_by_a_quarter_of_a_patch_is_ordinary():
    images, codes = study()
    wrong = stripes(ends=(68 + PATCH // 4, 132))
    assert len(doubts_of(images, [*codes[:2], wrong, codes[3]])) == 0


def test_a_mirrored_annotation_is_one_doubt_that_says_so():
    images, codes = study()
    found = doubts_of(images, [codes[0], codes[1][:, ::-1], *codes[2:]])
    assert [doubt.kind for doubt in found] == ["mirrored left-right"]
    assert found[0].slice == "s1"
    assert found[0].animal == "m1"
    assert "whole annotation would fit better mirrored left-right" in str(found[0])


def test_regions_that_are_swapped_are_one_doubt_that_says_so():
    images, codes = study()
    swapped = np.array([0, 2, 1, 3])[codes[3]]
    found = doubts_of(images, [*codes[:3], swapped])
    assert [doubt.kind for doubt in found] == ["swapped"]
    assert {found[0].annotated, found[0].predicted} == {"fine", "middle"}
    assert "look swapped" in found[0].title


def test_a_region_called_by_anothers_name_is_a_doubt_about_all_of_it():
    images, codes = study()
    renamed = np.where(codes[0] == 3, 1, codes[0])
    with pytest.warns(UserWarning, match="specimens that offer no patch"):
        found = doubts_of(images, [renamed, *codes[1:]])
    assert [(doubt.annotated, doubt.predicted) for doubt in found] == [
        ("fine", "coarse")
    ]
    assert found.mask(found[0])[codes[0] == 3].mean() > 0.7


def test_the_more_wrong_the_earlier():
    images, codes = study()
    little, much = stripes(ends=(64 + 2 * PATCH, 128)), stripes(ends=(64, 192 - 8))
    found = doubts_of(images, [codes[0], little, much, codes[3]])
    assert [doubt.rank for doubt in found] == [1, 2]
    assert [doubt.slice for doubt in found] == ["s2", "s1"]
    assert found[0].evidence > found[1].evidence


def test_one_slice_is_judged_strip_by_strip():
    codes = stripes()
    image = textured(codes)
    wrong = codes.copy()
    wrong[24:72, 80:112] = 1
    found = doubts_of(image, wrong, n_splits=3)
    assert found.hold_out == "strips"
    assert found.n_folds == 3
    assert found[0].slice == "slice 1"
    assert (found[0].annotated, found[0].predicted) == ("fine", "middle")
    assert doubts_of(image, codes, n_splits=3).doubts == ()


def test_a_region_of_one_animal_only_is_judged_in_strips():
    images, codes = study()
    alone = [np.where(one == 3, 0, one) for one in codes[:3]] + [codes[3]]
    with pytest.warns(UserWarning, match="specimens that offer no patch"):
        found = doubts_of(images, alone)
    assert found.hold_out == "strips"


def test_a_slice_at_another_pixel_size_has_its_doubts_where_they_are():
    images, codes = study()
    fine = np.kron(stripes(), np.ones((2, 2), dtype=int))
    image = textured(stripes(), seed=1).data
    large = np.kron(image, np.ones((2, 2)))
    images[1] = images[1].replace(data=large, pixel_size_um=1.0)
    wrong = np.kron(stripes(ends=(64 + 2 * PATCH, 128)), np.ones((2, 2), dtype=int))
    found = doubts_of(images, [codes[0], wrong, *codes[2:]])
    (doubt,) = found
    mask = found.mask(doubt)
    assert mask.shape == fine.shape
    assert (wrong != fine)[mask].mean() > 0.8
    assert doubt.area_mm2 == pytest.approx(mask.sum() * 1e-6, rel=0.1)
    assert found.rois[1].shape == fine.shape
    assert (found.rois[1].codes == wrong).mean() > 0.98


def test_an_annotation_of_names_gives_the_same(tmp_path):
    images, codes = study()
    wrong = [*codes[:2], stripes(ends=(68 + PATCH * 2, 132)), codes[3]]
    named = [RoiMap(one, NAMES, pixel_size_um=2.0) for one in wrong]
    found = find_doubts(images, named, pipeline=pipeline())
    same = doubts_of(images, wrong)
    assert [str(doubt) for doubt in found] == [str(doubt) for doubt in same]


def test_what_is_unlike_all_regions_is_no_doubt():
    class Novel(SpreadClassifier):
        def transform(self, X):
            return self._spread(X)

        def predict_proba_from_features(self, Z):
            return self.model_.predict_proba(Z)

        def novelty_from_features(self, Z):
            return np.full(len(Z), 3.0)

    images, codes = study()
    wrong = [*codes[:2], stripes(ends=(68 + PATCH * 2, 132)), codes[3]]
    novel = make_pipeline(PatchSampler(PATCH, tissue=None), Novel())
    assert len(doubts_of(images, wrong)) == 1
    assert len(find_doubts(images, wrong, NAMES, pipeline=novel)) == 0


@pytest.fixture(scope="module")
def found():
    images, codes = study()
    wrong = [*codes[:2], stripes(ends=(68 + PATCH * 2, 132)), codes[3][:, ::-1]]
    return doubts_of(images, wrong)


def test_files_can_be_read_back(found, tmp_path):
    paths = found.save(tmp_path / "new")
    assert {path.name for path in paths} == {
        "doubts.csv",
        "s2_doubts.geojson",
        "s3_doubts.geojson",
    }
    with (tmp_path / "new" / "doubts.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["slice"] for row in rows] == [doubt.slice for doubt in found]
    assert float(rows[1]["top_px"]) == found[1].box_px[0]
    outlines = json.loads((tmp_path / "new" / "s2_doubts.geojson").read_text())
    (feature,) = outlines["features"]
    assert feature["properties"]["name"] == "doubt 2: part of fine looks like middle"
    corners = np.array(feature["geometry"]["coordinates"][0])
    top, left, bottom, right = found[1].box_px
    assert corners.min(axis=0).tolist() == [left, top]
    assert corners.max(axis=0).tolist() == [right + 1, bottom + 1]


def test_files_are_not_replaced_unasked(found, tmp_path):
    (tmp_path / "doubts.csv").write_text("mine")
    with pytest.raises(FileExistsError, match=r"doubts.csv exist; pass overwrite=True"):
        found.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["doubts.csv"]
    found.save(tmp_path, overwrite=True)
    assert (tmp_path / "doubts.csv").read_text().startswith("rank,slice")


def test_the_record_is_a_sequence_and_shows_a_table(found):
    assert isinstance(found, Doubts)
    assert found[:1] == (found[0],)
    assert repr(found) == "Doubts(2 in 2 slices)"
    text = str(found)
    assert "had not seen the animal" in text
    assert "The annotation is unchanged." in text
    with pytest.raises(ValueError, match="name='s9' is none of the slices: s0, s1"):
        found.to_rois("s9")
    with pytest.raises(ValueError, match="the slice 's0' has no doubt"):
        found.to_rois("s0")


def test_arguments_that_cannot_be_are_refused():
    images, codes = study()
    for settings, error, words in (
        ({"hold_out": "slices"}, ValueError, "hold_out"),
        ({"n_splits": 1}, ValueError, "n_splits"),
        ({"min_area": 0}, ValueError, "min_area"),
        ({"min_ratio": 0.5}, ValueError, "min_ratio"),
    ):
        with pytest.raises(error, match=words):
            doubts_of(images, codes, **settings)
    with pytest.raises(TypeError, match="begin with a PatchSampler"):
        find_doubts(images, codes, NAMES, pipeline=SpreadClassifier())
    with pytest.raises(TypeError, match="begin with a PatchSampler"):
        find_doubts(images, codes, NAMES, pipeline=make_pipeline(PatchSampler(PATCH)))
    nameless = [image.replace(specimen=None) for image in images]
    with pytest.raises(ValueError, match="the animal of each"):
        doubts_of(nameless, codes, hold_out="animals")
    twins = [image.replace(name="same") for image in images]
    with pytest.raises(ValueError, match="several slices have the name 'same'"):
        doubts_of(twins, codes)
