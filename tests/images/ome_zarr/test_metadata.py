"""Tests of sklearn_microarch.images.ome_zarr._metadata."""

import numpy as np
import pytest

from sklearn_microarch.images.ome_zarr._metadata import (
    check_json,
    contrast_window,
    multiscales,
    omero,
)


@pytest.mark.parametrize("averaged", [True, False])
@pytest.mark.parametrize("cell_size, first", [(1.0, 0.0), (8.0, 0.0), (2.5, 6.25)])
def test_scale_and_translation_say_where_each_pixel_lies(averaged, cell_size, first):
    (entry,) = multiscales(
        "yx",
        4,
        pixel_size_um=1.17,
        cell_size=cell_size,
        offset=(3.0, first),
        name="z",
        averaged=averaged,
        version="0.5",
    )
    # The columns of level 0 that went into a pixel, and the place of their mean, in
    # pixels of the slice.
    columns = [first + cell_size * np.arange(32.0)]
    for _ in range(3):
        last = columns[-1].reshape(-1, 2)
        columns.append(last.mean(axis=1) if averaged else last[:, 0])
    for dataset, places in zip(entry["datasets"], columns, strict=True):
        scale, *shift = dataset["coordinateTransformations"]
        offset = shift[0]["translation"][1] if shift else 0
        stated = scale["scale"][1] * np.arange(len(places)) + offset
        np.testing.assert_allclose(stated, 1.17 * places)


def test_an_unknown_pixel_size_has_no_unit():
    (entry,) = multiscales(
        "cyx", 2, pixel_size_um=None, name="", averaged=True, version="0.4"
    )
    assert [axis.get("unit") for axis in entry["axes"]] == [None, None, None]
    steps = entry["datasets"][1]["coordinateTransformations"]
    assert steps[0]["scale"] == [1, 2, 2]


def test_the_window_leaves_out_what_is_not_finite_and_the_brightest():
    values = np.concatenate([np.arange(1000.0), [np.nan, np.inf, 1e6]])
    low, high, start, end = contrast_window(values)
    assert (low, high, start) == (0, 1e6, 0)
    assert 990 < end < 1000.1
    assert contrast_window(values - 2000)[2] == -2000


@pytest.mark.parametrize("values", [np.full(5, np.nan), np.zeros(5), np.empty(0)])
def test_a_channel_without_values_has_a_window_all_the_same(values):
    assert contrast_window(values) == (0, 1, 0, 1)


def test_a_window_is_never_empty():
    sparse = np.zeros(10_000)
    sparse[0] = 3
    assert contrast_window(sparse) == (0, 3, 0, 3)
    assert contrast_window(np.full(5, -2.0))[2:] == (-2, 0)


def test_only_a_few_of_many_channels_are_shown_at_first():
    channels = omero([f"factor{i}" for i in range(25)], [(0, 1, 0, 1)] * 25)["channels"]
    assert [channel["active"] for channel in channels].count(True) == 3
    assert all(int(channel["color"], 16) >= 0 for channel in channels)


@pytest.mark.parametrize(
    "value, error", [({"a": {1, 2}}, TypeError), ({"a": np.nan}, ValueError)]
)
def test_what_json_cannot_hold_is_refused_by_name(value, error):
    check_json("provenance", {"a": [1, "b", None]})
    with pytest.raises(error, match="provenance cannot be written as JSON"):
        check_json("provenance", value)
