"""Tests of sklearn_microarch._arguments._numbers."""

from fractions import Fraction

import numpy as np
import pytest

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_option,
    check_path,
    check_seed,
    check_strings,
    check_switch,
    shown,
)


@pytest.mark.parametrize("value", [3, np.int8(3), np.uint64(3)])
def test_integers_of_any_type_become_ints(value):
    found = check_integer("n", value, minimum=3)
    assert found == 3
    assert type(found) is int


@pytest.mark.parametrize(
    "value, error, message",
    [
        (True, TypeError, r"n=True must be an integer of pixels"),
        (np.True_, TypeError, r"n=.*True.* must be an integer"),
        (3.0, TypeError, r"n=3\.0 must be an integer"),
        (None, TypeError, r"n=None must be an integer"),
        (0, ValueError, r"n=0 must be at least 1 pixels"),
        (10**27, ValueError, r"n=10+ must be at most 2147483647"),
    ],
)
def test_what_is_no_such_integer_is_named(value, error, message):
    with pytest.raises(error, match=message):
        check_integer("n", value, minimum=1, unit="pixels")


def test_an_integer_that_cannot_be_printed_is_refused():
    with pytest.raises(ValueError, match="n=<int too long to print> must be at most"):
        check_integer("n", 10**5000, minimum=1)


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), Fraction(2)])
def test_numbers_of_any_type_become_floats(value):
    found = check_number("x", value)
    assert found == 2
    assert type(found) is float


@pytest.mark.parametrize(
    "value, error, message",
    [
        ("2", TypeError, "x='2' must be a number"),
        (2j, TypeError, "x=2j must be a number"),
        (np.datetime64("2020-01-01"), TypeError, "x=.* must be a number"),
        (float("nan"), ValueError, "x=nan must lie between 0 and 5"),
        (10**400, ValueError, "x=10+.* must lie between 0 and 5"),
        (5.1, ValueError, r"x=5\.1 must lie between 0 and 5"),
        (np.ones(3), TypeError, r"x=array\(\[1., 1., 1.\]\) must be a number"),
    ],
)
def test_what_is_no_such_number_is_named(value, error, message):
    with pytest.raises(error, match=message):
        check_number("x", value, high=5)


def test_switches_and_options():
    assert check_switch("on", np.True_) is True
    with pytest.raises(TypeError, match="on=1 must be True or False"):
        check_switch("on", 1)
    assert check_option("mode", "a", {"a": 1}) == "a"
    with pytest.raises(ValueError, match=r"mode=\['a'\] must be one of 'a', 'b'"):
        check_option("mode", ["a"], ["a", "b"])


def test_paths(tmp_path):
    assert check_path("out", str(tmp_path)) == check_path("out", tmp_path) == tmp_path
    for value in (None, 5, b"a", ["a"]):
        with pytest.raises(TypeError, match=r"out=.* must be a string or a pathlib"):
            check_path("out", value)
    with pytest.raises(ValueError, match=r"out='a.*null character"):
        check_path("out", "a\0b")


def test_strings_of_any_sequence_become_a_list():
    assert check_strings("names", np.array(["a", "b"])) == ["a", "b"]
    assert check_strings("names", ()) == []
    for value in (None, "ab", b"ab", 5, ["a", 1], [b"a"]):
        with pytest.raises(TypeError, match=r"names=.* must be a sequence of strings"):
            check_strings("names", value)


def test_long_values_are_cut():
    assert len(shown(np.arange(1000))) <= 80


def test_a_seed_is_a_generator():
    drawn = check_seed("seed", 3).randint(1000)
    assert check_seed("seed", np.random.RandomState(3)).randint(1000) == drawn
    state = np.random.RandomState(3)
    assert check_seed("seed", state) is state
    assert check_seed("seed", None) is not None


@pytest.mark.parametrize("value", ["x", 1.5, -1, 10**400, [], np.random.default_rng(0)])
def test_what_is_no_seed_is_named(value):
    with pytest.raises((TypeError, ValueError), match=r"seed=.* must be None, an int"):
        check_seed("seed", value)
