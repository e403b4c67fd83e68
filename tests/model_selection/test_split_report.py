"""Tests of sklearn_microarch.model_selection._split_report."""

import numpy as np
import pandas as pd

from sklearn_microarch.model_selection import SplitReport
from sklearn_microarch.model_selection._split_report import report_splits


def test_rows_are_counted_by_fold_and_region():
    labels = np.array([3, 3, 3, 5, 5, 3])
    folds = [(np.array([0, 4]), np.array([1, 3])), (np.array([3]), np.array([0, 2, 5]))]
    report = report_splits(labels, folds)
    table = pd.DataFrame(report)
    assert table.columns.tolist() == [
        "fold",
        "region",
        "n_train",
        "n_test",
        "n_dropped",
        "kept_share",
    ]
    assert table.to_numpy().tolist() == [
        [0, 3, 1, 1, 2, 1 / 3],
        [0, 5, 1, 1, 0, 1],
        [1, 3, 0, 3, 1, 0],
        [1, 5, 1, 0, 1, 0.5],
    ]
    lines = str(report).splitlines()
    assert lines[1].split("  ")[0] == "region"
    assert lines[3].split() == ["5", "1", "+", "1", "(100%)", "1", "+", "0", "(50%)"]


def test_a_region_tested_whole_keeps_nothing():
    report = report_splits(np.array(["VP"]), [(np.array([], int), np.array([0]))])
    assert report[0].kept_share == 0
    assert str(SplitReport([])).startswith("rows trained on")
