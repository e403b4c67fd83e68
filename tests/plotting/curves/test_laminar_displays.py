"""Displays of profiles along the depth, and of clusters over layers."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_microarch import RoiMap
from sklearn_microarch.anatomy import LaminarProfile, LayerTable, laminar_depth
from sklearn_microarch.plotting import LaminarProfileDisplay, LayerTableDisplay


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture
def profile():
    mean = np.array([[0.5, 0.1], [0.3, 0.9], [np.nan, np.nan]])
    return LaminarProfile(
        ["factor00", "cluster 0"],
        ["factor", "cluster"],
        np.array([0, 0.3, 0.6, 1.0]),
        mean,
        mean - 0.1,
        mean + 0.1,
        np.array([9, 8, 0]),
        np.array([3, 3, 0]),
        0.95,
    )


@pytest.fixture
def depth():
    codes = np.zeros((60, 80), dtype=int)
    codes[5:50, 10:70], codes[50:55, 10:70] = 1, 2
    return laminar_depth(RoiMap(codes, {1: "cortex", 2: "CC"}))


def test_a_curve_shows_the_mean_against_depth_that_runs_down(profile):
    display = LaminarProfileDisplay(profile).plot()
    panel = display.axes_[1]
    (line,) = panel.get_lines()
    assert_allclose(line.get_xdata()[:2], [0.1, 0.9])
    assert_allclose(line.get_ydata(), [0.15, 0.45, 0.8])
    assert panel.get_ylim() == (1.0, 0.0)
    assert panel.get_xlabel() == "share of cells"
    assert display.axes_[0].get_xlabel() == "loading"


def test_what_has_no_depth_is_shown_and_said(profile, depth):
    display = LaminarProfileDisplay(profile, depth, names=["factor00"]).plot()
    assert len(display.axes_) == 2
    legend = display.axes_[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["near an edge"]
    values, reasons = (image.get_array() for image in display.axes_[0].get_images())
    assert (~np.isnan(np.ma.filled(values, np.nan))).sum() == (depth.status == 1).sum()
    assert (np.ma.filled(reasons, np.nan) == 0).sum() == (depth.status == 2).sum()


def test_the_numbers_are_those_of_the_profile(profile, tmp_path):
    display = LaminarProfileDisplay(profile, names=["cluster 0"])
    lines = display.to_csv(tmp_path / "profile.csv").read_text().splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("cluster,cluster 0,0.3,0.6,0.9")


def test_bars_show_shares_and_intervals(tmp_path):
    share = np.array([[0.2, 0.8], [1.0, 0.0]])
    table = LayerTable(
        ["thin", "dense"],
        ["L1", "L2/3"],
        share,
        share - 0.1,
        share + 0.1,
        np.array([[2, 8], [5, 0]]),
        np.array([3, 2]),
        0.95,
    )
    display = LayerTableDisplay(table).plot()
    widths = [bar.get_width() for bar in display.axes_[0].patches]
    assert_allclose(widths, [0.2, 0.8])
    names = [label.get_text() for label in display.axes_[0].get_yticklabels()]
    assert names == ["L1", "L2/3"]
    text = display.to_csv(tmp_path / "bars.csv").read_text()
    assert text.splitlines()[0].startswith("cluster,layer,share")


def test_wrong_arguments_are_named(profile, depth):
    with pytest.raises(TypeError, match="laminar_profile"):
        LaminarProfileDisplay(depth)
    with pytest.raises(TypeError, match="laminar_depth"):
        LaminarProfileDisplay(profile, depth.depth)
    with pytest.raises(ValueError, match="none of factor00, cluster 0"):
        LaminarProfileDisplay(profile, names=["factor99"])
    with pytest.raises(TypeError, match="layer_table"):
        LayerTableDisplay(profile)
