"""Tests of displays of curves: stability, the path over lambda, a recommendation."""

import csv

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_microarch import CoverageLeakageSelector, NMFEmbedder
from sklearn_microarch.decomposition import stability_of_components
from sklearn_microarch.exceptions import UnmatchedRegionsWarning
from sklearn_microarch.metrics import factor_localization_scorer
from sklearn_microarch.model_selection import (
    MeasuredCurve,
    Recommendation,
    SettingChoice,
)
from sklearn_microarch.plotting import (
    LamPathDisplay,
    RecommendationDisplay,
    StabilityDisplay,
)
from sklearn_microarch.selection import lam_path


def rows_of(display, folder):
    path = display.to_csv(folder / "numbers.csv")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def stability():
    X = np.random.default_rng(0).gamma(0.5, size=(60, 12))
    return stability_of_components(X, [1, 2, 3], n_init=3, random_state=0)


def test_stability_is_drawn_beside_that_of_shuffled_data(stability, tmp_path):
    display = StabilityDisplay.from_stability(stability).plot()
    assert len(display.axes_) == 3
    held_out = display.axes_[0]
    data, shuffled = (
        line.get_ydata()
        for line in held_out.lines
        if len(line.get_ydata()) == 3 and line.get_linestyle() == "-"
    )
    np.testing.assert_allclose(data, stability.observed.held_out_error.mean(axis=1))
    np.testing.assert_allclose(shuffled, stability.null.held_out_error.mean(axis=1))
    rows = rows_of(display, tmp_path)
    assert {row["kind"] for row in rows} == {"data", "shuffled"}
    found = [
        float(r["value"])
        for r in rows
        if r["kind"] == "data" and r["measure"] == "reproducibility" and r["k"] == "2"
    ]
    assert found == stability.observed.reproducibility[1].tolist()


def test_a_search_over_k_is_drawn_for_each_other_setting(rng):
    X, y = rng.gamma(0.5, size=(60, 8)), np.repeat(["a", "b", "c"], 20)
    pipe = Pipeline(
        [("nmf", NMFEmbedder(random_state=0)), ("select", CoverageLeakageSelector())]
    )
    grid = {"nmf__n_components": [3, 2], "select__lam": [0.5, 1.0]}
    search = GridSearchCV(pipe, grid, cv=2, scoring=factor_localization_scorer)
    with pytest.warns(UnmatchedRegionsWarning):
        search.fit(X, y)
    display = StabilityDisplay.from_search(search).plot()
    assert display.k.tolist() == [2, 3]
    titles = [ax.get_title(loc="left") for ax in display.axes_]
    assert titles == [f"score of held-out folds, lam = {lam}" for lam in (0.5, 1.0)]
    first = display.curves[titles[0]]
    np.testing.assert_allclose(
        first[0],
        [search.cv_results_[f"split{fold}_test_score"][2] for fold in (0, 1)],
    )
    with pytest.raises(ValueError, match="parameter='nmf__tol' was not searched over"):
        StabilityDisplay.from_search(search, "nmf__tol")


@pytest.mark.parametrize(
    "curves, message",
    [([], "must be a dict"), ({"error": [1.0, 2.0]}, "n_repetitions")],
)
def test_what_are_no_curves_is_refused(curves, message):
    with pytest.raises((TypeError, ValueError), match=message):
        StabilityDisplay([1, 2], curves)


def test_what_is_no_stability_is_refused():
    with pytest.raises(TypeError, match="stability='x'"):
        StabilityDisplay.from_stability("x")


@pytest.fixture
def path():
    loadings = [[1, 1], [1, 1], [1, 1], [1, 0], [1, 0], [1, 0]]
    labels = ["$V$"] * 4 + [""] * 2
    return lam_path(loadings, labels, [0.0, 0.4, 1.0], unannotated="")


def test_a_line_runs_while_a_factor_is_chosen(path, tmp_path):
    display = LamPathDisplay(path).plot()
    spans = {}
    for line in display.axes_[0].lines:
        (row, _), ends = line.get_ydata(), line.get_xdata()
        low, high = spans.get(row, (ends[0], ends[1]))
        spans[row] = min(low, ends[0]), max(high, ends[1])
    # Factor 0 at the lower prices, factor 1 from halfway to the highest.
    assert spans[0] == (-0.2, 0.7)
    assert spans[1][0] == 0.7
    assert [row["factor"] for row in rows_of(display, tmp_path)] == ["0", "0", "1"]
    display.figure_.canvas.draw()


def test_a_single_price_is_drawn_too(path):
    one = LamPathDisplay.from_loadings([[1, 0], [0, 1]], ["a", "b"], [0.5])
    assert len(one.plot().axes_[0].lines) == 2


def test_axes_of_the_caller_are_used(path):
    _, axes = plt.subplots(1, 2)
    assert LamPathDisplay(path).plot(axes).axes_.tolist() == axes.tolist()
    with pytest.raises(ValueError, match="ax holds 1 Axes for 2 panels"):
        LamPathDisplay(path).plot(axes[0])


def test_what_is_no_path_is_refused():
    with pytest.raises(TypeError, match="path=3"):
        LamPathDisplay(3)


@pytest.fixture
def recommendation():
    error = MeasuredCurve(
        *np.array([[0.5, 0.2, 0.19], [0.4, 0.1, 0.1], [0.6, 0.3, 0.2]]),
        *np.array([[0.2, -0.1, 0.0], [0.4, 0.1, 0.0]]),
    )
    again = MeasuredCurve(*np.ones((3, 3)), *np.full((2, 3), np.nan))
    k = SettingChoice(
        "n_components",
        np.array([2, 4, 8]),
        {"held-out error": error, "found again": again},
        4,
        "more factors lower the held-out error by less than its interval.",
    )
    lam = SettingChoice("lam", np.array([0.5, 1.0]), {}, None, "both do as well.")
    return Recommendation((k, lam), 0.95)


def test_a_recommendation_is_said_above_and_marked_in_its_panels(
    recommendation, tmp_path
):
    display = RecommendationDisplay.from_recommendation(recommendation).plot()
    words = " ".join(display.figure_.get_suptitle().split())
    assert words.startswith("k = 4: more factors lower")
    assert words.endswith("lambda: the data do not decide. Both do as well.")
    error, again = display.axes_
    assert [
        line.get_xdata() for line in error.lines if list(line.get_ydata()) == [0, 1]
    ]
    # The two numbers that are as good as the best.
    assert len(error.patches) == 2
    assert not again.patches
    assert [t.get_text() for t in error.get_xticklabels()] == ["2", "4", "8"]
    rows = rows_of(display, tmp_path)
    assert [r["value"] for r in rows if r["recommended"] == "True"] == ["4", "4"]


def test_what_is_no_recommendation_is_refused():
    with pytest.raises(TypeError, match="recommendation='x'"):
        RecommendationDisplay("x")
