"""Tests of what is said to have moved against an earlier model."""

import numpy as np
import pytest

from sklearn_microarch import SliceImage
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.studies.training._what_moved import (
    changed_files,
    moved_in_words,
    moved_recalls,
    share_changed,
)


def maps_of(regions, names, cell_size=10):
    """Return maps of 4 x 6 cells; -1 where nothing is mapped."""
    found = np.full((4, 6), -1)
    found[:, : len(regions)] = regions
    shares = np.eye(len(names))[found]
    shares[found < 0] = np.nan
    return MicroarchMaps(
        SliceImage(np.zeros((40, 60))),
        cell_size=cell_size,
        region_probabilities=shares,
        region_names=names,
    )


def test_regions_are_compared_by_name_where_both_are_mapped():
    before = maps_of([0, 0, 1, 1], ["CTX", "VP"])
    assert share_changed(before, before) == 0
    assert share_changed(before, maps_of([1, 1, 0, 0], ["VP", "CTX"])) == 0
    assert share_changed(before, maps_of([0, 1, 1, 0], ["CTX", "VP"])) == 0.5
    assert share_changed(before, maps_of([0, 2], ["CTX", "VP", "ZI"])) == 0.5
    nothing = before.replace(region_probabilities=np.full((4, 6, 2), np.nan))
    assert share_changed(before, nothing) is None


def test_maps_of_another_stride_are_compared_on_the_pixels_of_the_slice():
    before = maps_of([0, 0, 1, 1, 1, 1], ["CTX", "VP"])
    fine = MicroarchMaps(
        before.image,
        cell_size=5,
        region_probabilities=before.region_probabilities.repeat(2, 0).repeat(2, 1),
        region_names=["CTX", "VP"],
    )
    assert share_changed(before, fine) < 0.2


def test_a_recall_moved_where_it_left_its_interval():
    before = {"regions": [{"region": "VP", "recall": 0.6, "low": 0.5, "high": 0.7}]}
    row = {"region": "VP", "low": 0, "high": 1}
    for recall, moved in ((0.7, False), (0.71, True), (0.4, True)):
        after = {"regions": [row | {"recall": recall}, row | {"region": "ZI"}]}
        (found,) = moved_recalls(before, after)
        assert found == {
            "region": "VP",
            "before": 0.6,
            "after": recall,
            "moved": moved,
        }
    assert moved_recalls({}, after) == []


def test_files_that_are_new_or_other_than_before_are_named():
    sections = [
        {"annotation": name, "annotation_fingerprint": name[0]}
        for name in ("a.zip", "b.zip", "c.zip")
    ]
    found = changed_files({"a.zip": "a", "b.zip": "other"}, {"sections": sections})
    assert found == ["b.zip", "c.zip"]


@pytest.mark.parametrize(
    ("after", "words"), [(0.9, "VP: the share told right rose from 60% to 90%.")]
)
def test_what_moved_reads_as_text(after, words):
    recall = {"region": "VP", "before": 0.6, "after": after, "moved": True}
    moved = {
        "model": "old.microarch",
        "annotations": [],
        "recalls": [recall],
        "regions": [{"section": "s1", "changed": 0.25}],
    }
    assert moved_in_words(moved) == [
        "Against old.microarch: no annotation changed.",
        words,
        "s1: the region changed in 25.0% of the tissue.",
    ]
    still = moved | {"recalls": [recall | {"moved": False}]}
    assert "No region's share told right moved" in moved_in_words(still)[1]
