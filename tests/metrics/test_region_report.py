"""Tests of sklearn_microarch.metrics._region_report and its report."""

import numpy as np
import pytest
from pipelines import fitted_pipeline, phantom
from sklearn.dummy import DummyClassifier
from sklearn.metrics import balanced_accuracy_score, f1_score

from sklearn_microarch.metrics import (
    block_bootstrap,
    border_recall_curve,
    calibration_report,
    evaluation_centres,
    region_report,
)
from sklearn_microarch.spatial import (
    border_distance_at,
    count_independent,
    spatial_blocks,
)


class Oracle:
    """A classifier that knows the regions it is asked for, but for a share."""

    def __init__(self, labels, *, wrong=(), classes=None):
        self.classes_ = np.unique(labels if classes is None else classes)
        self.proba = (labels[:, None] == self.classes_) * 0.9 + 0.1 / len(self.classes_)
        self.proba[list(wrong)] = np.roll(self.proba[list(wrong)], 1, axis=1)

    def predict_proba(self, X):
        assert len(X) == len(self.proba)
        return self.proba


@pytest.fixture(scope="module")
def centres():
    """Return the annotated centres of a phantom slice, and their regions."""
    found = phantom()
    sampler = fitted_pipeline(names=True)["patches"]
    return evaluation_centres(
        sampler, found.images[1], found.rois[1], found.roi_names, step=16
    )


@pytest.fixture(scope="module")
def report(centres):
    """Return a report on the network of the small pipeline."""
    network = fitted_pipeline(names=True)["features"]
    return region_report(network, *centres, rois=phantom().rois[1], n_resamples=300)


def test_it_holds_what_each_score_alone_says(centres, report):
    patches, labels = centres
    network = fitted_pipeline(names=True)["features"]
    predicted = network.predict(patches)
    np.testing.assert_array_equal(report.predicted, predicted)
    assert report.scores.balanced_accuracy == pytest.approx(
        balanced_accuracy_score(labels, predicted)
    )
    assert report.bootstrap.estimate == pytest.approx(report.scores.balanced_accuracy)
    assert report.scores.macro_f1 == pytest.approx(
        f1_score(labels, predicted, labels=np.unique(labels), average="macro")
    )
    alone = block_bootstrap(
        predicted == labels,
        labels,
        spatial_blocks(patches),
        n_resamples=300,
        random_state=0,
    )
    assert report.bootstrap.to_rows() == alone.to_rows()
    depth = border_distance_at(patches, phantom().rois[1])
    curve = border_recall_curve(labels, predicted, depth)
    np.testing.assert_array_equal(report.border.n_correct, curve.n_correct)
    calibration = calibration_report(
        labels,
        network.predict_proba(patches),
        classes=network.classes_,
        class_balanced=True,
    )
    assert str(report.calibration) == str(calibration)
    for region, independent in zip(
        report.scores.regions, report.n_independent, strict=True
    ):
        assert independent == count_independent(patches.take(labels == region))


def test_it_prints_a_compact_table(report):
    lines = str(report).splitlines()
    assert lines[0].startswith("balanced accuracy 0.")
    assert "over 6 of 6 regions" in lines[1]
    for row in report.to_rows():
        line = next(line for line in lines if line.startswith(row["region"]))
        assert f"{row['recall']:.3f}" in line
        assert str(row["n_rows"]) in line
    assert any(line.startswith("mean") for line in lines)
    assert lines[-2].startswith("expected calibration error")
    assert max(map(len, lines)) < 100


def test_its_figures_are_a_row_of_numbers(report):
    figures = report.summary()
    assert figures["balanced_accuracy_low"] < figures["balanced_accuracy"]
    assert figures["balanced_accuracy"] < figures["balanced_accuracy_high"]
    assert all(isinstance(value, float) for value in figures.values())


def test_a_lead_is_the_paired_difference(centres, report):
    patches, labels = centres
    dummy = region_report(DummyClassifier().fit(patches, labels), patches, labels)
    lead = report.lead_over(dummy, n_resamples=300)
    assert dummy.scores.balanced_accuracy == pytest.approx(1 / 6)
    assert lead.estimate == pytest.approx(report.scores.balanced_accuracy - 1 / 6)
    assert lead.low > 0
    assert dummy.lead_over(report, n_resamples=300).high == pytest.approx(-lead.low)
    assert report.lead_over(report).high == 0
    with pytest.raises(ValueError, match="other is a report on 100 other rows"):
        report.lead_over(
            region_report(Oracle(labels[:100]), patches[:100], labels[:100])
        )


def test_a_perfect_classifier_has_nothing_left_to_learn(centres):
    patches, labels = centres
    report = region_report(Oracle(labels), patches, labels)
    assert report.summary()["balanced_accuracy"] == report.bootstrap.low == 1
    assert report.summary()["macro_f1"] == 1
    assert report.border is None
    assert report.calibration.overconfidence == pytest.approx(0.9 + 0.1 / 6 - 1)


def test_absent_regions_are_marked_and_unannotated_rows_left_out(centres):
    patches, labels = centres
    kept = labels != "ZI"
    marked = np.where(kept, labels, "")
    oracle = Oracle(labels[kept], classes=labels, wrong=range(50))
    report = region_report(oracle, patches, marked)
    assert len(report.labels) == kept.sum()
    row = next(row for row in report.to_rows() if row["region"] == "ZI")
    assert (row["n_rows"], row["n_blocks"], row["n_independent"]) == (0, 0, 0)
    assert np.isnan(row["recall"])
    assert not row["is_trusted"]
    assert "over 5 of 6 regions" in str(report)
    assert "* of fewer than 5 blocks" in str(report)


def test_larger_blocks_and_lower_levels_can_be_asked_for(centres):
    patches, labels = centres
    oracle = Oracle(labels, wrong=range(0, len(labels), 3))
    report = region_report(
        oracle, patches, labels, block_size=96, confidence_level=0.8, random_state=1
    )
    assert report.blocks.block_size == 96
    assert "80% interval" in str(report)
    assert "of 96 px" in str(report)


def test_bad_input_is_named(centres):
    patches, labels = centres
    with pytest.raises(TypeError, match="patches is a ndarray; region_report needs"):
        region_report(Oracle(labels), np.asarray(patches[:3]), labels[:3])
    with pytest.raises(TypeError, match=r"pass the part up to the network, pipe\[:2\]"):
        region_report(fitted_pipeline(names=True), patches, labels)
    with pytest.raises(TypeError, match=r"labels has dtype int64, .* names= is given"):
        region_report(Oracle(labels), patches, np.ones(len(labels), dtype=int))
    with pytest.raises(ValueError, match=r"labels has shape \(3,\), but patches"):
        region_report(Oracle(labels), patches, labels[:3])
    with pytest.raises(
        ValueError, match=r"labels holds the labels \['ZI'\], which are"
    ):
        region_report(Oracle(labels[labels != "ZI"]), patches, labels)


def test_part_of_a_pipeline_is_a_classifier(centres):
    patches, labels = centres
    pipe = fitted_pipeline(names=True)
    found = region_report(pipe[:2], patches[:300], labels[:300], n_resamples=10)
    np.testing.assert_array_equal(
        found.predicted, pipe["features"].predict(patches[:300])
    )
