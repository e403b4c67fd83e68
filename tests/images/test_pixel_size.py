"""Tests of sklearn_microarch.images._pixel_size."""

import pytest

from sklearn_microarch.images._pixel_size import um_per_unit


@pytest.mark.parametrize(
    "unit, um",
    [
        ("mm", 1e3),
        ("microns", 1.0),
        ("\\u00b5m", 1.0),
        ("μm", 1.0),
        (" Inch", 25400.0),
    ],
)
def test_a_unit_is_known_by_its_many_spellings(unit, um):
    assert um_per_unit(unit) == um


@pytest.mark.parametrize("unit", ["", "pixel", "furlong"])
def test_an_unknown_unit_is_no_length(unit):
    assert um_per_unit(unit) is None
