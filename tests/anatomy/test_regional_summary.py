"""Tables of maps: which cells count where, what a row says, what is refused."""

import importlib.util

import numpy as np
import pandas as pd
import pytest
from anatomy.tables import NAMES, noted, slice_maps, two_regions
from mapping.slices import piece
from pipelines import fitted_pipeline

from sklearn_microarch import RoiMap, SliceImage, map_slice
from sklearn_microarch.anatomy import RegionalTable, regional_summary
from sklearn_microarch.exceptions import (
    DifferentModelsError,
    PixelSizeWarning,
)
from sklearn_microarch.mapping import MicroarchMaps, open_maps


def row_of(table, region, name):
    """Return one row, by column."""
    found = table[(table["region"] == region) & (table["name"] == name)]
    assert len(found) == 1
    return found.iloc[0]


def test_means_are_over_the_cells_of_a_region_that_have_values():
    table = regional_summary(slice_maps(), two_regions(), NAMES)
    a, b = row_of(table, "CTX", "a"), row_of(table, "CTX", "b")
    # Three columns of cells; of their six rows the last is not mapped.
    assert a["n_cells"] == 15
    assert a["loading"] == pytest.approx(1.0)
    assert a["active_share"] == pytest.approx(2 / 3)
    assert b["loading"] == pytest.approx(4 / 5)
    # The next five columns; the last column is of no region.
    assert row_of(table, "CC", "a")["n_cells"] == 25
    assert row_of(table, "CC", "a")["loading"] == pytest.approx(
        np.mean([3, 4, 5, 6, 7])
    )


def test_the_area_counts_cells_that_are_not_mapped_too():
    table = regional_summary(slice_maps(), two_regions(), NAMES)
    # 18 cells of 0.2 mm.
    assert row_of(table, "CTX", "a")["area_mm2"] == pytest.approx(18 * 0.04)


def test_cluster_shares_add_up_and_absent_clusters_have_a_share_of_zero():
    one, other = slice_maps("m1"), slice_maps("m2")
    other.clusters[:-1] = 1
    table = regional_summary([one, other], [two_regions()] * 2, NAMES)
    shares = table[table["kind"] == "cluster"]
    totals = shares.groupby(["specimen", "region"])["cluster_share"].sum()
    assert totals.to_numpy() == pytest.approx(1.0)
    second = shares[(shares["specimen"] == "m2") & (shares["region"] == "CTX")]
    assert second["cluster_share"].tolist() == [0, 1, 0]
    assert second["name"].tolist() == ["cluster 0", "cluster 1", "cluster 2"]
    assert second["cluster_entropy_bits"].tolist() == [0, 0, 0]
    # Three clusters in three equal columns.
    first = shares[(shares["specimen"] == "m1") & (shares["region"] == "CTX")]
    assert first["cluster_entropy_bits"].iloc[0] == pytest.approx(np.log2(3))


def test_clusters_are_in_the_order_of_their_numbers_and_may_be_names():
    maps = slice_maps()
    maps.clusters[maps.clusters == 0] = 10
    table = regional_summary(maps, two_regions(), NAMES)
    found = table[table["kind"] == "cluster"]["name"].unique().tolist()
    assert found == ["cluster 1", "cluster 2", "cluster 10"]
    words = np.where(maps.clusters == -1, "", "dense")
    table = regional_summary(maps.replace(clusters=words), two_regions(), NAMES)
    assert row_of(table, "CTX", "dense")["cluster_share"] == 1


def test_raw_grey_is_that_of_the_pixels_nearest_to_the_mapped_cells():
    maps = slice_maps()
    cells = maps.grid.expand(np.arange(54).reshape(6, 9), -1)
    inside = np.isin(cells, [row * 9 + col for row in range(5) for col in range(3)])
    table = regional_summary(maps, two_regions(), NAMES)
    expected = maps.image.data[inside].astype(float).mean()
    assert row_of(table, "CTX", "a")["grey_mean"] == pytest.approx(expected)


def test_independent_patches_share_no_pixel():
    table = regional_summary(slice_maps(), two_regions(), NAMES, patch_size_um=400)
    # Patches of 20 px on cells 10 px apart, 6 x 3 cells and 6 x 5.
    assert row_of(table, "CTX", "a")["n_independent"] == 3 * 2
    assert row_of(table, "CC", "a")["n_independent"] == 3 * 3
    known = noted(slice_maps(), patch_size=10)
    table = regional_summary(known, two_regions(), NAMES)
    assert row_of(table, "CTX", "a")["n_independent"] == 18


def test_bands_change_no_number(monkeypatch):
    maps = slice_maps(size=(300, 90))
    whole = regional_summary(maps, two_regions((300, 90)), NAMES)
    monkeypatch.setattr(
        "sklearn_microarch.anatomy._region_sums._VALUES_AT_A_TIME", 9 * 104 * 7
    )
    parts = regional_summary(maps, two_regions((300, 90)), NAMES)
    numbers = whole.select_dtypes("number").columns
    np.testing.assert_allclose(whole[numbers], parts[numbers], rtol=1e-12)


