"""Tests of sklearn_microarch.studies.train_study."""

import json
import re

import numpy as np
import pytest

from sklearn_microarch import load_model, read_image, read_manifest, read_rois
from sklearn_microarch.exceptions import UnfitStudyError
from sklearn_microarch.sheets import Section, Sheet, read_sheet
from sklearn_microarch.sheets._file_fingerprint import file_fingerprint
from sklearn_microarch.studies import train_study

QUICK = {"stride": 16, "validate": False, "page": False}


def test_the_model_file_holds_the_pipeline_and_its_record(trained, study):
    done, _ = trained
    facts = read_manifest(done.path)["facts"]
    assert facts["training"] == done.record
    folder = study.parent
    assert facts["annotations"] == {
        name: file_fingerprint(folder / name)
        for name in ("m1_s1.geojson", "m2_s1_RoiSet.zip")
    }
    patches = done.pipeline[0].cut(read_image(folder / "m1_s1.ome.tif"), stride=32)
    np.testing.assert_array_equal(
        load_model(done.path).predict(patches), done.pipeline.predict(patches)
    )


def test_the_record_is_plain_json(trained):
    record = trained[0].record
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert [one["animal"] for one in record["sections"]] == ["m1", "m2"]
    assert record["settings"]["stride"] == 16
    assert record["minutes"] > 0


def test_held_out_tissue_and_animals_judge_the_model(trained):
    record = trained[0].record
    regions = {row["region"]: row for row in record["validation"]["regions"]}
    assert set(regions) == {"cortex", "striatum", "VP", "ZI", "WM", "hypothalamus"}
    for row in regions.values():
        assert 0 <= row["low"] <= row["recall"] <= row["high"] <= 1
        assert row["n_centres"] >= row["independent"] > 0
    mean = np.mean([row["recall"] for row in regions.values()])
    assert record["validation"]["balanced_accuracy"] == pytest.approx(mean)
    left_out = record["animals"]["left_out"]
    assert [row["animal"] for row in left_out] == ["m1", "m2"]
    assert not record["animals"]["is_trusted"]


def test_factors_are_told_inside_outside_at_the_rim_and_by_animal(trained):
    record = trained[0].record
    assert len(record["factors"]) == 6
    for row in record["factors"]:
        assert row["name"].endswith(row["region"])
        assert 0 <= row["outside"] <= 1
        assert 0 <= row["rim"] <= 1
        assert list(row["per_animal"]) == ["m1", "m2"]
    # Two groups of one animal each: nothing to compare within a group.
    (sentence,) = record["animals_apart"]
    assert sentence.startswith("Factors and clusters are not compared")
    assert "each group has one animal" in sentence


def test_what_is_shown_is_the_share_right_and_no_loss(trained):
    done, said = trained
    (point,) = done.record["curve"]
    history = done.pipeline["features"].history_
    assert point == {
        "epoch": 1,
        "share_right": pytest.approx(history[0]["valid_balanced_accuracy"]),
    }
    assert not any("loss" in words for words in said)
    assert any("2 animals left out" in words for words in said)


def test_the_training_reads_as_text(trained):
    text = str(trained[0])
    assert re.match(r"trained on 2 sections in \d", text)
    assert "on animals left out of the training" in text
    assert re.search(r"factor\d\d_cortex +\d+%", text)


def test_a_page_and_a_picture_of_each_annotation_are_drawn(trained):
    done, _ = trained
    assert done.page == done.path.with_name("study.html")
    page = done.page.read_text()
    assert "Training of study" in page
    assert "m2_s1" in page
    assert [path.name for path in done.overlays] == ["m1_s1.png", "m2_s1.png"]
    assert all(read_image(path).shape[0] > 100 for path in done.overlays)


