"""Tests of the rules that turn figures into a verdict."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import RandomState
from trust.grids import PATCH, cells, layered, network, noise, planted, soft

from sklearn_microarch.trust._gather_figures import gather_figures
from sklearn_microarch.trust._judge_map import judge_map
from sklearn_microarch.trust._map_figures import MapFigures
from sklearn_microarch.trust.depth._judge_depth import DepthFigures

NOTHING = {"row": 0.0, "position": 0.0, "grey level": 0.0}
REAL = MapFigures(
    region="VP",
    auc=0.95,
    p_moved_labels=0.01,
    p_surrogates=0.01,
    by_regions=0.6,
    alone=NOTHING,
    both=dict.fromkeys(NOTHING, 0.6),
    gradient_inside=0.1,
    smooth=0.9,
    beyond_logits=0.4,
    again=0.9,
    again_within=0.7,
    n_seeds=5,
    n_animals=1,
    n_animals_followed=1,
    n_blocks=60,
    p_within=0.01,
)


def test_what_passes_everything_is_supported_in_this_animal():
    verdict, sentence = judge_map(REAL)
    assert verdict == "supported"
    assert "in this animal" in sentence
    assert "VP" in sentence


def test_of_several_animals_they_are_counted():
    several = replace(REAL, n_animals=4, n_animals_followed=3)
    verdict, sentence = judge_map(several)
    assert (verdict, "in 3 of 4 animals" in sentence) == ("supported", True)
    verdict, sentence = judge_map(replace(several, n_animals_followed=2))
    assert (verdict, "in 2 of 4 animals" in sentence) == ("cannot tell", True)


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({"n_blocks": 19}, "cannot tell", "20 are needed"),
        ({"p_moved_labels": 0.06}, "cannot tell", "labels moved"),
        ({"p_moved_labels": 0.06, "slices": 3}, "cannot tell", "about 3 slices"),
        ({"p_moved_labels": np.nan}, "cannot tell", "fill the tissue"),
        ({"auc": np.nan, "p_moved_labels": np.nan}, "cannot tell", "another is needed"),
        ({"p_surrogates": 0.06}, "cannot tell", "random maps"),
        ({"n_seeds": 0, "again": np.nan}, "cannot tell", "n_seeds=0"),
        ({"again": 0.79}, "cannot tell", "do not find it again"),
        ({"again": 0.7999}, "cannot tell", "correlation 0.79, and 0.8 is needed"),
        ({"again": 0.79, "n_seeds": 1}, "cannot tell", "another seed does not find"),
        ({"n_seeds": 1}, "cannot tell", "1 network of another seed finds it again"),
        ({"n_seeds": 1, "again_within": 0.1}, "cannot tell", "n_seeds=2"),
        ({"n_blocks": 1}, "cannot tell", "1 block of tissue"),
        ({"again_within": 0.49}, "explained by the labels", "restates"),
        (
            {"again_within": 0.55, "p_within": 0.06},
            "cannot tell",
            "random maps of its grain agree with networks of other seeds inside "
            "regions as well as it does (correlation 0.55, p = 0.06)",
        ),
        # What agrees less than is needed restates its region, by accident or not.
        (
            {"again_within": 0.49, "p_within": 0.06},
            "explained by the labels",
            "restates",
        ),
        ({"beyond_logits": 0.09}, "explained by the labels", "restates"),
    ],
)
def test_what_lacks_one_thing_is_not_supported(changes, verdict, words):
    found, sentence = judge_map(replace(REAL, **changes))
    assert found == verdict
    assert words in sentence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"p_surrogates": np.nan}, "smaller stride is needed"),
        ({"beyond_logits": np.nan, "least_cells": 60}, "no region of 60 cells, 10 for"),
        ({"again": np.nan}, "another random_state"),
        ({"again_within": np.nan}, "another random_state"),
        ({"p_within": np.nan}, "is not known, and it is needed"),
        ({"by_regions": np.nan}, "not a number"),
        ({"alone": NOTHING | {"row": np.nan}}, "missing values"),
        ({"both": NOTHING | {"row": np.nan}}, "missing values"),
        ({"depth": DepthFigures(np.nan, 0.7, 0.02)}, "not a number"),
        ({"depth": DepthFigures(0.4, np.nan, 0.02)}, "not a number"),
    ],
)
def test_what_is_not_known_is_never_supported(changes, words):
    found, sentence = judge_map(replace(REAL, **changes))
    assert found == "cannot tell"
    assert words in sentence


def test_two_networks_of_other_seeds_are_enough():
    assert judge_map(replace(REAL, n_seeds=2))[0] == "supported"


def test_a_nuisance_that_explains_more_than_regions_is_named():
    lines = replace(
        REAL,
        by_regions=0.1,
        alone=NOTHING | {"row": 0.8},
        both=dict.fromkeys(NOTHING, 0.1) | {"row": 0.85},
    )
    assert judge_map(lines)[0] == "explained by row"
    assert lines.left_by_nuisance == pytest.approx(0.75 / 0.9)


def test_a_nuisance_hardly_better_than_a_gradient_is_one():
    both = dict.fromkeys(NOTHING, 0.2) | {"row": 0.99, "position": 0.95}
    smooth = replace(REAL, by_regions=0.2, alone=both, both=both)
    assert judge_map(smooth)[0] == "gradient"
    # A step is smooth, too, and no gradient explains all of it.
    both |= {"position": 0.75, "row": 0.75}
    assert judge_map(replace(smooth, alone=both, both=both))[0] == "explained by row"


def test_a_region_with_shading_inside_restates_its_label():
    shaded = replace(
        REAL,
        by_regions=0.8,
        alone=NOTHING | {"grey level": 0.2},
        both=dict.fromkeys(NOTHING, 0.8) | {"grey level": 0.95},
    )
    verdict, sentence = judge_map(shaded)
    assert verdict == "explained by the labels"
    assert "follows grey level" in sentence


def test_a_layer_is_judged_by_its_depth_and_not_by_moved_labels():
    layer = replace(REAL, region="L4", p_moved_labels=0.9)
    assert judge_map(layer)[0] == "cannot tell"
    more = replace(layer, depth=DepthFigures(0.4, 0.7, 0.02))
    assert judge_map(more)[0] == "supported"
    for depth, verdict in (
        (DepthFigures(0.4, 0.7, 0.06), "cannot tell"),
        (DepthFigures(0.4, 0.7, np.nan), "cannot tell"),
        (DepthFigures(0.4, 0.3, 0.02), "cannot tell"),
        (DepthFigures(0.8, 0.7, 0.02), "gradient"),
    ):
        found, sentence = judge_map(replace(REAL, region="L4", depth=depth))
        assert (found, "stain that fades" in sentence) == (verdict, True)


def test_with_shading_taken_out_the_same_region_must_be_followed():
    assert REAL.holds_flat is None
    assert replace(REAL, p_flat=0.01, region_flat="VP").holds_flat is True
    assert replace(REAL, p_flat=0.01, region_flat="ZI").holds_flat is False
    assert replace(REAL, p_flat=0.06, region_flat="VP").holds_flat is False


def verdicts_on_maps(maps, found, n_networks=2):
    networks = [network(maps, seed) for seed in range(n_networks + 1)]
    gathered = gather_figures(found, networks[0], networks[1:], 199, RandomState(0))
    return [judge_map(one)[0] for one in gathered.evidence]


def test_maps_of_known_truth_are_told_apart():
    found = cells()
    rows, cols = found.at[:, 1], found.at[:, 2]
    maps = np.column_stack(
        [
            planted(found),
            noise(found, 8, 1),
            np.random.default_rng(1).normal(size=99)[rows],
            rows + 1.5 * cols,
        ]
    )
    verdicts = verdicts_on_maps(maps, found)
    assert verdicts[0] == "supported"
    assert verdicts[1] != "supported"
    assert verdicts[2:] == ["explained by row", "gradient"]
    assert verdicts_on_maps(maps[:, :1], found, n_networks=0) == ["cannot tell"]


def test_cells_too_few_for_the_logits_cannot_tell():
    found = cells()
    maps = np.column_stack([planted(found)])
    networks = [network(maps, seed) for seed in range(3)]
    for n_logits, verdict in ((10, "supported"), (200, "cannot tell")):
        logits = np.random.default_rng(0).normal(size=(len(maps), n_logits))
        ours = replace(networks[0], logits=logits)
        gathered = gather_figures(found, ours, networks[1:], 199, RandomState(0))
        told, sentence = judge_map(gathered.evidence[0])
        assert told == verdict
    assert "no region of 2000 cells, 10 for each region" in sentence


def test_layers_and_functions_of_depth_are_told_apart():
    found = layered()
    depth = np.nan_to_num(found.depth)
    maps = np.column_stack(
        [
            soft(found, found.codes == 1) * (1 + 0.3 * noise(found, PATCH, 3)),
            depth**2 + 0.1 * noise(found, 3, 4),
            soft(found, (depth > 0.35) & (depth < 0.65)) + 0.1 * noise(found, 3, 5),
        ]
    )
    verdicts = verdicts_on_maps(maps, found)
    assert verdicts[0] == "supported"
    assert "supported" not in verdicts[1:]
    networks = [network(maps[:, 1:2], seed) for seed in range(2)]
    deep = gather_figures(found, networks[0], networks[1:], 19, RandomState(0))
    assert deep.evidence[0].depth.follows_depth


def test_shading_is_taken_out_of_lines_and_left_in_a_region():
    found = cells()
    lines = np.random.default_rng(1).normal(size=99)[found.at[:, 1]]
    maps = np.column_stack([planted(found), 5 * lines + (found.codes == 1)])
    networks = [network(maps, seed) for seed in range(2)]
    gathered = gather_figures(found, networks[0], networks[1:], 199, RandomState(0))
    assert gathered.evidence[0].holds_flat
    assert gathered.evidence[1].region_flat == "middle"


def test_what_smooth_maps_share_inside_regions_may_be_accident():
    found = cells()
    p_value = {}
    for patches, seed in ((1, 2), (5, 3)):
        marked = 4.0 * (found.codes == 2) + noise(found, patches * PATCH, 1)
        ours = network(marked[:, None], 0)
        theirs = marked + 0.8 * noise(found, patches * PATCH, seed)
        others = [replace(ours, factors=theirs[:, None])] * 2
        gathered = gather_figures(found, ours, others, 99, RandomState(0))
        p_value[patches] = gathered.evidence[0].p_within
        assert gathered.evidence[0].again > 0.8
        assert gathered.evidence[0].again_within >= 0.5
    assert p_value[1] <= 0.05 < p_value[5]


def test_a_map_that_repeats_in_every_animal_is_counted_in_each():
    found = cells(("m1", "m2"))
    maps = np.column_stack([planted(found)])
    networks = [network(maps, seed) for seed in range(2)]
    gathered = gather_figures(found, networks[0], networks[1:], 99, RandomState(0))
    one = gathered.evidence[0]
    assert (one.n_animals, one.n_animals_followed) == (2, 2)


@pytest.mark.parametrize(
    ("again", "n_seen"), [([0.9, 0.8], 2), ([0.9, 0.79], 1), ([np.nan, np.nan], 0)]
)
def test_an_animal_counts_only_if_a_fit_without_it_finds_the_map(again, n_seen):
    found = cells(("m1", "m2"))
    maps = np.column_stack([planted(found)])
    networks = [network(maps, seed) for seed in range(2)]
    left_out = np.array(again)[:, None]
    gathered = gather_figures(
        found, networks[0], networks[1:], 99, RandomState(0), left_out=left_out
    )
    assert gathered.evidence[0].n_animals_followed == n_seen


def test_one_region_alone_cannot_tell():
    found = cells()
    one = replace(found, codes=np.minimum(found.codes, 0), regions=["all"])
    maps = noise(found, PATCH, 1)[:, None]
    networks = [network(maps, seed) for seed in range(2)]
    gathered = gather_figures(one, networks[0], networks[1:], 19, RandomState(0))
    assert np.isnan(gathered.evidence[0].auc)
    verdict, sentence = judge_map(gathered.evidence[0])
    assert (verdict, "another is needed" in sentence) == ("cannot tell", True)