def test_slices_of_one_specimen_may_differ_in_pixel_size():
    # Twice as many pixels of half the size: the same tissue, in the same cells.
    coarse = slice_maps("m1", "s1")
    fine = slice_maps("m1", "s2", size=(120, 180), cell_size=20, pixel_size_um=10.0)
    codes = two_regions()
    rois = [codes, np.kron(codes, np.ones((2, 2), dtype=int))]
    table = regional_summary([coarse, fine], rois, NAMES)
    assert set(table["specimen"]) == {"m1"}
    of_slice = dict(list(table.groupby("slice")))
    same = ["region", "kind", "name", "area_mm2", "n_cells", "loading", "n_independent"]
    first, second = (
        of_slice[name][same].reset_index(drop=True) for name in ("s1", "s2")
    )
    pd.testing.assert_frame_equal(first, second)
    assert first["area_mm2"].iloc[0] == pytest.approx(18 * 0.04)


def test_an_annotation_of_another_pixel_size_is_looked_up_at_the_cells():
    fine = two_regions()
    coarse = RoiMap(fine[::2, ::2], NAMES, pixel_size_um=40.0, offset_um=(10.0, 10.0))
    by_codes = regional_summary(slice_maps(), fine, NAMES)
    by_map = regional_summary(slice_maps(), coarse)
    columns = ["n_cells", "loading", "area_mm2", "region"]
    by_map, by_codes = (
        table.sort_values(["region", "name"], ignore_index=True)
        for table in (by_map, by_codes)
    )
    assert by_map[columns].equals(by_codes[columns])
    assert by_map["annotation_fingerprint"].nunique() == 1
    assert by_map["annotation_fingerprint"].iloc[0] != ""


def test_cells_between_pixels_are_of_the_nearest():
    maps = slice_maps(cell_size=12.5)
    table = regional_summary(maps.replace(), two_regions(), NAMES)
    # Columns of cells at 0, 12.5, 25 | 37.5, 50, 62.5, 75 | 87.5.
    assert row_of(table, "CTX", "a")["loading"] == pytest.approx(1.0)
    assert row_of(table, "CC", "a")["loading"] == pytest.approx(np.mean([3, 4, 5, 6]))


def test_without_annotation_the_predicted_regions_are_taken_and_said():
    probabilities = np.zeros((6, 9, 2))
    probabilities[:, :4, 0], probabilities[:, 4:, 1] = 1, 1
    probabilities[-1] = np.nan
    maps = slice_maps().replace(
        region_probabilities=probabilities, region_names=["CTX", "VP"]
    )
    table = regional_summary(maps)
    assert set(table["region_source"]) == {"predicted"}
    assert set(table["annotation_fingerprint"]) == {""}
    assert row_of(table, "VP", "a")["n_cells"] == 25
    assert row_of(table, "VP", "a")["area_mm2"] == pytest.approx(25 * 0.04)
    with pytest.raises(ValueError, match="no predicted regions"):
        regional_summary(slice_maps())


def test_what_is_known_of_a_slice_stands_in_every_row():
    maps = slice_maps(
        group="treated", side="left", z_um=120.0, details={"sex": "f", "age_weeks": 9}
    )
    maps = noted(
        maps, gain=1.1, offset=-4.0, drift_verdict="same", model_fingerprint="x"
    )
    table = regional_summary(maps, two_regions(), NAMES)
    expected = {
        **{"specimen": "m1", "group": "treated", "side": "left", "slice": "s1"},
        **{"z_um": 120.0, "sex": "f", "age_weeks": 9, "gain": 1.1, "offset": -4.0},
        **{"drift_verdict": "same", "model_fingerprint": "x"},
        "region_source": "annotation",
    }
    for name, value in expected.items():
        assert set(table[name]) == {value}
    assert table["sharpness"].isna().all()


def test_novelty_is_nan_where_maps_have_none_and_else_mean_and_share():
    table = regional_summary(slice_maps(), two_regions(), NAMES)
    assert table["novelty"].isna().all()
    maps = slice_maps()
    novelty = np.tile([0.5, 0.5, 2.0, 0.5, 0.5, 0.5, 0.5, 0.5, np.nan], (6, 1))
    object.__setattr__(maps, "novelty", novelty)
    row = row_of(regional_summary(maps, two_regions(), NAMES), "CTX", "a")
    assert (row["novelty"], row["novel_share"]) == pytest.approx((1.0, 1 / 3))


