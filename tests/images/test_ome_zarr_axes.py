"""Tests of sklearn_microarch.images._ome_zarr_axes."""

import pytest

from sklearn_microarch.images._ome_zarr_axes import select_slice

ALL = slice(None)


@pytest.mark.parametrize(
    "axes, shape, chosen, index",
    [
        ("yx", (7, 9), {}, (ALL, ALL)),
        ("cyx", (3, 7, 9), {}, (ALL, ALL, ALL)),
        ("cyx", (1, 7, 9), {}, (0, ALL, ALL)),
        ("tczyx", (1, 3, 1, 7, 9), {}, (0, ALL, 0, ALL, ALL)),
        ("tczyx", (2, 1, 5, 7, 9), {"t": 1, "z": 4}, (1, 0, 4, ALL, ALL)),
        ("zyx", (1, 7, 9), {"z": 0, "t": 0}, (0, ALL, ALL)),
    ],
)
def test_a_slice_is_chosen_by_its_axes(axes, shape, chosen, index):
    chosen = {"t": None, "z": None} | chosen
    assert select_slice(list(axes), shape, **chosen) == index


@pytest.mark.parametrize(
    "axes, shape, chosen, message",
    [
        ("zyx", (5, 7, 9), {}, r"5 positions along z; choose one with z=0 to z=4"),
        ("tyx", (2, 7, 9), {}, r"2 positions along t; choose one with t=0 to t=1"),
        ("zyx", (5, 7, 9), {"z": 5}, r"z=5 does not exist; the choices are z=0 to z=4"),
        ("yx", (7, 9), {"z": 1}, r"z=1 does not exist; the choices are z=0"),
        ("yxc", (7, 9, 3), {}, r"axes are y=7, x=9, c=3; .*in the order"),
        ("ayx", (7, 7, 9), {}, r"axes are a=7, y=7, x=9"),
        ("zy", (7, 9), {}, r"a slice needs y, x"),
    ],
)
def test_what_is_not_one_slice_names_the_choices(axes, shape, chosen, message):
    chosen = {"t": None, "z": None} | chosen
    with pytest.raises(ValueError, match=message):
        select_slice(list(axes), shape, **chosen)
