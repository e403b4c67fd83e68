"""Tests of sklearn_microarch.images.tiff._planes."""

import math

import numpy as np
import pytest

from sklearn_microarch.images.tiff._planes import select_planes


def read(array, axes, n_page_axes, page=None):
    """Cut an array into pages as a file would, and take one slice from them."""
    page_shape = array.shape[array.ndim - n_page_axes :]
    pages = array.reshape(-1, math.prod(page_shape))
    selection = select_planes(axes, array.shape, pages.shape[1], page)
    return selection.assemble([pages[k] for k in selection.pages])


@pytest.mark.parametrize(
    "axes, shape, n_page_axes, page, index_and_order",
    [
        ("YX", (4, 5), 2, None, (np.s_[:, :], (0, 1))),
        ("YX", (4, 5), 2, 0, (np.s_[:, :], (0, 1))),
        ("QYX", (1, 4, 5), 2, None, (np.s_[0], (0, 1))),
        ("ZYX", (3, 4, 5), 2, 2, (np.s_[2], (0, 1))),
        ("ZYX", (3, 4, 5), 3, 2, (np.s_[2], (0, 1))),
        ("TZYX", (2, 3, 4, 5), 2, 5, (np.s_[1, 2], (0, 1))),
        ("YXS", (4, 5, 3), 3, None, (np.s_[:], (2, 0, 1))),
        ("SYX", (3, 4, 5), 3, None, (np.s_[:], (0, 1, 2))),
        ("CYX", (6, 4, 5), 2, None, (np.s_[:], (0, 1, 2))),
        ("CZYX", (6, 3, 4, 5), 2, 1, (np.s_[:, 1], (0, 1, 2))),
        ("ZCYX", (3, 6, 4, 5), 2, 1, (np.s_[1], (0, 1, 2))),
        ("TZCYXS", (2, 3, 1, 4, 5, 3), 3, 4, (np.s_[1, 1, 0], (2, 0, 1))),
        ("TZCYXS", (2, 3, 6, 4, 5, 1), 3, 4, (np.s_[1, 1, ..., 0], (0, 1, 2))),
    ],
)
def test_a_slice_is_what_plain_indexing_gives(
    axes, shape, n_page_axes, page, index_and_order
):
    index, order = index_and_order
    array = np.arange(math.prod(shape)).reshape(shape)
    image = read(array, axes, n_page_axes, page)
    np.testing.assert_array_equal(image, array[index].transpose(order))
    assert image.flags.c_contiguous


@pytest.mark.parametrize(
    "axes, shape, page, message",
    [
        ("TZYX", (2, 3, 4, 5), None, "6 slices.*page=0 to page=5.*T=2 x Z=3, the last"),
        ("ZYX", (3, 4, 5), 3, "page=3 does not exist.*page=0 to page=2"),
        ("ZYX", (3, 4, 5), -1, "page=-1 does not exist"),
        ("YX", (4, 5), 1, "page=1 does not exist.*page=None"),
        ("CYXS", (2, 4, 5, 3), None, "C=2 x Y=4 x X=5 x S=3.*at most one axis"),
        ("ZYQ", (3, 4, 5), None, "Z=3 x Y=4 x Q=5.*one Y and one X"),
    ],
)
def test_an_impossible_choice_lists_the_possible_ones(axes, shape, page, message):
    with pytest.raises(ValueError, match=message):
        select_planes(axes, shape, 4 * 5, page)


def test_pages_that_cannot_make_up_the_shape_are_an_error():
    with pytest.raises(ValueError, match=r"\(3, 4, 5\).*7 values"):
        select_planes("ZYX", (3, 4, 5), 7, 0)
