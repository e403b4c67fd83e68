"""Tests of sklearn_microarch.report.generate_report."""

import json
import re
import sys

import numpy as np
import pytest
from pipelines import fitted_pipeline, phantom
from report.made_maps import HOSTILE, make_maps

from sklearn_microarch import RoiMap, SliceImage, map_slice
from sklearn_microarch.anatomy import RegionalTable
from sklearn_microarch.drift import DriftCheck
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.report import generate_report
from sklearn_microarch.trust import MapVerdict, TrustReport


def headings(page):
    return re.findall(r"<h2>(.*?)</h2>", page.html)


def text_of(page):
    """Return the page without scripts, styles, pictures and tags."""
    plain = re.sub(r"<(script|style|svg).*?</\1>", "", page.html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", plain).replace("\u00a0", " ").split())


def test_sections_come_in_the_order_in_which_they_are_read(maps, rois, training):
    page = generate_report(
        maps, rois=rois, training=training, stats="n = 4.", verdicts="All hold."
    )
    assert headings(page) == [
        "Read this first",
        "Verdicts",
        "What was done",
        "Annotation",
        "Training and validation",
        "Over the slice",
        "Region map",
        "Factors",
        "Clusters",
        "Statistics",
        "Settings and versions",
    ]
    assert "Not on this page" not in page.html


def test_what_there_is_nothing_of_is_left_out_with_a_word():
    image = SliceImage(np.zeros((40, 60), np.uint8), name="bare")
    page = generate_report(MicroarchMaps(image))
    assert headings(page) == [
        "Read this first",
        "What was done",
        "Over the slice",
        "Settings and versions",
    ]
    words = text_of(page)
    for part in ("Annotation", "Region map", "Factors", "Clusters", "Verdicts"):
        assert f"{part}: " in words.partition("Not on this page.")[2]
    assert "The pixel size is unknown: there are no scale bars and no areas." in words
    assert 'class="bar"' not in page.html


def test_a_training_alone_makes_a_page(training):
    page = generate_report(None, training=training)
    words = text_of(page)
    assert page.title == "Report on a training"
    assert "Over the slice" not in headings(page)
    assert "Warning training region VP offers few patches." in words
    assert (
        "77 % were told right, as a mean over regions (95 % interval 70 % to 82 %"
        in (words)
    )
    assert "CTX 0.90 0.80 to 0.95" in words
    assert "an animal that the network never saw, 60 % were told right" in words
    assert "factor01_CTX 90 % \u2013 2" in words
    assert "0.80 after pass 8" in words
    assert "The model was trained on 1 annotated slice of 1 animal." in words


def test_warnings_stand_before_notes_and_good_news(rng):
    several = [
        make_maps(rng, name="near"),
        make_maps(rng, name="far", drift=DriftCheck("unlike", "do not trust it.")),
        make_maps(rng, name="strange", novelty=None),
    ]
    page = generate_report(several, notes=["The scanner was new."])
    levels = re.findall(r'<li class="is-(\w+)">', page.html)
    assert levels == sorted(levels, key=["warning", "note", "good"].index)
    assert levels.count("warning") == 2
    words = text_of(page)
    assert words.index("The scanner was new.") < words.index("Do not trust it.")
    share = (several[0].novelty > 1).sum() / np.isfinite(several[0].novelty).sum()
    assert f"Novelty: {100 * share:.0f} % of the mapped tissue" in words


def test_what_holds_for_all_slices_is_said_once(rng):
    maps = [make_maps(rng, name=name) for name in ("z1", "z2", "z3")]
    html = generate_report(maps).html
    words = "The slice is like those the model knows"
    assert html.count(words) == 1
    assert "all slices" in html.partition(words)[0]
    # But not what holds for some of them.
    maps[2] = make_maps(rng, name="z3", drift=None)
    html = generate_report(maps).html
    assert html.count(words) == 2
    assert html.count("was not compared") == 1


def test_a_fitted_pipeline_is_told_in_words():
    pipe = fitted_pipeline(names=True)
    maps = map_slice(pipe, phantom().images[1], stride=16)
    words = text_of(generate_report(maps, pipeline=pipe))
    regions = sorted(set(phantom().roi_names.values()))
    assert f"which of {len(regions)} regions the patch is of" in words
    assert "split into 8 factors" in words
    assert "patch_size = 24" in words
    number = pipe["select"].get_support(indices=True)[0]
    region = pipe["select"].matched_rois_[0]
    at = pipe["select"].rois_.tolist().index(region)
    inside = pipe["select"].coverage_[number, at]
    assert f"Factor {number} {region} {100 * inside:.0f} %" in words


def test_areas_and_shares_are_those_of_the_maps(maps, rois):
    words = text_of(generate_report(maps, rois=rois))
    predicted = maps.predicted_regions
    area = (predicted == 0).sum() * (4 * 1.17 / 1000) ** 2
    mean = maps.region_probabilities[predicted == 0, 0].mean()
    share = (predicted == 0).sum() / (predicted >= 0).sum()
    row = f"CTX {area:.2f} {100 * share:.0f} % {mean:.2f}"
    assert row in words
    rows, cols = (3 + 4 * np.arange(60), 2 + 4 * np.arange(101))
    codes = rois.on(maps.image)[np.ix_(rows, cols.clip(max=402))]
    here = maps.factors[..., 1]
    total = np.nansum(here)
    shares = [np.nansum(here[codes == code]) / total for code in (1, 2, 0)]
    assert (
        f"VP {100 * shares[1]:.0f} %, CTX {100 * shares[0]:.0f} %, "
        f"outside of the annotation {100 * shares[2]:.0f} %"
    ) in words or (
        f"CTX {100 * shares[0]:.0f} %, VP {100 * shares[1]:.0f} %, "
        f"outside of the annotation {100 * shares[2]:.0f} %"
    ) in words


def test_statistics_and_verdicts_are_words_rows_or_both(maps):
    rows = [{"region": "VP", "p_value": 0.02}]
    both = {"sentence": "Groups differ in VP.", "rows": rows}
    table = RegionalTable({"specimen": ["m1"], "loading": [0.5]})
    for given in ("Groups differ in VP.", rows, both, table):
        page = generate_report(maps, stats=given, verdicts=given)
        words = text_of(page).partition("Statistics ")[2]
        assert ("Groups differ in VP." in words) == isinstance(given, str | dict)
        assert ("p value VP 0.02" in words) == (given in (rows, both))
    assert "m1 0.5" in words


def test_equal_maps_make_equal_pages_and_large_ones_stay_small(maps, rois):
    assert (
        generate_report(maps, rois=rois).html == generate_report(maps, rois=rois).html
    )
    assert generate_report(maps, rois=rois).n_bytes < 3_000_000


def test_colours_of_the_annotation_win_and_those_given_over_them(maps, rois):
    page = generate_report(maps, rois=rois)
    assert "#0a141e" in page.html
    page = generate_report(maps, rois=rois, colors={"VP": "#abcdef", "CTX": "red"})
    assert "#0a141e" not in page.html
    assert "background:#abcdef" in page.html
    assert "background:#ff0000" in page.html


def test_a_region_has_one_colour_on_the_pages_of_training_and_maps(maps):
    codes = np.ones((242, 403), dtype=int)
    codes[:, 200:] = 2
    # The other way round than the classes of a network, which are sorted.
    rois = RoiMap(codes, {1: "VP", 2: "CTX"})
    swatch = r'"background:(#[0-9a-f]{6})"></span><bdi>(CTX|VP)<'
    training, mapped = (
        {name: color for color, name in re.findall(swatch, page.html)}
        for page in (
            generate_report(MicroarchMaps(maps.image), rois=rois),
            generate_report(maps, rois=rois),
        )
    )
    assert set(training) == {"CTX", "VP"}
    assert training == mapped


def test_letters_of_orientation_stand_only_where_stated(maps):
    assert 'class="letter' not in generate_report(maps).html
    image = maps.image.replace(details={"top": "D", "left": "L"})
    page = generate_report(maps.replace(image=image))
    assert '<span class="letter top">D</span>' in page.html
    assert '<span class="letter left">L</span>' in page.html


def test_hostile_names_are_escaped_wherever_they_stand(rng):
    maps = make_maps(rng, name=HOSTILE[0], regions=HOSTILE[:3])
    page = generate_report(
        maps,
        title=HOSTILE[1],
        notes=HOSTILE,
        stats=[dict.fromkeys(HOSTILE, HOSTILE[2])],
    )
    # One for the slice, one for the viewer; each ends where it was meant to.
    assert page.html.count("<script") == page.html.count("</script>") == 2
    data = re.search(r'class="slice-data">(.*?)</script>', page.html).group(1)
    assert json.loads(data)["title"] == f"m1: {HOSTILE[0]}"
    assert not re.search(r"[<>&]", data)
    for style in re.findall(r'style="(.*?)"', page.html):
        assert re.fullmatch(r"background:#[0-9a-f]{6}|width:[0-9.]+%", style)
    assert "<img src=x" not in page.html
    assert "{{ 7 * 7 }}" in page.html
    page.html.encode()


def test_slices_of_one_name_are_told_apart(rng):
    page = generate_report([make_maps(rng), make_maps(rng)])
    assert list(page.slice_sizes) == ["m1: z309", "m1: z309 (2)"]


def test_a_missing_package_is_named_with_the_command_that_installs_it(
    maps, monkeypatch
):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ImportError, match=r"pip install 'sklearn-microarch\[report\]'"):
        generate_report(maps)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"maps": "maps.zarr"}, TypeError, "maps holds a str"),
        ({"maps": None}, ValueError, "nothing to report"),
        ({"rois": np.zeros((4, 4))}, TypeError, "rois holds a ndarray"),
        ({"rois": [None, None]}, ValueError, "2 annotations for 1 slices"),
        ({"training": "yes"}, TypeError, "training='yes'"),
        ({"training": {"curve": "up"}}, TypeError, r"training\['curve'\] holds 'up'"),
        ({"stats": 3}, TypeError, "stats holds 3"),
        ({"stats": [{1: 2}]}, TypeError, "stats holds {1: 2}"),
        ({"verdicts": {"p": 1}}, TypeError, r"verdicts holds \['p'\]"),
        ({"notes": "one"}, TypeError, "notes='one'"),
        ({"title": 3}, TypeError, "title=3"),
        ({"colors": "red"}, TypeError, "colors='red'"),
        ({"colors": {"VP": "no colour"}}, ValueError, "'no colour'"),
        ({"pipeline": 3}, TypeError, "pipeline is a int"),
    ],
)
def test_wrong_arguments_are_named(maps, arguments, error, words):
    with pytest.raises(error, match=words):
        generate_report(**{"maps": maps, **arguments})


