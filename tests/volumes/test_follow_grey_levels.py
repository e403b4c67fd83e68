"""Tests that planes of a volume that fades are normalized smoothly along z."""

import functools
import warnings

import numpy as np
import pytest
from mapping.slices import bytes_of
from pipelines import fitted_pipeline, phantom
from sklearn.pipeline import make_pipeline
from volumes.brains import run

import sklearn_microarch.volumes._volume as volumes
import sklearn_microarch.volumes.normalizing._follow_grey_levels as following
from sklearn_microarch import PatchSampler
from sklearn_microarch.exceptions import NormalizationWarning, OtherMapsError
from sklearn_microarch.features import Exposure
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.volumes import compare_planes, open_volume
from sklearn_microarch.volumes.normalizing._smooth import scatter_of, smooth

N_PLANES = 9
GAIN = 0.95 ** np.arange(N_PLANES)
OFFSET = 2.0 * np.arange(N_PLANES)


@functools.cache
def grey(moving=40):
    """Return planes (9, 512, 1024) of tissue that fades, of which a part moves out."""
    one = np.concatenate([image.data for image in phantom().images])
    found = [g * one + o for g, o in zip(GAIN, OFFSET, strict=True)]
    for z, plane in enumerate(found):
        plane[:, moving * z : moving * z + 200] = 0
    return np.stack(found).round().astype(np.uint8)


def fading(planes=None):
    known = {"pixel_size_um": 1.17, "spacing_um": 5.0}
    return open_volume(grey() if planes is None else planes, **known)


@functools.cache
def followed(moving=40):
    return fading(grey(moving)).follow_grey_levels(fitted_pipeline())


def gains(volume):
    network = fitted_pipeline()["features"]
    return np.array(
        [network.exposure(volume.plane(z)).gain[0] for z in range(len(volume))]
    )


@pytest.mark.parametrize("moving, tolerance", [(0, 0.06), (40, 0.1)])
def test_gain_and_offset_are_followed(moving, tolerance):
    course = followed(moving).grey_course
    gain, offset = course.gain[:, 0], course.offset[:, 0]
    np.testing.assert_allclose(gain / gain[0], GAIN, rtol=tolerance)
    # A usual grey level, and what became of it.
    level = offset + 130 * gain
    np.testing.assert_allclose(level, OFFSET + GAIN * level[0], atol=5)


def test_what_the_network_is_told_is_smooth():
    found = np.log(gains(followed()))
    np.testing.assert_allclose(found - found[0], np.log(GAIN), atol=0.1)
    assert np.ptp(np.diff(found)) < 0.03


def test_planes_that_are_seen_in_part_change_by_themselves():
    steps = np.diff(np.log(gains(fading())))
    smooth_steps = np.diff(np.log(gains(followed())))
    assert np.ptp(smooth_steps) < 0.5 * np.ptp(steps)


def test_a_plane_that_is_exposed_otherwise_moves_no_other():
    planes = grey().copy()
    planes[4] = 0.5 * planes[4]
    course = fading(planes).follow_grey_levels(fitted_pipeline()).grey_course
    np.testing.assert_allclose(course.gain, followed().grey_course.gain, rtol=0.06)


def test_the_same_tissue_stays_the_same(client, tmp_path):
    steps = {}
    for how in ("volume", "smooth"):
        out = tmp_path / f"{how}.zarr"
        run(out, client, fading(), normalize_by=how, slices=[0, 8])
        table = compare_planes(out)
        is_factor = np.asarray(table["kind"]) == "factor"
        steps[how] = np.abs(np.asarray(table["step_sd"]))[is_factor].mean()
    assert steps["smooth"] < 0.5 * steps["volume"]


