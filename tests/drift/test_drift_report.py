"""Tests of sklearn_microarch.drift: references and reports on a small phantom."""

import functools
import pickle

import joblib
import numpy as np
import pytest
from drift.models import judged_pipeline
from pipelines import phantom, small_pipeline, training_patches
from scipy import ndimage
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline

from sklearn_microarch import drift_report, fit_drift_reference
from sklearn_microarch.exceptions import PixelSizeMismatchError


def make_reference(pipe, images, *, n_draws=20, random_state=0, **options):
    return fit_drift_reference(
        pipe, images, stride=6, n_draws=n_draws, random_state=random_state, **options
    )


@functools.cache
def reference():
    return make_reference(judged_pipeline(), phantom().images[0], n_draws=40)


def report_of(alter=None, **options):
    image = phantom().images[1]
    if alter is not None:
        changed = np.clip(alter(image.data.astype(np.float32)), 0, 255)
        image = image.replace(data=changed.astype(np.uint8))
    return drift_report(
        judged_pipeline(), image, reference(), random_state=0, **options
    )


@functools.cache
def unaltered():
    return report_of()


def test_the_reference_itself_is_the_same():
    own = drift_report(
        judged_pipeline(), phantom().images[0], reference(), random_state=0
    )
    assert own.verdict == "same"
    assert own.share_outside_support < 0.05
    assert own.feature_shift == pytest.approx(0, abs=1e-3)
    shifts = [shift for shift in own.shift_by_region.values() if np.isfinite(shift)]
    assert max(shifts) == pytest.approx(0, abs=1e-3)
    assert max(map(abs, own.changes_in_errors.values())) < 1e-3


def test_a_neighbouring_slice_is_the_same():
    assert unaltered().verdict == "same"


# Features of a slice so bright may be silent.
@pytest.mark.filterwarnings(
    "ignore::sklearn_microarch.exceptions.UnusedComponentsWarning"
)
@pytest.mark.parametrize(
    "alter, words",
    [
        (lambda pixels: ndimage.gaussian_filter(pixels, 3), "blurrier"),
        (lambda pixels: 255 * (pixels / 255) ** 0.5, "brighter"),
        (lambda pixels: np.rint(pixels / 90) * 90, "grey levels instead of"),
    ],
)
def test_altered_slices_are_not_the_same(alter, words):
    report = report_of(alter)
    assert report.verdict in ("shifted", "unlike")
    assert words in report.message
    worst = max(found.excess for found in report.indicators.values())
    assert worst > max(found.excess for found in unaltered().indicators.values())


def test_the_map_shows_where_rows_lie_outside():
    """Stripes on the right half only: unlike any tissue."""
    shape = phantom().images[1].shape
    stripes = np.tile(90 * np.sin(np.arange(shape[1])), (shape[0], 1))
    half = shape[1] // 2
    stripes[:, :half] = 0
    report = report_of(lambda pixels: pixels + stripes)
    found = report.outside_map()
    assert found.shape == shape
    assert np.isfinite(found).sum() == len(report.patches)
    apart = [
        np.nanmedian(distances[:, half + 24 :])
        / np.nanmedian(distances[:, : half - 24])
        for distances in (unaltered().outside_map(), found)
    ]
    assert apart[1] > 1.25 * apart[0]


def test_shares_and_tables_add_up():
    report = unaltered()
    assert sum(report.region_shares.values()) == pytest.approx(1)
    assert set(report.region_shares) == set(judged_pipeline()["features"].classes_)
    overall = sum(
        share * report.outside_by_region[region]
        for region, share in report.region_shares.items()
        if share
    )
    assert overall == pytest.approx(report.share_outside_support)
    outside = (report.support_distance > 1).mean()
    assert outside == pytest.approx(report.share_outside_support)
    assert str(report).startswith(f"verdict: {report.verdict}")
    assert "feature_shift" in str(report)
    assert report.verdict in repr(report)


def test_factors_agree_with_themselves():
    report = unaltered()
    assert report.factor_cosines.shape == (8,)
    assert report.factor_agreement == pytest.approx(report.factor_cosines.mean())
    assert 0.5 < report.factor_agreement <= 1
    assert 0.5 < report.usual_factor_agreement <= 1


def test_a_reference_survives_saving():
    loaded = pickle.loads(pickle.dumps(reference()))
    again = drift_report(judged_pipeline(), phantom().images[1], loaded, random_state=0)
    assert str(again) == str(unaltered())
    assert "draws" in repr(loaded)


def test_a_mask_limits_both_sides():
    mask = np.zeros(phantom().images[0].shape, dtype=bool)
    mask[:, 300:800] = True
    made = make_reference(judged_pipeline(), phantom().images[0], mask=mask)
    report = drift_report(
        judged_pipeline(), phantom().images[1], made, mask=mask, random_state=0
    )
    assert report.patches.positions[:, 2].min() >= 300
    assert report.patches.positions[:, 2].max() < 800


