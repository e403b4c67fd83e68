"""Every argument of the room's public names, with values that nobody means."""

from functools import partial

import numpy as np
import pytest
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch.selection import (
    CoverageLeakageSelector,
    lam_path,
    select_factors,
)

LOADINGS = np.eye(6)[:, :3] + np.eye(6)[:, 3:]
LABELS = np.array([1, 1, 2, 2, 3, 3])
SETTINGS = (
    "n_features_to_select",
    "lam",
    "assignment",
    "normalize",
    "threshold",
    "count_unannotated",
    "unannotated",
)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("name", ["loadings", "labels", *SETTINGS])
def test_select_factors_names_what_is_wrong(name, wrong):
    arguments = {"loadings": LOADINGS, "labels": LABELS, name: wrong}
    check_that_errors_name(name, partial(select_factors, **arguments))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "name",
    ["loadings", "labels", "lams", *(each for each in SETTINGS if each != "lam")],
)
def test_lam_path_names_what_is_wrong(name, wrong):
    arguments = {"loadings": LOADINGS, "labels": LABELS, "lams": [0.5], name: wrong}
    check_that_errors_name(name, partial(lam_path, **arguments))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("name", SETTINGS)
def test_the_selector_names_a_wrong_setting(name, wrong):
    selector = CoverageLeakageSelector(**{name: wrong})
    check_that_errors_name(name, partial(selector.fit, LOADINGS, LABELS))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_the_selector_names_wrong_rows(wrong):
    selector = CoverageLeakageSelector().fit(LOADINGS, LABELS)
    check_that_errors_name("X", partial(selector.fit, wrong, LABELS))
    check_that_errors_name("y", partial(selector.fit, LOADINGS, wrong))
    check_that_errors_name("X", partial(selector.transform, wrong))
    check_that_errors_name("X", partial(selector.inverse_transform, wrong))


@pytest.mark.parametrize(
    "rows", ["rows of dates", "rows of durations", "complex rows", "masked rows"]
)
def test_rows_that_are_no_numbers_are_refused_everywhere(rows):
    selector = CoverageLeakageSelector().fit(LOADINGS, LABELS)
    for call in (
        partial(select_factors, labels=LABELS),
        partial(lam_path, labels=LABELS, lams=[0.5]),
        partial(selector.fit, y=LABELS),
        selector.transform,
        selector.inverse_transform,
    ):
        with pytest.raises((TypeError, ValueError)):
            call(WRONG[rows])


def test_rows_that_require_grad_are_refused_with_the_remedy():
    rows, labels = WRONG["rows that require grad"], WRONG["labels that require grad"]
    with pytest.raises(TypeError, match=r"^loadings.*detach"):
        select_factors(rows, LABELS)
    with pytest.raises(TypeError, match=r"^y=.*detach"):
        CoverageLeakageSelector().fit(LOADINGS, labels)
    selection = select_factors(rows.detach(), labels.detach())
    assert selection.rois.tolist() == [1]


@pytest.mark.parametrize("labels", [[], np.array([], dtype=int), np.array([""])[:0]])
def test_no_labels_are_an_error_that_names_them(labels):
    with pytest.raises(ValueError, match="y has no annotated row among its 0"):
        CoverageLeakageSelector().fit(LOADINGS, labels)
    with pytest.raises(ValueError, match="labels has no annotated row among its 0"):
        select_factors(LOADINGS, labels)
    with pytest.raises(ValueError, match="labels has no annotated row among its 0"):
        lam_path(LOADINGS, labels, [0.5])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_threshold_above_all_numbers_of_the_dtype_leaves_no_factor_active(dtype):
    selector = CoverageLeakageSelector(threshold=1e300)
    selector.fit(LOADINGS.astype(dtype), LABELS)
    assert not selector.coverage_.any()
    assert (selector.iou_thresholds_ >= np.finfo(np.float32).max).all()


def test_the_highest_price_leaves_scores_finite():
    loadings = np.ones((6, 3))
    for assignment in ("greedy", "optimal"):
        selection = select_factors(loadings, LABELS, lam=1e100, assignment=assignment)
        assert np.isfinite(selection.scores).all()
    with pytest.raises(ValueError, match=r"lam=1e\+101 must be at most 1e\+100"):
        select_factors(loadings, LABELS, lam=1e101)
