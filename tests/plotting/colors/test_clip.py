"""Tests of sklearn_microarch.plotting.colors._clip."""

import numpy as np
import pytest

from sklearn_microarch.plotting.colors._clip import (
    check_factors,
    check_no_infinity,
    clip_caption,
    clip_limits,
    factor_title,
)


def test_limit_is_the_percentile_of_positive_loadings_alone(rng):
    factors = rng.normal(size=(20, 30, 3))
    factors[:5] = np.nan
    limits = clip_limits([factors], percentile=90)
    for index, limit in enumerate(limits):
        values = factors[5:, :, index].ravel()
        assert limit == pytest.approx(np.percentile(values[values > 0], 90))


def test_scaling_a_factor_scales_its_limit_and_no_other(rng):
    factors = rng.exponential(size=(20, 30, 2))
    before = clip_limits([factors])
    np.testing.assert_allclose(clip_limits([factors * [10, 1]]), before * [10, 1])


def test_threshold_leaves_weak_loadings_out():
    factors = np.array([[[1.0], [2.0], [3.0], [4.0]]])
    assert clip_limits([factors], percentile=50, threshold=2.0)[0] == 3.5
    assert np.isnan(clip_limits([factors], threshold=4.0)[0])


@pytest.mark.parametrize("percentile", [0, -1, 100.1, np.nan])
def test_percentile_out_of_range_is_an_error(percentile):
    with pytest.raises(ValueError, match=r"percentile=.* must lie (above 0|between)"):
        clip_limits([np.ones((2, 2, 1))], percentile=percentile)


@pytest.mark.parametrize("threshold", [-0.1, np.inf, np.nan])
def test_threshold_out_of_range_is_an_error(threshold):
    with pytest.raises(ValueError, match=r"threshold=.* must be finite and at least 0"):
        clip_limits([np.ones((2, 2, 1))], threshold=threshold)


@pytest.mark.parametrize(
    "percentile, expected",
    [(99, "99th"), (99.5, "99.5th"), (91, "91st"), (52, "52nd"), (12, "12th")],
)
def test_caption_names_the_percentile(percentile, expected):
    caption = clip_caption(percentile=percentile, threshold=0)
    assert caption.startswith(f"0 to the {expected} percentile")


def test_caption_of_several_slices_says_that_they_share_the_scale():
    caption = clip_caption(percentile=99, threshold=0, n_slices=3)
    assert caption.startswith("common scale: 0 to x = the 99th percentile")
    assert caption.endswith("over 3 slices")


def test_limit_of_several_slices_is_that_of_all_their_cells(rng):
    maps = [rng.exponential(size=(5, 6, 2)), rng.exponential(size=(9, 4, 2)) * 10]
    cells = [one.reshape(1, -1, 2) for one in maps]
    together = np.concatenate(cells, axis=1)
    np.testing.assert_allclose(clip_limits(maps), clip_limits([together]))


def test_caption_names_a_threshold():
    assert clip_caption(percentile=99, threshold=0.25).endswith("loadings above 0.25")


@pytest.mark.parametrize(
    "name, expected",
    [
        ("factor07_VP", "Factor 7: VP"),
        ("factor00_white_matter", "Factor 0: white_matter"),
        ("factor12", "Factor 12"),
        ("pca3", "pca3"),
    ],
)
def test_titles_name_factor_and_region(name, expected):
    assert factor_title(name) == expected


def test_factors_of_the_wrong_kind_are_errors():
    with pytest.raises(ValueError, match=r"factors has shape \(4, 5\).*newaxis"):
        check_factors(np.ones((4, 5)))
    with pytest.raises(ValueError, match=r"shape \(4, 0, 2\)"):
        check_factors(np.ones((4, 0, 2)))
    with pytest.raises(TypeError, match="loadings are real numbers"):
        check_factors(np.full((2, 2, 1), "a"))
    with pytest.raises(ValueError, match="holds 2 infinite loadings"):
        check_no_infinity(np.array([[[np.inf], [-np.inf], [np.nan]]]))
