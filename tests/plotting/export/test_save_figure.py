"""Tests of sklearn_microarch.plotting.save_figure."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from sklearn_microarch.plotting import (
    ClusterMapDisplay,
    FactorMapDisplay,
    LamPathDisplay,
    RegionMapDisplay,
    save_figure,
)
from sklearn_microarch.plotting.export._replayable import draw_for_page

POINTS_PER_MM = 72 / 25.4


def texts_of_svg(path):
    return re.findall(r"<text[^>]*>([^<]+)</text>", path.read_text())


def sizes_of_svg(path):
    found = re.findall(r"font(?:-size)?: ([\d.]+)px", path.read_text())
    return [float(size) for size in found]


@pytest.mark.parametrize("width_mm", [85, 180])
def test_an_svg_has_its_width_and_words_as_words_of_six_to_eight_points(
    maps, tmp_path, width_mm
):
    display = FactorMapDisplay.from_maps(maps)
    path = save_figure(display, tmp_path / "f.svg", width_mm=width_mm)
    width = float(re.search(r'width="([\d.]+)pt"', path.read_text()).group(1))
    assert width == pytest.approx(width_mm * POINTS_PER_MM, abs=0.01)
    assert any("Factor 4: VP" in text for text in texts_of_svg(path))
    sizes = sizes_of_svg(path)
    assert sizes
    assert 6 <= min(sizes) <= max(sizes) <= 8


def test_a_pdf_embeds_its_font_and_maps_at_the_resolution_asked_for(maps, tmp_path):
    path = save_figure(
        ClusterMapDisplay.from_maps(maps), tmp_path / "c.pdf", width_mm=85, dpi=300
    )
    content = path.read_bytes()
    assert b"/Subtype /Type0" in content
    assert b"/Subtype /Type3" not in content
    widths = [int(w) for w in re.findall(rb"/Width (\d+)", content)]
    # The panel takes nearly all of 85 mm.
    assert max(widths) > 0.9 * 300 * 85 / 25.4


def test_a_png_is_as_wide_as_asked_for(maps, tmp_path):
    path = save_figure(RegionMapDisplay.from_maps(maps), tmp_path / "r.png", dpi=300)
    with Image.open(path) as picture:
        assert picture.width == pytest.approx(300 * 85 / 25.4, abs=1)


def test_the_same_figure_gives_the_same_file(maps, tmp_path):
    display = ClusterMapDisplay.from_maps(maps)
    for ending in ("pdf", "svg"):
        one, other = (
            save_figure(display, tmp_path / f"{at}.{ending}") for at in (1, 2)
        )
        assert one.read_bytes() == other.read_bytes()


def test_a_display_is_drawn_as_it_was_drawn_last_and_stays_as_it_is(maps, tmp_path):
    display = ClusterMapDisplay.from_maps(maps).plot(panels="each")
    figure, size = display.figure_, display.figure_.get_size_inches().tolist()
    path = save_figure(display, tmp_path / "each.svg")
    assert sum("cluster" in text for text in texts_of_svg(path)) == 3
    assert display.figure_ is figure
    assert figure.get_size_inches().tolist() == size
    # Nothing is left open but the display's own figure.
    assert plt.get_fignums() == [figure.number]


def test_a_figure_is_scaled_and_given_back_as_it_was(tmp_path):
    figure, ax = plt.subplots(figsize=(12, 4), layout="constrained")
    ax.plot([0, 1], label="curve")
    ax.set_title("A title", fontsize=14)
    ax.legend()
    figure.draw_without_rendering()
    before = [(text.get_text(), text.get_fontsize()) for text in figure.findobj(Text)]
    path = save_figure(figure, tmp_path / "f.svg", width_mm=180)
    assert "A title" in texts_of_svg(path)
    assert 6 <= min(sizes_of_svg(path)) <= max(sizes_of_svg(path)) <= 8
    figure.draw_without_rendering()
    after = [(text.get_text(), text.get_fontsize()) for text in figure.findobj(Text)]
    assert before == after
    assert figure.get_size_inches().tolist() == [12, 4]


def test_axes_of_the_caller_are_written_with_all_of_their_figure(maps, tmp_path):
    _, (left, right) = plt.subplots(1, 2, layout="constrained")
    right.set_title("beside")
    display = RegionMapDisplay.from_maps(maps).plot(left)
    assert draw_for_page(display, 3.0) is None
    path = save_figure(display, tmp_path / "both.svg")
    assert "beside" in texts_of_svg(path)


def test_narrow_pages_have_fewer_panels_side_by_side(rng):
    display = FactorMapDisplay(rng.exponential(size=(20, 20, 3)))
    columns = []
    for width_mm in (85, 180):
        figure = draw_for_page(display, width_mm / 25.4)
        lefts = {round(ax.get_position().x0, 2) for ax in figure.axes[:3]}
        columns.append(len(lefts))
    assert columns == [2, 3]


def test_a_long_stack_becomes_two_on_a_page(rng):
    display = FactorMapDisplay(rng.exponential(size=(20, 80, 12)))
    figure = draw_for_page(display, 180 / 25.4)
    assert figure.get_figheight() < 247 / 25.4


def test_words_of_a_narrow_figure_stay_on_it(maps_of_two):
    display = FactorMapDisplay.from_maps(maps_of_two, factors=[0, 1])
    figure = draw_for_page(display, 85 / 25.4)
    figure.draw_without_rendering()
    width = figure.bbox.width
    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible():
            box = text.get_window_extent()
            assert box.x0 >= -1
            assert box.x1 <= width + 1


def test_what_is_there_is_kept_unless_it_may_be_replaced(maps, tmp_path):
    path = tmp_path / "f.svg"
    path.write_text("mine")
    display = ClusterMapDisplay.from_maps(maps)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        save_figure(display, path)
    assert path.read_text() == "mine"
    assert save_figure(display, path, overwrite=True).read_text().startswith("<?xml")


def test_a_failure_leaves_what_was_there(maps, tmp_path, monkeypatch):
    path = tmp_path / "f.png"
    path.write_text("mine")

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", fail)
    with pytest.raises(OSError, match="No space"):
        save_figure(ClusterMapDisplay.from_maps(maps), path, overwrite=True)
    assert path.read_text() == "mine"
    assert [file.name for file in tmp_path.iterdir()] == ["f.png"]


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"path": "f.jpg"}, ValueError, r"ends in \.jpg.*\.pdf, \.svg or \.png"),
        ({"path": "f"}, ValueError, "ends in nothing"),
        ({"figure_or_display": 3}, TypeError, "figure_or_display is a int"),
        ({"width_mm": 0}, ValueError, "width_mm=0"),
        ({"dpi": 72}, ValueError, "dpi=72 must be at least 300"),
    ],
)
def test_wrong_arguments_are_named(tmp_path, change, error, message):
    arguments = {"figure_or_display": ClusterMapDisplay([[0, 1]]), "path": "f.pdf"}
    arguments |= change
    arguments["path"] = tmp_path / arguments["path"]
    with pytest.raises(error, match=message):
        save_figure(**arguments)


def test_a_name_with_a_dollar_is_written_as_it_is(tmp_path):
    display = ClusterMapDisplay([[0, 1]], cluster_names=["$\\frac{$", "b"])
    path = save_figure(display, tmp_path / "f.svg")
    assert any("$\\frac{$" in text for text in texts_of_svg(path))


def test_a_display_that_was_never_drawn_is_drawn(tmp_path):
    loadings = np.array([[1, 1], [1, 1], [1, 0]])
    display = LamPathDisplay.from_loadings(loadings, ["a", "a", "b"], [0.0, 1.0])
    assert save_figure(display, tmp_path / "l.pdf").stat().st_size > 1000
    assert not hasattr(display, "figure_")


def test_a_display_that_knows_no_pages_is_scaled(tmp_path):
    class Plain:
        def plot(self):
            self.figure_, ax = plt.subplots(figsize=(11, 3))
            ax.set_title("plain")
            return self

    path = save_figure(Plain(), tmp_path / "p.svg", width_mm=180)
    width = float(re.search(r'width="([\d.]+)pt"', path.read_text()).group(1))
    assert width == pytest.approx(180 * POINTS_PER_MM, abs=0.01)
    assert "plain" in texts_of_svg(path)
