"""Tests of sklearn_microarch.mapping._map_slice: maps equal the rows laid out."""

import copy

import numpy as np
import pytest
from mapping.slices import assert_equal_maps
from pipelines import fitted_pipeline, phantom, small_pipeline, training_patches
from scipy import ndimage
from sklearn.base import clone
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_microarch import (
    GMMClusterer,
    SpatialBlockKFold,
    factor_localization_scorer,
    map_slice,
)
from sklearn_microarch.exceptions import (
    PixelSizeMismatchError,
    PixelSizeWarning,
    TissueWarning,
)
from sklearn_microarch.images import (
    SliceImage,
    read_ome_zarr,
    read_ome_zarr_provenance,
)
from sklearn_microarch.sampling._resample import ResampledArray


def hand_built():
    pipe = fitted_pipeline()
    steps = [
        ("cut", pipe["patches"]),
        ("net", FrozenEstimator(pipe["features"])),
        ("pca", PCA(3, random_state=0)),
        ("kmeans", KMeans(3, random_state=0, n_init=1)),
    ]
    return Pipeline(steps).fit(*training_patches())


def frozen():
    pipe = fitted_pipeline()
    steps = [
        ("patches", pipe["patches"]),
        ("factors", FrozenEstimator(pipe[1:3])),
        ("cluster", GMMClusterer(3, random_state=0)),
    ]
    return Pipeline(steps).fit(training_patches()[0])


def with_passthrough():
    return small_pipeline(select="passthrough").fit(*training_patches())


def searched():
    search = GridSearchCV(
        small_pipeline(features__max_epochs=1),
        {"select__lam": [0.5]},
        cv=SpatialBlockKFold(2),
        scoring=factor_localization_scorer,
        error_score="raise",
    )
    return search.fit(*training_patches()).best_estimator_


@pytest.mark.parametrize(
    "make, n_factors",
    [
        (fitted_pipeline, 6),
        (lambda: fitted_pipeline(names=True), 6),
        (hand_built, 3),
        (frozen, 8),
        (with_passthrough, 8),
        (searched, 6),
    ],
)
def test_maps_equal_the_rows_of_the_pipeline_laid_out(make, n_factors):
    pipe, image = make(), phantom().images[1]
    maps = map_slice(pipe, image)
    patches = pipe[0].transform(image)

    def cells(values):
        every = slice(None, None, pipe[0].stride)
        return patches.to_map(values)[every, every]

    np.testing.assert_array_equal(maps.clusters, cells(pipe[1:].predict(patches)))
    values = np.asarray(pipe[1:-1].transform(patches))
    np.testing.assert_array_equal(maps.factors, cells(values))
    assert maps.factors.shape == (*maps.grid.shape, n_factors)
    assert len(maps.factor_names) == n_factors
    network = pipe[1]
    while not hasattr(network, "predict_proba_from_features"):
        network = network.estimator[0]  # inside a frozen pipeline
    expected = cells(network.predict_proba(patches))
    np.testing.assert_array_equal(maps.region_probabilities, expected)
    np.testing.assert_array_equal(maps.novelty, cells(network.novelty(patches)))
    assert maps.novelty.dtype == np.float32
    assert maps.image.pixel_size_um == 1.17
    assert maps.cell_size == pipe[0].stride


def test_factors_are_named_by_number_and_region():
    maps = map_slice(fitted_pipeline(names=True), phantom().images[1], stride=32)
    pipe = fitted_pipeline(names=True)
    expected = [
        f"factor{number:02d}_{roi}"
        for number, roi in zip(
            np.flatnonzero(pipe["select"].support_),
            pipe["select"].matched_rois_,
            strict=True,
        )
    ]
    assert maps.factor_names == expected
    assert maps.region_names == pipe["features"].classes_.tolist()
    assert map_slice(frozen(), phantom().images[1], stride=64).factor_names[-1] == (
        "factor07"
    )


def test_stride_and_mask_choose_the_centres():
    pipe, image = fitted_pipeline(), phantom().images[1]
    mask = np.zeros(image.shape, dtype=bool)
    mask[64:193, 256:513] = True
    maps = map_slice(pipe, image, mask, stride=32)
    rows, cols = np.nonzero(maps.clusters >= 0)
    assert set((32 * rows).tolist()) <= {64, 96, 128, 160, 192}
    assert set((32 * cols).tolist()) <= set(range(256, 513, 32))
    everywhere = map_slice(pipe, image, stride=32)
    np.testing.assert_array_equal(
        maps.clusters[rows, cols], everywhere.clusters[rows, cols]
    )


def test_a_pipeline_that_ends_in_the_network_maps_regions():
    maps = map_slice(fitted_pipeline()[:2], phantom().images[1], stride=32)
    predicted = maps.predicted_regions
    known = maps.clusters >= 0
    classes = fitted_pipeline()["features"].classes_
    np.testing.assert_array_equal(classes[predicted[known]], maps.clusters[known])
    assert maps.factors is None