def test_a_run_goes_on_to_the_same_bytes_and_measures_once(
    client, tmp_path, monkeypatch
):
    whole, out = tmp_path / "whole.zarr", tmp_path / "maps.zarr"
    run(whole, client, fading(), normalize_by="smooth", slices=[0, 5])
    run(out, client, fading(), normalize_by="smooth", slices=[5])
    with monkeypatch.context() as patch:
        patch.setattr(volumes, "follow_grey_levels", None)
        report = run(out, client, fading(), normalize_by="smooth", slices=[0, 5])
    assert (report.mapped, report.found) == ([0], [5])
    assert bytes_of(out) == bytes_of(whole)
    # What map_slice makes of the volume's plane.
    expected = fitted_pipeline()["features"].exposure(followed().plane(5)).gain[0]
    assert open_maps(out, z=5).about["gain"] == pytest.approx(expected)
    with pytest.raises(OtherMapsError, match="grey_levels"):
        run(out, client, fading(), normalize_by="volume", slices=[5])


def test_too_little_tissue_is_said_and_planes_are_alike():
    with pytest.warns(NormalizationWarning, match="0 of 9 planes"):
        found = fading(grey()[:, :80, 400:500]).follow_grey_levels(fitted_pipeline())
    assert set(found.grey_course.gain.ravel()) == {1.0}


def test_a_model_that_does_not_normalize_is_refused():
    pipe = make_pipeline(PatchSampler(24))
    with pytest.raises(TypeError, match="nothing to follow"):
        fading().follow_grey_levels(pipe.fit(phantom().images[0].data))
    with pytest.raises(ValueError, match="n_planes=0"):
        fading().follow_grey_levels(fitted_pipeline(), 0)


def test_a_curve_keeps_lines_and_passes_by_what_is_off(rng):
    x = np.sort(rng.uniform(0, 10, 20))
    line, at = 3 - 0.2 * x, np.linspace(x.min(), x.max(), 7)
    np.testing.assert_allclose(smooth(x, line, at), 3 - 0.2 * at)
    noisy = line + 0.01 * rng.normal(size=20)
    noisy[[3, 11]] += 2
    np.testing.assert_allclose(smooth(x, noisy, at), 3 - 0.2 * at, atol=0.03)
    # Not beyond what is known.
    ends = smooth(x, line, np.array([-5.0, 30.0]))
    np.testing.assert_allclose(ends, [line[0], line[-1]])


@pytest.mark.parametrize("n", [9, 24])
def test_points_scatter_around_their_curve_as_they_were_made_to(rng, n):
    x = np.arange(n, dtype=float)
    line = 0.02 * x
    several = [line + 0.1 * rng.normal(size=n) for _ in range(200)]
    scatters = [scatter_of(x, y).scatter ** 2 for y in several]
    np.testing.assert_allclose(np.mean(scatters), 0.01, rtol=0.25)
    # A plane that is off does not count, and a line does not scatter.
    several[0][n // 2] += 5
    assert scatter_of(x, several[0]).scatter < 0.25
    found = scatter_of(x, line)
    assert found.scatter < 1e-12
    assert found.change == pytest.approx(line.std())


def test_gains_that_scatter_more_than_they_follow_z_are_warned_of(monkeypatch, rng):
    z = np.arange(N_PLANES)
    planes = {at: fading().plane(at) for at in z.tolist()}
    gains = {"calm": 1 + 0.02 * rng.normal(size=N_PLANES), "wild": 1.5 ** (z % 2)}
    for name, several in gains.items():
        known = {
            at: Exposure(np.array([gain]), np.zeros(1), np.zeros((1, 4)))
            for at, gain in enumerate(several.tolist())
        }
        monkeypatch.setattr(following, "_exposures", lambda *_, known=known: known)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            following.follow_grey_levels(None, planes, N_PLANES)
        messages = [str(one.message) for one in said]
        if name == "calm":
            assert messages == []
        else:
            (words,) = messages
            assert "planes scatter by" in words
            assert "normalize_by='volume'" in words


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_few_points_have_a_curve_too(n):
    x, y = np.arange(n, dtype=float), np.array([4.0, 2.0, 3.0, 1.0])[:n]
    found = smooth(x, y, np.array([-1.0, 0.5, 9.0]))
    assert np.isfinite(found).all()
    assert (found >= 0.5).all()
    assert (found <= 4.5).all()
