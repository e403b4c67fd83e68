"""Clusters are recommended only where they are more than a gradient."""

import numpy as np
import pytest

from sklearn_microarch.model_selection.settings._beyond_gradient import (
    doubts_on_number,
)
from sklearn_microarch.model_selection.settings._folds import BlockedRows


def rows_along(place):
    """Return loadings (600, 3) that follow a place (600,), with a little noise."""
    noise = 0.05 * np.random.default_rng(0).standard_normal((600, 3))
    return np.outer(place, [1.0, 0.5, 0.0]) + noise


@pytest.fixture
def tissue():
    return BlockedRows(np.arange(600) // 30, 1.0, [])


def test_groups_are_not_doubted(tissue):
    groups = rows_along(np.floor(3 * np.arange(600) / 600))
    assert doubts_on_number(groups, 3, tissue, 0) == ""


def test_a_gradient_is_named_with_its_chance(tissue):
    said = doubts_on_number(rows_along(np.arange(600) / 600), 3, tissue, 0)
    assert "3 clusters are found again" in said
    assert "gradient that has no borders (p = 0." in said


def test_few_blocks_cannot_tell():
    said = doubts_on_number(
        rows_along(np.zeros(600)), 3, BlockedRows(np.arange(600) // 100, 1.0, []), 0
    )
    assert "6 blocks do not tell" in said
    assert "8 are needed" in said


def test_one_cluster_is_no_division(tissue):
    assert doubts_on_number(rows_along(np.zeros(600)), 1, tissue, 0) == ""