def test_an_annotation_that_cannot_lie_on_the_slice_is_an_error(maps):
    rois = RoiMap(np.ones((7, 8), dtype=int), {1: "CTX"})
    with pytest.raises(ValueError, match=r"\(7, 8\)|shape"):
        generate_report(maps, rois=rois)


def test_verdicts_stand_before_any_picture(maps):
    one = MapVerdict(
        kind="factor",
        name="factor07",
        verdict="cannot tell",
        sentence="No other network was trained.",
        region="VP",
        auc=0.9,
        p_moved_labels=0.01,
        p_surrogates=0.02,
        by_regions=0.5,
        nuisance="position",
        by_nuisance=0.1,
        left_by_nuisance=0.1,
        gradient_inside=0.1,
        beyond_logits=0.4,
        again=np.nan,
        again_within=np.nan,
        n_seeds=0,
        n_animals=1,
        n_animals_followed=1,
    )
    page = generate_report(maps, verdicts=TrustReport((one,), 199, 512, 90, 0, 60))
    verdicts = page.html.index('<section id="verdicts"')
    assert verdicts < page.html.index('<section id="slice"')
    assert page.html.index("No other network was trained.") > verdicts
    assert "Factors and clusters: 1 cannot tell." in page.html
    untold = text_of(generate_report(maps))
    assert "whether factors and clusters are real; trust_report does." in untold
