"""Tests of the statistics of a study."""

import shutil

import numpy as np
import pytest
from studies.mapped_study import ANIMALS, model, sheet_rows, write_sheet, write_study

from sklearn_microarch import RoiMap, map_slice, read_image
from sklearn_microarch.anatomy import RegionalTable, compare_groups, regional_summary
from sklearn_microarch.exceptions import (
    DifferentModelsError,
    FewAnimalsWarning,
    SheetError,
)
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.model_file import save_model
from sklearn_microarch.sheets import read_sheet
from sklearn_microarch.sheets._file_fingerprint import file_fingerprint
from sklearn_microarch.studies import study_statistics


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return the folder of a mapped study. Not to be changed."""
    folder = tmp_path_factory.mktemp("mapped")
    write_study(folder)
    return folder


@pytest.fixture
def study(written, tmp_path):
    """Return a copy of the folder, to be changed."""
    return shutil.copytree(written, tmp_path / "study")


def statistics(folder, **settings):
    return study_statistics(folder / "study.csv", folder / "maps", **settings)


def test_the_table_is_that_of_the_maps_and_annotations_with_the_sheets_columns(written):
    table = statistics(written).table
    assert set(table["specimen"]) == set(ANIMALS)
    assert set(table["region_source"]) == {"annotation"}
    groups = dict(zip(table["specimen"], table["group"], strict=True))
    assert groups == ANIMALS
    assert set(table["sex"]) == {"f", "m"}
    section = read_sheet(written / "study.csv")[0]
    image = section.read_image()
    maps = open_maps(written / "maps" / "m1_s1.zarr").replace(image=image)
    alone = RegionalTable(regional_summary(maps, section.read_rois(image)))
    own = table["specimen"] == "m1"
    for column in ("region", "name", "loading", "area_mm2", "n_independent"):
        np.testing.assert_array_equal(table[column][own], alone[column])


def test_tiff_files_give_the_table_that_ome_zarr_gives(written, tmp_path):
    for section in read_sheet(written / "study.csv"):
        map_slice(model(), section.read_image(), out=tmp_path)
    stored = statistics(written).table
    tiff = study_statistics(written / "study.csv", tmp_path).table
    assert tiff.columns == stored.columns
    for column in stored.columns:
        if stored[column].dtype.kind == "f":
            # TIFF files hold values in single precision.
            np.testing.assert_allclose(tiff[column], stored[column], rtol=1e-5)
        else:
            np.testing.assert_array_equal(tiff[column], stored[column])


def test_groups_are_compared_as_by_hand(written):
    found = statistics(written, compare="group")
    by_hand = compare_groups(found.table, random_state=0)
    np.testing.assert_array_equal(found.comparison.p_value, by_hand.p_value)
    assert found.comparison.groups == ("control", "treated")


def test_fewer_regions_and_factors_are_fewer_tests(written):
    everything = statistics(written, compare="group").comparison
    asked = statistics(
        written, compare="group", regions=["CTX"], factors=["factor00"]
    ).comparison
    assert (everything.n_tests, asked.n_tests) == (4, 1)
    with pytest.raises(ValueError, match=r"regions=\['CTXX'\] are not in the table"):
        statistics(written, compare="group", regions=["CTXX"])
    with pytest.raises(ValueError, match="factors="):
        statistics(written, compare="group", factors=["factor99"])


def test_any_column_of_the_sheet_tells_groups(written):
    found = statistics(written, compare="sex", measure="area_mm2").comparison
    assert found.groups == ("f", "m")


def test_files_are_written_and_not_replaced_unasked(written, tmp_path):
    found = statistics(written, compare="group")
    paths = found.save(tmp_path / "stats")
    assert [path.name for path in paths] == [
        "regions.csv",
        "comparison.csv",
        "methods.txt",
    ]
    back = RegionalTable.read_csv(paths[0])
    np.testing.assert_array_equal(back["loading"], found.table["loading"])
    lines = paths[1].read_text().splitlines()
    assert lines[0].startswith("region,name,mean_control,mean_treated,difference")
    assert len(lines) == 1 + len(found.comparison.regions)
    assert paths[2].read_text().strip() == found.methods
    with pytest.raises(FileExistsError, match="overwrite=True"):
        found.save(tmp_path / "stats")
    assert statistics(written).save(tmp_path / "stats", overwrite=True) == [
        paths[0],
        paths[2],
    ]


def test_sections_without_maps_are_named(study):
    shutil.rmtree(study / "maps" / "m2_s1.zarr")
    found = statistics(study)
    assert found.missing == ("m2_s1",)
    assert "Without maps, and left out: m2_s1." in str(found)
    assert "m2" not in found.table["specimen"]


def test_no_maps_at_all_is_an_error_that_says_where_they_were_looked_for(study):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*elsewhere"):
        study_statistics(study / "study.csv", study / "elsewhere")
    (study / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="no maps of the sections"):
        study_statistics(study / "study.csv", study / "empty")


def test_predicted_regions_are_not_mixed_with_annotated_ones(study):
    rows = sheet_rows(study / "study.csv")
    rows[0]["rois"] = ""
    write_sheet(study, rows)
    with pytest.raises(ValueError, match="m1_s1 have none"):
        statistics(study, source="annotation")
    # These maps know no regions.
    with pytest.raises(ValueError, match="no predicted regions"):
        statistics(study)


def test_regions_are_merged_and_left_out(written):
    whole = statistics(written, merge={"brain": ["CTX", "CC"]}).table
    assert set(whole["region"]) == {"brain"}
    assert set(statistics(written, exclude=["CC"]).table["region"]) == {"CTX"}


def test_maps_of_two_models_are_refused(study):
    image = read_image(study / "m6_s1.tif").replace(name="m6_s1")
    place = study / "maps" / "m6_s1.zarr"
    map_slice(model(seed=1), image, out=place, overwrite=True)
    with pytest.raises(DifferentModelsError, match=r"'m6_s1' .* another model"):
        statistics(study)


def test_maps_of_two_settings_are_refused(study):
    image = read_image(study / "m6_s1.tif").replace(name="m6_s1")
    place = study / "maps" / "m6_s1.zarr"
    map_slice(model(), image, out=place, overwrite=True, stride=8)
    with pytest.raises(DifferentModelsError, match="stride"):
        statistics(study)


def test_a_picture_that_changed_since_it_was_mapped_is_refused(study):
    shutil.copy(study / "m2_s1.tif", study / "m1_s1.tif")
    with pytest.raises(ValueError, match="not the picture that the maps of 'm1_s1'"):
        statistics(study)


def test_annotations_that_changed_since_the_training_are_named(study, tmp_path):
    facts = {
        "annotations": {
            f"{name}_s1.geojson": file_fingerprint(study / f"{name}_s1.geojson")
            for name in ("m1", "m2")
        }
    }
    path = tmp_path / "m.microarch"
    save_model(model(), path, facts=facts)
    assert not statistics(study, model=path).notes
    codes = np.ones((40, 64), dtype=int)
    codes[:, 40:] = 2
    RoiMap(codes, {1: "CTX", 2: "CC"}, pixel_size_um=10.0).write(
        study / "m2_s1.geojson", overwrite=True
    )
    (note,) = statistics(study, model=path).notes
    assert "Changed since the model was trained: m2_s1.geojson" in note
    other = tmp_path / "other.microarch"
    save_model(model(seed=1), other)
    with pytest.raises(DifferentModelsError, match="not made with"):
        statistics(study, model=other)


def test_an_animal_that_is_not_known_is_asked_for(study):
    rows = sheet_rows(study / "study.csv")
    rows[3]["animal"] = ""
    write_sheet(study, rows)
    with pytest.raises(SheetError, match="animal"):
        statistics(study)


def test_few_animals_are_estimates_and_the_sentence_says_how_many_it_takes(study):
    rows = sheet_rows(study / "study.csv")
    write_sheet(study, [rows[0], rows[1], rows[4], rows[5]])
    with pytest.warns(FewAnimalsWarning):
        found = statistics(study, compare="group")
    assert "without a test, as a group has fewer than 3 animals" in found.methods
    assert "which takes 4 animals a group at least" in found.methods
    assert "control: 2 animals, 2 sections; treated: 2 animals" in found.methods


def test_the_sentence_counts_animals_and_sections_and_names_the_method(written):
    assert statistics(written).methods.startswith(
        "Maps of microarchitecture were averaged within annotated regions of 6 "
        "sections of 6 animals (sklearn-microarch "
    )
    words = statistics(written, compare="group").methods
    assert "control: 3 animals, 3 sections; treated: 3 animals, 3 sections" in words
    assert "all 20 relabellings of animals" in words
    assert "corrected for 4 tests by the step-down maximum" in words
    assert "95 % intervals are Welch's" in words
    assert "with so few animals p cannot be below 0.05" in words


def test_pairs_are_told_as_pairs(study):
    rows = sheet_rows(study / "study.csv")
    for at, row in enumerate(rows):
        row["animal"] = f"m{at // 2}"
        row["side"] = ("left", "right")[at % 2]
    write_sheet(study, rows)
    words = statistics(study, compare="side", pair="side").methods
    assert "left: 3 animals, 3 sections; right: 3 animals, 3 sections" in words
    assert "with pairs of sides as the unit" in words
    assert "all 8 exchanges of the two sides within animals" in words
    assert "intervals are Student's" in words


def test_the_tables_own_column_names_cannot_come_from_the_sheet(study):
    rows = [row | {"loading": "1"} for row in sheet_rows(study / "study.csv")]
    write_sheet(study, rows)
    with pytest.raises(ValueError, match="'loading'"):
        statistics(study)
