"""Tests of the numbers behind displays: sklearn_microarch.plotting.export."""

import csv

import numpy as np
import pytest

from sklearn_microarch import check_slice
from sklearn_microarch.plotting import (
    ClusterMapDisplay,
    CompositeMapDisplay,
    FactorMapDisplay,
    RegionMapDisplay,
    SliceCheckDisplay,
)


def rows_of(display, folder):
    path = display.to_csv(folder / "numbers.csv", overwrite=True)
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_factor_map_gives_each_cell_its_place_and_loadings(maps, tmp_path):
    rows = rows_of(FactorMapDisplay.from_maps(maps), tmp_path)
    assert len(rows) == 8 * 30
    assert list(rows[0])[:5] == ["slice", "row_px", "column_px", "y_um", "x_um"]
    for row in rows[::37]:
        at = int(float(row["row_px"]) / 8), int(float(row["column_px"]) / 8)
        assert float(row["x_um"]) == pytest.approx(8 * at[1] * 1.17)
        for name, loading in zip(maps.factor_names, maps.factors[at], strict=True):
            assert np.float32(row[name]) == loading


def test_a_composite_gives_its_three_factors(maps, tmp_path):
    display = CompositeMapDisplay.from_maps(maps, factors=[0, 2, 3])
    assert list(rows_of(display, tmp_path)[0])[5:] == [
        "factor01_CTX",
        "factor07_ZI",
        "factor12_WM",
    ]


def test_a_region_map_gives_region_and_probability(maps, tmp_path):
    display = RegionMapDisplay.from_maps(maps)
    for row in rows_of(display, tmp_path)[::41]:
        at = int(float(row["row_px"]) / 8), int(float(row["column_px"]) / 8)
        assert row["region"] == maps.region_names[display.regions[at]]
        assert float(row["probability"]) == display.confidence[at]
        assert row["unknown"] == "False"


def test_clusters_of_several_slices_follow_each_other(maps_of_two, tmp_path):
    rows = rows_of(ClusterMapDisplay.from_maps(maps_of_two), tmp_path)
    assert {row["slice"] for row in rows} == {"A: wide", "B: narrow"}
    counts = [int((one.clusters >= 0).sum()) for one in maps_of_two]
    assert len(rows) == sum(counts)
    assert rows[0]["name"] == f"cluster {rows[0]['cluster']}"


def test_an_unknown_pixel_size_leaves_micrometres_empty(tmp_path):
    rows = rows_of(ClusterMapDisplay([[0, -1, 1]], cell_size=4), tmp_path)
    assert [row["column_px"] for row in rows] == ["0.0", "8.0"]
    assert {row["x_um"] for row in rows} == {""}


def test_two_factors_of_one_name_have_a_column_each(rng, tmp_path):
    display = FactorMapDisplay(rng.random((2, 3, 2)), factor_names=["a", "a"])
    assert list(rows_of(display, tmp_path)[0])[5:] == ["a [0]", "a [1]"]


def test_a_checked_slice_gives_its_regions(image, rois, tmp_path):
    display = SliceCheckDisplay(check_slice(image, rois))
    assert [row["name"] for row in rows_of(display, tmp_path)] == ["3", "5"]


def test_a_file_is_replaced_only_where_it_may_be(tmp_path):
    display = ClusterMapDisplay([[0, 1]])
    path = display.to_csv(tmp_path / "n.csv")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        display.to_csv(path)
    with pytest.raises(TypeError, match="path=3"):
        display.to_csv(3)