def test_a_pipeline_without_clusterer_maps_factors_only():
    maps = map_slice(fitted_pipeline()[:4], phantom().images[1], stride=32)
    assert maps.clusters is None
    assert maps.factors.shape[2] == 6


def test_bad_pipelines_and_slices_are_named():
    pipe, image = fitted_pipeline(), phantom().images[1]
    with pytest.raises(TypeError, match=r"GridSearchCV.*search\.best_estimator_"):
        map_slice(GridSearchCV(pipe, {}), image)
    with pytest.raises(TypeError, match="starts with CNNFeatureExtractor"):
        map_slice(pipe[1:], image)
    with pytest.raises(TypeError, match="image is a list"):
        map_slice(pipe, [image])
    with pytest.raises(TypeError, match=r"stride=33\.9"):
        map_slice(pipe, image, stride=33.9)
    with pytest.raises(TypeError, match="mask has dtype float64"):
        map_slice(pipe, image, np.ones(image.shape))
    with pytest.raises(NotFittedError):
        map_slice(clone(pipe), image)
    with pytest.raises(PixelSizeMismatchError, match="pixel_size_um=2"):
        map_slice(pipe, image.replace(pixel_size_um=2))
    with pytest.raises(ValueError, match="3 channels, the model knows 1"):
        map_slice(pipe, image.replace(data=np.stack([image.data] * 3)))
    with pytest.raises(ValueError, match="smaller than a patch of 24"):
        map_slice(pipe, image.replace(data=image.data[:20]))
    with (
        pytest.warns(TissueWarning, match="nothing is taken for tissue"),
        pytest.raises(ValueError, match="no patch of 24 pixels can be cut"),
    ):
        map_slice(pipe, image.replace(data=np.zeros_like(image.data)))


def test_another_pixel_size_is_an_error_that_states_both_unless_allowed(tmp_path):
    pipe, image = fitted_pipeline(), phantom().images[1]
    other = image.replace(pixel_size_um=2.34)
    with pytest.raises(
        PixelSizeMismatchError,
        match=r"pixel_size_um=2\.34, but 1\.17 is .*allow_pixel_size_mismatch=True",
    ):
        map_slice(pipe, other, stride=32)
    settings = {"stride": 32, "allow_pixel_size_mismatch": True}
    maps = map_slice(pipe, other, **settings)
    assert maps.image.pixel_size_um == 2.34
    np.testing.assert_array_equal(
        maps.factors, map_slice(pipe, image, stride=32).factors
    )
    written = map_slice(pipe, other, out=tmp_path / "a.zarr", **settings)
    assert written.cell_size_um == read_ome_zarr(tmp_path / "a.zarr").pixel_size_um
    assert written.cell_size_um == pytest.approx(32 * 2.34)
    record = read_ome_zarr_provenance(tmp_path / "a.zarr")
    assert record["model"]["pixel_size_um"] == 1.17
    assert record["image"]["pixel_size_um"] == 2.34
    # Where it is not known, none is made up.
    with pytest.warns(PixelSizeWarning, match="of image 'phantom_z001' is unknown"):
        unknown = map_slice(pipe, image.replace(pixel_size_um=None), **settings)
    assert unknown.image.pixel_size_um is None
    assert unknown.cell_size_um is None


def test_a_pixel_size_the_sampler_was_given_is_taken_for_plain_arrays():
    pipe, image = copy.deepcopy(fitted_pipeline()), phantom().images[1]
    pipe["patches"].set_params(pixel_size_um=1.17)
    given = map_slice(pipe, image.data, stride=32)
    assert given.image.pixel_size_um == 1.17
    with pytest.warns(PixelSizeWarning) as caught:
        unknown = map_slice(fitted_pipeline(), image.data, stride=32)
    assert len(caught) == 1
    assert unknown.image.pixel_size_um is None
    # It is said of arrays, not of slices that come without one.
    with pytest.warns(PixelSizeWarning):
        slice_ = map_slice(pipe, image.replace(pixel_size_um=None), stride=32)
    assert slice_.image.pixel_size_um is None