def test_details_that_some_slices_lack_are_missing_there():
    one = slice_maps("m1", details={"age": 9, "sex": "f"})
    table = regional_summary([one, slice_maps("m2")], [two_regions()] * 2, NAMES)
    lacking = table[table["specimen"] == "m2"]
    assert lacking["age"].isna().all()
    assert set(lacking["sex"]) == {""}


def test_regions_that_a_slice_lacks_have_no_rows():
    other = np.where(two_regions() == 2, 0, two_regions())
    maps = [slice_maps("m1"), slice_maps("m2")]
    table = regional_summary(maps, [two_regions(), other], NAMES)
    assert set(table[table["specimen"] == "m2"]["region"]) == {"CTX"}


# The piece is too small for its exposure to be estimated.
@pytest.mark.filterwarnings("ignore::sklearn_microarch.exceptions.NormalizationWarning")
def test_maps_on_disk_give_the_same_numbers(tmp_path):
    path = tmp_path / "maps.ome.zarr"
    written = map_slice(fitted_pipeline(), piece(), stride=8, out=path)
    stored, here = open_maps(path), map_slice(fitted_pipeline(), piece(), stride=8)
    assert not isinstance(stored.factors, np.ndarray)
    assert not isinstance(written.clusters, np.ndarray)
    columns = [
        "region",
        "name",
        "loading",
        "active_share",
        "cluster_share",
        "grey_mean",
    ]
    expected = regional_summary(here)[columns]
    assert len(expected["region"].unique()) >= 4
    pd.testing.assert_frame_equal(regional_summary(stored)[columns], expected)
    assert expected.groupby("region")["cluster_share"].sum().to_numpy() == (
        pytest.approx(1.0)
    )


def test_without_pandas_the_table_is_of_columns(monkeypatch):
    framed = regional_summary(slice_maps(), two_regions(), NAMES)
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "sklearn_microarch.anatomy._regional_table.find_spec",
        lambda name: None if name == "pandas" else find(name),
    )
    table = regional_summary(slice_maps(), two_regions(), NAMES)
    assert isinstance(table, RegionalTable)
    assert table.to_pandas().equals(framed)


def test_an_unknown_pixel_size_is_said_once_and_areas_are_nan():
    maps = [slice_maps(name, pixel_size_um=None) for name in ("m1", "m2")]
    with pytest.warns(PixelSizeWarning, match="2 of 2 slices") as caught:
        table = regional_summary(maps, [two_regions()] * 2, NAMES)
    assert len(caught) == 1
    assert table["area_mm2"].isna().all()
    # A patch of 128 px: all of a region's cells are one patch.
    assert set(table["n_independent"]) == {1}


@pytest.mark.parametrize(
    "maps, error, message",
    [
        ([slice_maps(None)], ValueError, r"SliceImage\(specimen="),
        ([slice_maps(), slice_maps()], ValueError, "are both of slice 's1'"),
        ([], ValueError, "maps is empty"),
        (["m.zarr"], TypeError, r"maps\[0\] is a str"),
        (
            [slice_maps(), slice_maps("m2").replace(factor_names=["a", "c"])],
            DifferentModelsError,
            "factor_names",
        ),
        (
            [slice_maps(), slice_maps("m2").replace(clusters=None)],
            DifferentModelsError,
            "clusters",
        ),
        (
            [
                noted(slice_maps(), model_fingerprint="x"),
                noted(slice_maps("m2"), model_fingerprint="y"),
            ],
            DifferentModelsError,
            "another model",
        ),
        (
            [
                slice_maps(),
                noted(slice_maps("m2"), model_fingerprint="x"),
                noted(slice_maps("m3"), model_fingerprint="y"),
            ],
            DifferentModelsError,
            r"maps\[2\] was made with another model than maps\[1\]",
        ),
        (
            [slice_maps(details={"region": "x"})],
            ValueError,
            "has? the name 'region'|name",
        ),
        (
            [MicroarchMaps(SliceImage(np.ones((9, 9)), specimen="m"))],
            ValueError,
            "neither factors nor clusters",
        ),
    ],
)
def test_maps_that_cannot_stand_in_one_table_are_refused(maps, error, message):
    with pytest.raises(error, match=message):
        regional_summary(maps, [two_regions()] * max(1, len(maps)), NAMES)


def test_both_sides_of_one_slice_may_have_maps_of_their_own():
    maps = [slice_maps(side=side) for side in ("left", "right")]
    table = regional_summary(maps, [two_regions()] * 2, NAMES)
    assert set(table["side"]) == {"left", "right"}


def test_regions_without_a_mapped_cell_are_an_error():
    codes = np.zeros((60, 90), dtype=int)
    codes[-4:] = 1
    with pytest.raises(ValueError, match="no region has a cell with a value"):
        regional_summary(slice_maps(size=(60, 90)), codes)
    with pytest.raises(ValueError, match="rois holds no region"):
        regional_summary(slice_maps(), np.zeros((60, 90), dtype=int))
