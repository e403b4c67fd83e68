"""Tests of how wide slices are drawn beside each other."""

import pytest
from report.made_maps import make_maps

from sklearn_microarch.report import generate_report
from sklearn_microarch.report.slices._slice_view import to_one_scale, view_slice


def views_of(rng, *widths):
    """Return slices so wide, the last of coarser pixels."""
    found = []
    for at, width in enumerate(widths):
        maps = make_maps(rng)
        size = 2.0 if at < len(widths) - 1 else 4.0
        image = maps.image.replace(pixel_size_um=size * width / maps.image.shape[1])
        found.append(view_slice(maps.replace(image=image), None, title=f"z{at}"))
    return found


def test_slices_are_drawn_to_one_scale(rng):
    views = to_one_scale(views_of(rng, 200, 100, 80, 10))
    # The last is 40 um wide, and no picture is less than 0.3 of the page.
    assert [view.share for view in views] == pytest.approx([1, 0.5, 0.4, 0.3])


def test_without_a_pixel_size_all_are_as_wide_as_the_page(rng):
    views = views_of(rng, 200, 100)
    maps = views[0].maps
    image = maps.image.replace(pixel_size_um=None)
    unknown = view_slice(maps.replace(image=image), None, title="z9")
    assert [view.share for view in to_one_scale([*views, unknown])] == [1, 1, 1]


def test_the_page_has_the_width_of_each(rng):
    wide, narrow = (view.maps for view in views_of(rng, 200, 50))
    html = generate_report([wide, narrow]).html
    assert html.count('<div class="still" style="width:50.0%">') > 1
    assert generate_report([wide]).html.count('class="still" style') == 0