@pytest.mark.parametrize("factor", [2, 0.8])
def test_a_slice_of_another_size_gives_the_maps_of_the_native_one(factor, tmp_path):
    pipe, image = fitted_pipeline(), phantom().images[1]
    native = map_slice(pipe, image, stride=4)
    if factor == 2:
        data = np.kron(image.data, np.ones((2, 2), np.uint8))
    else:
        # The inverse of what is made of it: each pixel 1.25 times as wide.
        data = np.asarray(ResampledArray(image.data, 1.25))
    given = image.replace(data=data, pixel_size_um=1.17 / factor)
    maps = map_slice(pipe, given, stride=4)
    assert maps.image.shape == given.shape
    assert maps.image.pixel_size_um == given.pixel_size_um
    assert maps.cell_size == pytest.approx(4 * factor)
    assert maps.offset == pytest.approx(((factor - 1) / 2,) * 2)
    assert maps.cell_size_um == pytest.approx(4 * 1.17)
    shape = np.minimum(maps.clusters.shape, native.clusters.shape)
    part = tuple(slice(0, length) for length in shape.tolist())
    both = (maps.predicted_regions[part] >= 0) & (native.predicted_regions[part] >= 0)
    inner = ndimage.binary_erosion(both, iterations=6)
    same = maps.predicted_regions[part] == native.predicted_regions[part]
    assert inner.sum() > 1000
    assert same[inner].mean() > (0.95 if factor == 2 else 0.75)
    if factor == 2:
        # Averages of equal pixels are those pixels: the very same maps.
        np.testing.assert_array_equal(maps.factors, native.factors)
        mask = np.zeros(given.shape, bool)
        mask[:, : given.shape[1] // 2] = True
        masked = map_slice(pipe, given, mask, stride=4, out=tmp_path / "a.zarr")
        assert masked.cell_size == maps.cell_size
        assert masked.offset == maps.offset
        record = read_ome_zarr_provenance(tmp_path / "a.zarr")["image"]
        assert record["shape"] == list(given.shape)
        assert record["pixel_size_um"] == pytest.approx(0.585)
        assert record["resampled_to_um"] == 1.17
        half = maps.clusters.shape[1] // 2
        found = np.asarray(masked.clusters)
        np.testing.assert_array_equal(found[:, :half], maps.clusters[:, :half])
        assert (found[:, half:] == -1).all()
    expanded = maps.expand()
    assert expanded.clusters.shape == given.shape


def test_a_limit_that_is_too_small_for_a_slice_is_told_before_it_is_loaded():
    class Unreadable:
        shape, ndim, dtype = (30_000, 30_000), 2, np.dtype(np.uint8)

        def __getitem__(self, key):
            raise AssertionError("loaded")

        def __array__(self, dtype=None, copy=None):
            raise AssertionError("loaded")

    image = SliceImage(Unreadable(), 1.17)
    with pytest.raises(ValueError, match=r"memory_limit=300 MB is too small"):
        map_slice(fitted_pipeline(), image, stride=64, memory_limit="300MB")


def test_steps_fitted_on_data_frames_are_given_data_frames():
    pipe = small_pipeline(features__unannotated=-1).set_output(transform="pandas")
    maps = map_slice(pipe.fit(*training_patches()), phantom().images[1], stride=16)
    expected = map_slice(fitted_pipeline(), phantom().images[1], stride=16)
    np.testing.assert_array_equal(maps.factors, expected.factors)
    np.testing.assert_array_equal(maps.clusters, expected.clusters)


def test_a_frozen_pipeline_is_mapped_as_the_pipeline_itself():
    image = phantom().images[1]
    found = map_slice(FrozenEstimator(fitted_pipeline()), image, stride=32)
    expected = map_slice(fitted_pipeline(), image, stride=32)
    assert_equal_maps(found, expected)


def test_a_step_that_knows_only_the_rows_of_its_fit_is_named():
    pipe = fitted_pipeline()
    clusterer = HDBSCAN(copy=True).fit(np.random.default_rng(0).random((20, 6)))
    other = Pipeline([*pipe.steps[:-1], ("cluster", clusterer)])
    with pytest.raises(TypeError, match="HDBSCAN cannot predict or transform"):
        map_slice(other, phantom().images[1], stride=32)


def test_a_pipeline_that_only_cuts_is_refused():
    with pytest.raises(ValueError, match="no step after its PatchSampler"):
        map_slice(fitted_pipeline()[:1], phantom().images[1])


def test_a_slice_of_another_dtype_has_the_same_maps():
    pipe, image = fitted_pipeline(), phantom().images[1]
    maps = map_slice(pipe, image, stride=16)
    scaled = map_slice(pipe, image.replace(data=image.data / 255.0), stride=16)
    same = maps.predicted_regions == scaled.predicted_regions
    assert same.mean() > 0.98
    ratio = maps.about["gain"] / scaled.about["gain"]
    assert ratio == pytest.approx(255, rel=0.05)


def test_a_slice_of_another_dtype_is_told_so_where_none_is_normalized():
    found = phantom()
    image, rois = found.images[0], found.rois[0]
    pipe = clone(small_pipeline()[:2]).set_params(features__normalization="train")
    pipe.fit(*pipe["patches"].sample(image, rois))
    with pytest.raises(TypeError, match=r"dtype float64, but .* dtype uint8"):
        map_slice(pipe, image.replace(data=image.data / 255.0), stride=32)


def test_a_path_is_no_slice():
    pipe = fitted_pipeline()
    with pytest.raises(TypeError, match="image is a path"):
        map_slice(pipe, "z309.tif")


@pytest.mark.parametrize("memory_limit", ["1", 0, "lots"])
def test_a_bad_memory_limit_is_named(memory_limit):
    with pytest.raises(ValueError, match=f"memory_limit={memory_limit!r} must be"):
        map_slice(fitted_pipeline(), phantom().images[1], memory_limit=memory_limit)
