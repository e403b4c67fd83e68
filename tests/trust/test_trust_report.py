"""Tests of the whole report, on a tiny phantom."""

import csv
import functools

import numpy as np
import pytest
from pipelines import fitted_pipeline, phantom
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from sklearn_microarch import PatchSampler, RoiMap, make_microarch_pipeline
from sklearn_microarch.trust import MapVerdict, TrustReport, trust_report
from sklearn_microarch.trust._minutes import minutes_in_words

SMALL = {"n_seeds": 0, "n_shifts": 19, "stride": 12, "random_state": 0}
VERDICTS = {"supported", "gradient", "cannot tell"}


def annotated():
    found = phantom()
    return found.images[0], RoiMap(
        found.rois[0], found.roi_names, pixel_size_um=found.pixel_size_um
    )


@functools.cache
def report_of_one_seed():
    pipe = fitted_pipeline(names=True)
    return trust_report(pipe, *annotated(), **SMALL | {"n_seeds": 1})


def test_there_is_a_verdict_for_each_factor_and_cluster():
    report = report_of_one_seed()
    names = [one.name for one in report.verdicts]
    assert [one.kind for one in report.verdicts].count("factor") == 8
    assert [name[:8] for name in names[:2]] == ["factor00", "factor01"]
    assert names[8:] == ["cluster0", "cluster1", "cluster2"]
    for one in report.verdicts:
        assert one.verdict in VERDICTS or one.verdict.startswith("explained by ")
        assert one.sentence.endswith(".")
        assert 0.5 <= one.auc <= 1
        assert 0 < one.p_moved_labels <= 1
        assert -1 <= one.again_within <= 1
        assert 0 < one.p_within <= 1
        assert one.holds_flat in {True, False}
    assert report.n_seeds == 1
    matched = set(fitted_pipeline(names=True)["select"].matched_rois_.tolist())
    assert {name[9:] for name in names[:8] if len(name) > 8} == matched
    assert {one.selected for one in report.verdicts[:8]} - {""} == matched
    assert all(one.selection_holds is not None for one in report.verdicts[:8])
    assert all(one.selection_holds is None for one in report.verdicts[8:])


def test_without_other_networks_nothing_is_supported(capsys):
    pipe = fitted_pipeline(names=True)
    report = trust_report(pipe, *annotated(), **SMALL, verbose=1)
    assert not any(one.verdict == "supported" for one in report.verdicts)
    assert all(np.isnan(one.again) for one in report.verdicts)
    assert all(np.isnan(one.p_within) for one in report.verdicts)
    said = capsys.readouterr().out
    assert said.startswith(("tests: about ", "tests: less than a minute"))
    assert "network" not in said


def test_other_networks_are_kept_and_their_cost_is_said_before(tmp_path, capsys):
    pipe, settings = fitted_pipeline(names=True), SMALL | {"n_seeds": 1}
    settings |= {"memory": str(tmp_path)}
    first = trust_report(pipe, *annotated(), **settings, verbose=1)
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines()] == [
        "tests:",
        "training",
        "network",
    ]
    assert said.count(" min") == 2
    assert "training 1 network: less than a minute\n" in said
    kept = sorted(tmp_path.rglob("output.pkl"))
    assert len(kept) == 1
    written = kept[0].stat().st_mtime_ns
    again = trust_report(pipe, *annotated(), **settings)
    assert sorted(tmp_path.rglob("output.pkl")) == kept
    assert kept[0].stat().st_mtime_ns == written
    assert [str(one) for one in again.verdicts] == [str(one) for one in first.verdicts]
    assert [one.again for one in first.verdicts] == [
        one.again for one in report_of_one_seed().verdicts
    ]


def test_the_report_is_a_table_on_paper_and_in_a_file(tmp_path):
    report = report_of_one_seed()
    text = str(report)
    assert text.splitlines()[0].split()[:2] == ["verdict", "region"]
    assert all(one.sentence in text for one in report.verdicts)
    changed = [one.selection_holds for one in report.verdicts].count(False)
    words = f"changes for {changed} of 8 factors" if changed else "is the same"
    assert f"The choice of factors {words} if" in text
    assert text.count("(changes)") == changed
    assert "TrustReport(" in repr(report)
    path = report.to_csv(tmp_path / "trust.csv")
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["verdict"] for row in rows] == [one.verdict for one in report.verdicts]
    assert list(rows[0]) == list(MapVerdict.__dataclass_fields__)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        report.to_csv(path)
    assert report.to_csv(path, overwrite=True) == path
    with pytest.raises(ValueError, match="empty"):
        TrustReport((), 19, 0, 0, 0, 0).to_csv(tmp_path / "none.csv")


