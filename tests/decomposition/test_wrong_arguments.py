"""Every argument of the room's public names, with values that nobody means."""

from functools import partial

import numpy as np
import pytest
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch.decomposition import (
    NMFEmbedder,
    match_factors,
    stability_of_components,
)

ROWS = np.eye(6)[:, :3] + np.arange(18.0).reshape(6, 3) / 10
SETTINGS = ("n_components", "n_init", "max_iter", "tol", "max_samples", "device")


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("name", [*SETTINGS, "random_state"])
def test_the_embedder_names_a_wrong_setting(name, wrong):
    embedder = NMFEmbedder(**{"n_components": 2, name: wrong})
    check_that_errors_name(name, partial(embedder.fit, ROWS))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "method", ["fit", "fit_transform", "partial_fit", "transform", "inverse_transform"]
)
def test_the_embedder_names_wrong_rows(method, wrong):
    embedder = NMFEmbedder(2, random_state=0).fit(ROWS)
    check_that_errors_name("X", partial(getattr(embedder, method), wrong))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_device_set_after_fit_is_checked(wrong):
    embedder = NMFEmbedder(2, random_state=0).fit(ROWS).set_params(device=wrong)
    with pytest.raises((TypeError, ValueError), match=r"\bdevice="):
        embedder.transform(ROWS)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("name", ["components_a", "components_b"])
def test_match_factors_names_what_is_wrong(name, wrong):
    arguments = {"components_a": ROWS, "components_b": ROWS, name: wrong}
    check_that_errors_name(name, partial(match_factors, **arguments))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "name",
    ["X", "ks", "n_init", "n_folds", "max_samples", "max_iter", "tol", "random_state"],
)
def test_stability_of_components_names_what_is_wrong(name, wrong):
    arguments = {"X": ROWS, "ks": [1], "n_init": 2, "max_iter": 3, name: wrong}
    check_that_errors_name(name, partial(stability_of_components, **arguments))


@pytest.mark.parametrize(
    "rows", ["rows of dates", "rows of durations", "complex rows", "masked rows"]
)
@pytest.mark.parametrize("method", ["fit", "partial_fit", "transform"])
def test_rows_that_are_no_numbers_are_refused_everywhere(method, rows):
    embedder = NMFEmbedder(2, random_state=0).fit(ROWS)
    for call in (
        getattr(embedder, method),
        partial(match_factors, ROWS),
        partial(stability_of_components, ks=[1]),
    ):
        with pytest.raises((TypeError, ValueError)):
            call(WRONG[rows])


def test_rows_that_require_grad_are_refused_with_the_remedy():
    rows = WRONG["rows that require grad"]
    with pytest.raises(TypeError, match=r"^X=.*detach"):
        NMFEmbedder(1).fit(rows)
    with pytest.raises(TypeError, match=r"^components_b=.*detach"):
        match_factors(ROWS, rows)
    assert NMFEmbedder(1, random_state=0).fit(rows.detach()).n_features_in_ == 3


@pytest.mark.parametrize("name", ["n_components", "n_init", "max_iter"])
def test_counts_that_nothing_can_count_to_are_refused_at_once(name):
    with pytest.raises(ValueError, match=rf"'{name}' .* in the range \[1, \d+\]"):
        NMFEmbedder(**{name: 10**30}).fit(ROWS)


@pytest.mark.parametrize("ks", [5, np.array(5), 2.0])
def test_a_single_number_of_components_is_refused_with_the_remedy(ks):
    with pytest.raises(TypeError, match=r"^ks=.*pass a list of it"):
        stability_of_components(ROWS, ks)


def test_more_folds_than_rows_or_columns_are_an_error():
    with pytest.raises(ValueError, match="n_folds=4 must be at most 3, the smaller"):
        stability_of_components(ROWS, [1], n_folds=4)
