"""Tests of sklearn_microarch._arguments._collections."""

import numpy as np
import pytest
import torch

from sklearn_microarch._arguments._collections import (
    check_call,
    check_mapping,
    check_several,
)


def test_mappings_are_copied_and_none_is_an_empty_one():
    given = {"a": 1}
    assert check_mapping("details", given) == given
    assert check_mapping("details", given) is not given
    assert check_mapping("details", None) == {}


@pytest.mark.parametrize(
    "value", [5, 1j, int, [1, "x"], np.full((6, 6), np.nan), torch.ones(6, 6)]
)
def test_what_is_no_mapping_is_named(value):
    with pytest.raises(TypeError, match=r"details=.* must be a mapping"):
        check_mapping("details", value)


def test_sequences_and_generators_become_lists():
    assert check_several("ks", (1, 2)) == [1, 2]
    assert check_several("ks", (k for k in "ab")) == ["a", "b"]


@pytest.mark.parametrize("value", [5, "ab", b"ab", None, {1: 2}, int, np.array(3)])
def test_what_is_no_sequence_is_named(value):
    with pytest.raises(TypeError, match=r"ks=.* must be a sequence"):
        check_several("ks", value)


@pytest.mark.parametrize("value", [5, "say", {}, np.zeros(3)])
def test_what_cannot_be_called_is_named(value):
    with pytest.raises(TypeError, match=r"say=.* must be a function, or None"):
        check_call("say", value)
    assert check_call("say", print) is print
    assert check_call("say", None) is None