def test_a_model_that_exists_is_replaced_only_when_told(trained, study, pipeline):
    done, _ = trained
    with pytest.raises(FileExistsError, match="overwrite=True"):
        train_study(study, done.path, pipeline=pipeline)
    with pytest.raises(ValueError, match=r"must end in \.microarch"):
        train_study(study, done.path.with_name("model.joblib"), pipeline=pipeline)


def test_what_moved_against_an_earlier_model_is_told(
    trained, study, pipeline, tmp_path
):
    sheet = read_sheet(study)
    image = sheet[0].read_image()
    swapped = sheet[0].read_rois(image).rename({"VP": "striatum", "striatum": "VP"})
    swapped.write(tmp_path / "m1_s1.geojson", image=image)
    corrected = Sheet(
        [
            Section(sheet[0].image, tmp_path / "m1_s1.geojson", "m1", group="control"),
            sheet[1],
        ]
    )
    done = train_study(
        corrected,
        tmp_path / "new.microarch",
        pipeline=pipeline,
        before=trained[0].path,
        anyway=True,
        **QUICK,
    )
    moved = done.record["moved"]
    assert moved["annotations"] == ["m1_s1.geojson"]
    assert [row["section"] for row in moved["regions"]] == ["m1_s1", "m2_s1"]
    assert all(0 <= row["changed"] <= 1 for row in moved["regions"])
    assert "1 annotation changed (m1_s1.geojson)" in str(done)


def test_an_unknown_region_is_named_with_those_there_are(study, pipeline, tmp_path):
    with pytest.raises(ValueError, match="no section has the region TRN; there are VP"):
        train_study(study, tmp_path / "m.microarch", pipeline=pipeline, exclude=["TRN"])


def test_training_on_a_mirrored_annotation_is_refused(study, pipeline, tmp_path):
    sheet = read_sheet(study)
    image = sheet[0].read_image()
    rois = read_rois(sheet[0].rois, like=image)
    mirrored = rois.replace(codes=rois.codes[:, ::-1])
    mirrored.write(tmp_path / "mirrored.geojson", image=image)
    wrong = Sheet([Section(sheet[0].image, tmp_path / "mirrored.geojson", "m1")])
    with pytest.raises(UnfitStudyError, match=r"section m1_s1: .*mirrored"):
        train_study(wrong, tmp_path / "m.microarch", pipeline=pipeline)
    assert not (tmp_path / "m.microarch").exists()


@pytest.fixture(scope="module")
def one_animal(study, pipeline, tmp_path_factory):
    """Return a training on one annotated section of two, and what was said."""
    sheet, said = read_sheet(study), []
    done = train_study(
        Sheet([sheet[0], Section(sheet[1].image, animal="m2")]),
        tmp_path_factory.mktemp("one") / "m.microarch",
        pipeline=pipeline,
        stride=16,
        merge={"thalamus": ["VP", "ZI"]},
        exclude=["WM"],
        page=False,
        say=said.append,
    )
    return done, said


def test_regions_are_merged_and_left_out(one_animal):
    regions = one_animal[0].pipeline["features"].classes_.tolist()
    assert regions == ["cortex", "hypothalamus", "striatum", "thalamus"]
    assert one_animal[0].record["settings"]["exclude"] == ["WM"]


def test_sections_without_annotation_are_left_out(one_animal):
    done, said = one_animal
    assert [one["name"] for one in done.record["sections"]] == ["m1_s1"]
    assert "without annotation, left out: m2_s1" in said


def test_of_one_animal_strips_are_held_out(one_animal):
    record = one_animal[0].record
    assert record["validation"]["kind"] == "strips"
    assert record["animals"] is None
    assert len(record["validation"]["regions"]) == 4


def test_there_is_nothing_to_train_on_without_annotation(study, pipeline, tmp_path):
    bare = Sheet([Section(read_sheet(study)[1].image)])
    with pytest.raises(ValueError, match="no section has an annotation"):
        train_study(bare, tmp_path / "n.microarch", pipeline=pipeline)
