"""Tests of sklearn_microarch.sampling.regions._workable."""

import re

import numpy as np

from sklearn_microarch.sampling.regions._placed_codes import PlacedCodes
from sklearn_microarch.sampling.regions._workable import settings_that_work


def test_the_settings_that_are_named_work():
    codes = np.zeros((300, 500), int)
    codes[100:126, 50:450] = 1
    placed = PlacedCodes(codes, 0, codes.shape)
    usual = {
        "patch_size": 128,
        "purity_window": 0.5,
        "min_purity": 0.75,
        "border": "drop",
    }
    assert not placed.candidates(1, **usual).any()
    words = settings_that_work([placed], 1, **usual, n_wanted=400)
    found = dict(re.findall(r"(\w+) <= ([\d.]+)", words))
    assert list(found) == ["patch_size", "purity_window", "min_purity"]
    least = int(re.search(r"gives (\d+) positions", words)[1])
    assert least >= 400
    for name, value in found.items():
        kind = int if name == "patch_size" else float
        offered = placed.candidates(1, **usual | {name: kind(value)}).sum()
        assert offered >= least


def test_where_no_setting_works_that_is_said():
    placed = PlacedCodes(np.zeros((9, 9), int), 0, (9, 9))
    words = settings_that_work(
        [placed],
        1,
        patch_size=8,
        purity_window=0.5,
        min_purity=0.5,
        border="drop",
        n_wanted=5,
    )
    assert words.startswith("no single setting")
