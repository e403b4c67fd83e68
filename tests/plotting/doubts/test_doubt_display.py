"""Tests of the picture of a doubt."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from sklearn_microarch import RoiMap, SliceImage
from sklearn_microarch.checking import Doubt, Doubts
from sklearn_microarch.plotting import DoubtDisplay


def some_doubts(kind="piece", pixel_size_um=2.0):
    rng = np.random.default_rng(0)
    image = SliceImage(rng.normal(size=(120, 400)), pixel_size_um, name="s$1$")
    codes = np.repeat([[1] * 200 + [2] * 200], 120, axis=0)
    rois = RoiMap(codes, {1: "CTX", 2: "STR"}, pixel_size_um=pixel_size_um)
    box = (20, 320, 59, 399)
    doubt = Doubt(
        *(1, "s$1$", "m1", kind, "STR", "CTX"),
        *(0.7, 0.1, 4.0, 12.5, 0.0128, 0.16, 0.4, box, None),
    )
    cells = np.zeros((12, 40), dtype=bool)
    cells[2:6, 32:40] = True
    return Doubts(
        *((doubt,), (image,), (rois,), {"s$1$": 0.9}, "strips", 3, 16),
        cells=(cells,),
        cell_sizes=(10.0,),
    )


def test_the_slice_and_the_place_are_drawn():
    display = DoubtDisplay(some_doubts()).plot()
    whole, part = display.axes_
    assert whole.get_xlim() == (-0.5, 399.5)
    left, right = part.get_xlim()
    top, bottom = sorted(part.get_ylim())
    assert left < 320
    assert right == 399.5
    assert top < 20
    assert bottom > 59
    assert whole.get_title(loc="left") == "doubt 1, s$1$: part of STR looks like CTX"
    assert part.get_title(loc="left") == "12.5 patches; CTX 70 %, STR 10 %"
    assert [text.get_text() for text in whole.texts] == ["CTX", "STR"]
    plt.close(display.figure_)


def test_a_whole_annotation_that_is_doubted_says_no_probabilities():
    display = DoubtDisplay(some_doubts("mirrored up-down", None)).plot()
    assert "fit better mirrored up-down" in display.axes_[0].get_title(loc="left")
    assert display.axes_[1].get_title(loc="left") == "12.5 patches disagree"
    plt.close(display.figure_)


def test_wrong_arguments_are_refused():
    with pytest.raises(TypeError, match="what find_doubts"):
        DoubtDisplay([])
    with pytest.raises(ValueError, match="rank"):
        DoubtDisplay(some_doubts(), 2)
    empty = Doubts((), (), (), {}, "strips", 3, 16)
    with pytest.raises(ValueError, match="no doubt to draw"):
        DoubtDisplay(empty)
