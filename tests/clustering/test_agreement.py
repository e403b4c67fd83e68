"""Tests of sklearn_microarch.clustering._agreement."""

import numpy as np
import pytest

from sklearn_microarch.clustering._agreement import region_agreement


def test_agreement_ignores_how_clusters_are_numbered():
    names = ["VP", "VP", "ZI", "ZI", "CTX"]
    assert region_agreement(
        np.array([2, 2, 0, 0, 1]), names, unannotated=None
    ) == pytest.approx(1.0)


def test_unannotated_rows_are_left_out():
    clusters = np.array([0, 0, 1, 1, 0, 1])
    regions = np.array([4, 4, 6, 6, -1, -1])
    assert region_agreement(clusters, regions, unannotated=-1) == pytest.approx(1.0)
    assert region_agreement(clusters, regions, unannotated=None) < 0.7


def test_independent_labels_agree_by_chance_only(rng):
    clusters, regions = rng.integers(0, 4, 5000), rng.integers(0, 6, 5000)
    assert abs(region_agreement(clusters, regions, unannotated=None)) < 0.01


def test_only_unannotated_rows_are_an_error():
    with pytest.raises(
        ValueError, match="y has no annotated row among its 2: all hold"
    ):
        region_agreement(np.array([0, 1]), ["", ""], unannotated=-1)


def test_labels_of_another_length_are_an_error():
    with pytest.raises(
        ValueError, match="inconsistent numbers of rows: y has 3, clusters has 2"
    ):
        region_agreement(np.array([0, 1]), [1, 2, 3], unannotated=None)
