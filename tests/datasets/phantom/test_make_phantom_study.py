"""Tests of sklearn_microarch.datasets.make_phantom_study."""

import numpy as np
import pytest

from sklearn_microarch.datasets import make_phantom_study, make_thalamocortical_phantom
from sklearn_microarch.sheets import draft_sheet, read_sheet

SHAPE = (96, 384)


def test_the_sheet_ties_files_animals_and_groups_together(tmp_path):
    path = make_phantom_study(tmp_path / "new", n_animals=1, n_sections=2, shape=SHAPE)
    sheet = read_sheet(path)
    assert [section.name for section in sheet] == ["m1_s1", "m1_s2", "m2_s1", "m2_s2"]
    assert [section.group for section in sheet] == ["control"] * 2 + ["treated"] * 2
    assert [section.z_um for section in sheet] == [0, 100, 0, 100]
    assert sheet[0].details == {"sex": "f"}


def test_what_is_read_is_what_was_drawn_in_either_kind_of_file(tmp_path):
    sheet = read_sheet(make_phantom_study(tmp_path, n_animals=1, shape=SHAPE))
    for seed, section in enumerate(sheet):
        expected = make_thalamocortical_phantom(
            shape=SHAPE,
            variation=0.3,
            cells={"L4": 0.6} if seed else None,
            six_class=True,
            random_state=seed,
        )
        image = section.read_image()
        np.testing.assert_array_equal(image.pixels, expected.images[0].data)
        assert image.pixel_size_um == pytest.approx(1.17)
        codes, names = expected.rois[0], expected.roi_names
        rows, cols = np.indices(codes.shape).reshape(2, -1)
        found = section.read_rois(image).labels_at(image, rows, cols)
        wanted = [names.get(code, "") if code else "" for code in codes.ravel()]
        np.testing.assert_array_equal(found, wanted)


def test_the_files_can_be_paired_by_their_names(tmp_path):
    make_phantom_study(tmp_path, n_animals=1, shape=SHAPE)
    sheet, left_over = draft_sheet(tmp_path)
    assert [section.rois.name for section in sheet] == [
        "m1_s1.geojson",
        "m2_s1_RoiSet.zip",
    ]
    assert not left_over


def test_a_study_that_exists_is_replaced_only_when_told(tmp_path):
    make_phantom_study(tmp_path, n_animals=1, shape=SHAPE)
    with pytest.raises(FileExistsError, match=r"study\.csv exists; pass overwrite"):
        make_phantom_study(tmp_path, n_animals=1, shape=SHAPE)
    sheet = make_phantom_study(
        tmp_path, n_animals=1, shape=SHAPE, effect=1, overwrite=True
    )
    assert sheet == tmp_path / "study.csv"