def test_several_slices_make_one_reference():
    made = make_reference(judged_pipeline(), phantom().images)
    report = drift_report(judged_pipeline(), phantom().images[1], made, random_state=0)
    assert report.verdict == "same"
    assert report.feature_shift < unaltered().feature_shift
    assert (made.n_images, made.n_units) == (2, 1)


def test_a_copy_of_a_slice_makes_no_limit_narrower():
    image = phantom().images[0]
    noise = np.random.default_rng(0).integers(-2, 3, image.shape)
    pixels = np.clip(image.data.astype(int) + noise, 0, 255).astype(np.uint8)
    copy = image.replace(data=pixels)
    # Limits of one drawing move by a tenth and more: over several, they stay.
    ratios = []
    for seed in range(3):
        alone, both = (
            make_reference(
                judged_pipeline(), given, n_draws=100, random_state=seed
            ).null
            for given in (image, [image, copy])
        )
        limits = both.limits(0.05) / alone.limits(0.05)
        ratios.append([*limits, *(both.borders / alone.borders)])
    means = np.mean(ratios, axis=0)
    assert (means[:3] > 0.95).all()
    assert (means[3:] > 0.98).all()


def test_a_memory_mapped_pipeline_is_the_same(tmp_path):
    joblib.dump(judged_pipeline(), tmp_path / "model.joblib")
    loaded = joblib.load(tmp_path / "model.joblib", mmap_mode="r")
    report = drift_report(loaded, phantom().images[1], reference(), random_state=0)
    assert report.verdict == unaltered().verdict


@pytest.mark.parametrize("later", [[], [("pca", PCA(4))]])
def test_pipelines_without_non_negative_factors_are_judged(later):
    head = judged_pipeline()[:2]
    pipe = Pipeline([*head.steps, *later])
    if later:
        later[0][1].fit(head.transform(training_patches()[0]))
    made = make_reference(pipe, phantom().images[0])
    report = drift_report(pipe, phantom().images[1], made, random_state=0)
    assert (abs(report.changes["residual"]) > 1e-9) == bool(later)
    assert np.isnan(report.factor_agreement)
    assert len(report.factor_cosines) == 0


def test_a_much_coarser_pixel_size_is_an_error_unless_allowed():
    image = phantom().images[1].replace(pixel_size_um=2.0)
    with pytest.raises(PixelSizeMismatchError, match="allow_pixel_size_mismatch=True"):
        drift_report(judged_pipeline(), image, reference())
    report = drift_report(
        judged_pipeline(),
        image,
        reference(),
        allow_pixel_size_mismatch=True,
        random_state=0,
    )
    assert (report.pixel_size_um, report.reference_pixel_size_um) == (2.0, 1.17)
    assert report.feature_shift == unaltered().feature_shift


def test_the_reference_of_another_pipeline_is_an_error():
    other = small_pipeline(features__random_state=1, features__max_epochs=1)
    other.fit(*training_patches())
    with pytest.raises(ValueError, match=r"made with another .*fit_drift_reference"):
        drift_report(other, phantom().images[1], reference())


def test_wrong_arguments_are_named():
    pipe, image = judged_pipeline(), phantom().images[1]
    with pytest.raises(TypeError, match="reference is a SliceImage"):
        drift_report(pipe, image, image)
    with pytest.raises(TypeError, match="image is a list"):
        drift_report(pipe, [image], reference())
    with pytest.raises(ValueError, match="block_px=10 must be"):
        fit_drift_reference(pipe, image, block_px=10)
    with pytest.raises(ValueError, match="n_draws=5 must be"):
        fit_drift_reference(pipe, image, n_draws=5)
    with pytest.raises(ValueError, match="false_alarm_rate=0 must"):
        fit_drift_reference(pipe, image, false_alarm_rate=0)
    with pytest.raises(ValueError, match=r"at most 0.5, and at least .* = 0.0476"):
        fit_drift_reference(pipe, image, n_draws=20, false_alarm_rate=0.01)
    with pytest.raises(ValueError, match="z_um"):
        fit_drift_reference(pipe, image, z_um=[0, 10])
    with pytest.raises(TypeError, match="starts with PCA"):
        fit_drift_reference(Pipeline([("pca", PCA())]), image)


def test_a_slice_with_hardly_any_tissue_is_an_error():
    tiny = np.zeros(phantom().images[1].shape, dtype=bool)
    row, col = unaltered().patches.positions[0, 1:]
    tiny[row, col] = True
    with pytest.raises(ValueError, match="holds 1 centres of tissue"):
        report_of(mask=tiny)
