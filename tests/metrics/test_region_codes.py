"""Tests of sklearn_microarch.metrics._region_codes."""

import numpy as np
import pytest

from sklearn_microarch.metrics._region_codes import code_regions


def test_annotated_rows_are_numbered_by_sorted_region():
    coded = code_regions(["VP", "", "CTX", "VP"], unannotated="")
    assert coded.regions.tolist() == ["CTX", "VP"]
    assert coded.rows.tolist() == [0, 2, 3]
    assert coded.codes.tolist() == [1, 0, 1]
    assert coded.count().tolist() == [1, 2]


def test_regions_may_be_absent_and_the_unannotated_label_is_none():
    coded = code_regions([5, -1, 7], [7, 6, 5, -1], unannotated=-1)
    assert coded.regions.tolist() == [5, 6, 7]
    assert coded.count().tolist() == [1, 0, 1]


def test_predictions_of_no_region_get_a_number_of_their_own():
    coded = code_regions([5, 7, 7, -1], unannotated=-1)
    predicted = coded.code([7, 9, 3, 5], name="y_pred")
    assert predicted.tolist() == [1, 2, 2]
    short = code_regions(["a", "b"])
    assert short.code(["bcd", "b"], name="y_pred").tolist() == [2, 1]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="y_true holds no row but those of the unann"):
        code_regions([-1, -1], unannotated=-1)
    with pytest.raises(ValueError, match=r"labels holds the labels \[3\], which are"):
        code_regions([1, 3], [1, 2], name="labels")
    with pytest.raises(TypeError, match="regions has dtype <U3 and the labels to comp"):
        code_regions([1, 3], ["CTX"])
    with pytest.raises(TypeError, match="y_pred has dtype int64"):
        code_regions(["a", "b"]).code(np.array([0, 1]), name="y_pred")