def test_a_pipeline_without_the_steps_is_refused():
    image, rois = annotated()
    fitted = fitted_pipeline(names=True)
    with pytest.raises(TypeError, match="no factors and no clusters"):
        trust_report(make_pipeline(*fitted[:2]), image, rois, **SMALL)
    with pytest.raises(TypeError, match="PatchSampler"):
        trust_report(fitted[1:], image, rois, **SMALL)
    with pytest.raises(TypeError, match="fitted Pipeline"):
        trust_report(fitted[1], image, rois, **SMALL)
    with pytest.raises(NotFittedError):
        trust_report(make_microarch_pipeline(), image, rois, **SMALL)
    with pytest.raises(TypeError, match="NoneType"):
        trust_report(make_pipeline(fitted[0]), image, rois, **SMALL)


def layers_of_phantom():
    """Return a slice whose cortex is annotated by layers, and its depth."""
    found = phantom()
    layers, codes = found.layers[0].astype(int), found.rois[0].astype(int)
    names = {**found.roi_names} | {
        10 + at: one for at, one in found.layer_names.items()
    }
    codes = np.where(layers > 0, 10 + layers, codes)
    names = {code: name for code, name in names.items() if (codes == code).any()}
    rois = RoiMap(codes, names, pixel_size_um=found.pixel_size_um)
    return found.images[0], rois, found.depths[0]


def test_with_depth_layers_are_asked_whether_they_are_more():
    pipe = fitted_pipeline(names=True)
    image, rois, depth = layers_of_phantom()
    report = trust_report(pipe, image, rois, depth=depth, **SMALL)
    layers = [one for one in report.verdicts if one.region.startswith("L")]
    others = [one for one in report.verdicts if not one.region.startswith("L")]
    assert layers
    assert others
    assert all(0 <= one.by_depth <= 1 for one in layers)
    assert all(0 < one.p_redrawn <= 1 for one in layers)
    assert all(np.isnan(one.by_depth) for one in others)
    assert "p redrawn" in str(report).splitlines()[0]
    assert "p redrawn" not in str(report_of_one_seed())


def test_depth_that_does_not_lie_on_the_slice_is_refused():
    image, rois, depth = layers_of_phantom()
    with pytest.raises(ValueError, match="depth has shape"):
        trust_report(fitted_pipeline(names=True), image, rois, depth=depth[1:], **SMALL)


def test_depth_without_layers_in_it_is_refused():
    depth = layers_of_phantom()[-1]
    with pytest.raises(ValueError, match=r"depth: cortex \d+ %, .*ZI 0 %"):
        trust_report(fitted_pipeline(names=True), *annotated(), depth=depth, **SMALL)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n_seeds": -1}, "n_seeds"),
        ({"n_shifts": 18}, "n_shifts"),
        ({"stride": 0}, "stride"),
        ({"trained_on": "nothing"}, "trained_on"),
    ],
)
def test_arguments_out_of_range_are_named(changes, words):
    with pytest.raises(ValueError, match=words):
        trust_report(fitted_pipeline(names=True), *annotated(), **SMALL | changes)


@pytest.mark.parametrize("seed", [None, np.random.RandomState(0)])
def test_kept_networks_need_a_seed_to_be_found_by(tmp_path, seed):
    settings = SMALL | {"memory": str(tmp_path), "random_state": seed}
    with pytest.raises(ValueError, match="give an integer random_state"):
        trust_report(fitted_pipeline(names=True), *annotated(), **settings)


def test_one_network_of_another_seed_is_too_few():
    report = report_of_one_seed()
    assert not any(one.verdict == "supported" for one in report.verdicts)
    assert "\n1 other network; labels moved 19 times among " in str(report)


def test_minutes_are_told_as_a_person_would():
    assert minutes_in_words(0.04) == "less than a minute"
    assert minutes_in_words(1.4) == "about 1 min"
    assert minutes_in_words(12.6) == "about 13 min"


def test_annotations_that_do_not_fit_are_refused():
    image, _ = annotated()
    pipe = fitted_pipeline(names=True)
    with pytest.raises(ValueError, match="shape"):
        trust_report(pipe, image, phantom().rois[0][:-9], **SMALL)
    with pytest.raises(ValueError, match="no region"):
        trust_report(pipe, image, np.zeros(image.shape, dtype=int), **SMALL)


def test_a_pipeline_without_factors_has_verdicts_on_its_clusters():
    pipe = fitted_pipeline(names=True)
    whole = trust_report(pipe, *annotated(), **SMALL)
    part = make_pipeline(*pipe[:3])
    assert isinstance(part[0], PatchSampler)
    factors = trust_report(part, *annotated(), **SMALL)
    assert [one.kind for one in factors.verdicts] == ["factor"] * 8
    assert [one.auc for one in factors.verdicts] == [
        one.auc for one in whole.verdicts[:8]
    ]
