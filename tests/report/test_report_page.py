"""Tests of sklearn_microarch.report.ReportPage."""

from html import unescape

import pytest

from sklearn_microarch.report import ReportPage


@pytest.fixture
def page():
    return ReportPage("<p>5 µm & more</p>", 'a "title"', {"z309": 12})


def test_a_page_is_written_as_it_is(page, tmp_path):
    path = page.save(tmp_path / "page.html")
    assert path.read_text(encoding="utf-8") == page.html
    assert page.n_bytes == path.stat().st_size
    assert repr(page) == "ReportPage('a \"title\"', 1 slice, 0.0 MB)"


def test_a_page_that_is_there_is_replaced_only_when_asked(page, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("earlier")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        page.save(path)
    assert path.read_text() == "earlier"
    page.save(path, overwrite=True)
    assert path.read_text(encoding="utf-8") == page.html


def test_a_missing_folder_is_named(page, tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        page.save(tmp_path / "nowhere" / "page.html")


def test_a_folder_is_no_file(page, tmp_path):
    with pytest.raises(FileExistsError, match="folder"):
        page.save(tmp_path, overwrite=True)


@pytest.mark.parametrize("wrong", [3, None])
def test_wrong_arguments_are_named(page, wrong, tmp_path):
    with pytest.raises(TypeError, match="path"):
        page.save(wrong)
    with pytest.raises(TypeError, match="overwrite"):
        page.save(tmp_path / "page.html", overwrite=wrong)


def test_a_notebook_gets_a_frame_with_the_whole_page(page):
    frame = page._repr_html_()
    inner = frame.partition('srcdoc="')[2].partition('"')[0]
    assert unescape(inner) == page.html
    assert 'sandbox="allow-scripts"' in frame
