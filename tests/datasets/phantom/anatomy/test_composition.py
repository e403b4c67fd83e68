"""Tests of sklearn_microarch.datasets.phantom.anatomy._composition."""

import numpy as np
import pytest

from sklearn_microarch.datasets.phantom.anatomy._composition import Composition

FIELDS = ("cells", "cell_size", "axons", "grey")


def test_without_variation_only_what_is_planted_differs_from_one():
    planted = {"cells": {"cortex": 0.9, "L4": 0.5}, "axons": {"WM": 0.7}}
    composition = Composition.of(0, 0.0, planted)
    factors = composition.named()
    assert factors["cells"].pop("L4") == pytest.approx(0.45)
    for name in ("cortex", "L1", "L2/3", "L5", "L6"):
        assert factors["cells"].pop(name) == pytest.approx(0.9)
    assert {factors["axons"].pop(name) for name in ("IC", "CC")} == {0.7}
    left = [factor for of in factors.values() for factor in of.values()]
    assert len(left) > 20
    assert set(left) == {1.0}
    assert (composition.grey == 1).all()


def test_animals_vary_by_the_stated_spread_about_a_mean_of_one():
    many = [Composition.of(seed, 1.0, {}) for seed in range(400)]
    for field, region, layer in (
        ("cells", 0.08, np.hypot(0.08, 0.05)),
        ("cell_size", 0.03, np.hypot(0.03, 0.02)),
        ("axons", 0.08, 0.08),
        ("grey", 0.15, np.hypot(0.15, 0.15)),
    ):
        values = np.array([getattr(one, field) for one in many])
        assert values[:, 4, 0].mean() == pytest.approx(1, abs=0.02)
        assert np.log(values[:, 4, 0]).std() == pytest.approx(region, rel=0.1)
        assert np.log(values[:, 1, 3]).std() == pytest.approx(layer, rel=0.1)
        # Regions do not vary together.
        assert abs(np.corrcoef(values[:, 4, 0], values[:, 5, 0])[0, 1]) < 0.15
    assert {one.axons[6, 0] for one in many} == {1.0}


def test_what_is_planted_multiplies_what_is_natural():
    natural = Composition.of(3, 1.0, {})
    planted = Composition.of(3, 1.0, {"cells": {"L4": 0.6}, "cell_size": {"VP": 1.2}})
    assert planted.cells[1, 3] == pytest.approx(0.6 * natural.cells[1, 3])
    assert planted.cell_size[4] == pytest.approx(1.2 * natural.cell_size[4])
    changed = [(planted.cells != natural.cells).sum()]
    assert changed == [1]
    for field in ("axons", "grey"):
        np.testing.assert_array_equal(getattr(planted, field), getattr(natural, field))


def test_twice_the_variation_squares_the_factors_of_an_animal():
    once, twice = (Composition.of(5, variation, {}) for variation in (0.5, 1.0))
    for field in FIELDS:
        first, second = (np.log(getattr(one, field)) for one in (once, twice))
        first, second = first - first[0, 0], second - second[0, 0]
        same = (once.axons != 1) if field == "axons" else np.ones_like(first, bool)
        np.testing.assert_allclose(
            second[:, 0][same[:, 0]], 2 * first[:, 0][same[:, 0]], atol=1e-9
        )


def test_an_animal_without_layers_has_none_of_their_own_nature():
    composition = Composition.of(2, 1.0, {"cells": {"L4": 0.5}}, layers=False)
    cells = composition.cells[1]
    assert cells[3] == pytest.approx(0.5 * cells[1])
    assert (cells[[2, 4, 5]] == cells[1]).all()
