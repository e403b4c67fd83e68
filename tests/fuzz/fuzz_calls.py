"""A valid call of every public function and estimator, to be spoiled argument by one.

Of what only the library makes, such as results, the classes are left out.
"""

import copy
import functools
import shutil
import tempfile
from pathlib import Path

import matplotlib as mpl
import numpy as np
from pipelines import fitted_pipeline, phantom, training_patches

import sklearn_microarch as sm
from sklearn_microarch import (
    anatomy,
    annotation,
    checking,
    clustering,
    datasets,
    decomposition,
    drift,
    features,
    images,
    mapping,
    metrics,
    model_file,
    model_selection,
    plotting,
    report,
    sampling,
    selection,
    sheets,
    spatial,
    studies,
    trust,
)

mpl.use("Agg")
N = 60


@functools.cache
def world():
    """Return what calls are made of: a slice, its regions, rows, a model, files."""
    rng = np.random.default_rng(0)
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    whole = phantom().images[1]
    piece = whole.replace(data=whole.data[:120, 300:520], specimen="mouse 1")
    codes = np.asarray(phantom().rois[1])[:120, 300:520]
    patches, labels = training_patches()
    some = np.linspace(0, len(patches) - 1, N).astype(int)
    pipe = fitted_pipeline()
    maps = sm.map_slice(pipe, piece, stride=12)
    image_tiff = images.write_tiff(folder / "slice.tif", piece)
    images.write_tiff(folder / "codes.tif", codes.astype(np.uint8))
    with images.OmeZarrWriter(folder / "a.zarr", shape=(40, 60)) as writer:
        writer.add_image(["grey"], dtype="uint8")[:] = 7
        writer.add_label("regions")[:] = 1
    sm.map_slice(pipe, piece, stride=12, out=folder / "maps")
    (folder / "sheet.csv").write_text("image,animal\nslice.tif,m1\n")
    model_file.save_model(pipe, folder / "model.microarch")
    return {
        "folder": folder,
        "image": piece,
        "codes": codes,
        "patches": patches.take(some),
        "labels": labels[some],
        "pipe": pipe,
        "maps": maps,
        "tiff": image_tiff,
        "loadings": rng.random((N, 6)),
        "regions": np.repeat([1, 2, 3], N // 3),
        "other": np.tile([1, 2, 3], N // 3),
        "proba": rng.dirichlet(np.ones(3), N),
        "rois": annotation.RoiMap(codes, {c: f"r{c}" for c in range(1, 9)}),
        "row_patches": rng.integers(0, 255, (N, 16, 16), dtype=np.uint8),
    }


@functools.cache
def _reference():
    """Return a reference that slices are compared with."""
    pipe = copy.deepcopy(fitted_pipeline())
    drift.fit_drift_reference(pipe, phantom().images, stride=12, n_draws=20)
    return pipe["features"].drift_reference_


def _of_two_animals(patches):
    """Return the same patches, of which every second is of another animal."""
    image = patches.images[0]
    positions = patches.positions.copy()
    positions[1::2, 0] = 1
    both = [image.replace(specimen=name) for name in ("m1", "m2")]
    return sampling.Patches(both, positions, patches.patch_size)


def clean():
    """Remove the files that calls were made of."""
    if world.cache_info().currsize:
        shutil.rmtree(world()["folder"], ignore_errors=True)


def fit(kind, data, y=None):
    """Return a function that makes an estimator of parameters and fits it."""

    def made_and_fitted(**parameters):
        return kind(**parameters).fit(data, y)

    made_and_fitted.__name__ = f"{kind.__name__}().fit"
    return made_and_fitted


def with_method(make, method):
    """Return a function that calls a method of what was made."""

    def call(**arguments):
        return getattr(make(), method)(**arguments)

    call.__name__ = f"{type(make()).__name__}.{method}"
    return call


def split(kind):
    """Return a function that makes a splitter and splits patches by it."""

    def made_and_split(**parameters):
        w = world()
        return list(kind(**parameters).split(w["patches"], w["labels"]))

    made_and_split.__name__ = f"{kind.__name__}().split"
    return made_and_split


def write_zarr(**parameters):
    """Write an image with given parameters."""
    with images.OmeZarrWriter(**parameters) as writer:
        writer.add_image(["a"])[:] = 1


@functools.cache
def functions():
    """Return what is called, with valid arguments, by its name."""
    calls = [*_of_files(), *_of_slices(), *_of_rows(), *_of_models()]
    return {getattr(call, "__name__", str(call)): (call, kw) for call, kw in calls}


def _of_files():
    w = world()
    folder = w["folder"]
    zarr = {"path": folder / "a.zarr"}
    read = {"pixel_size_um": 1.0, "name": "a", "specimen": "m"}
    where = {"series": 0, "level": 0, "page": None, "z": None, "t": None}
    return [
        (
            images.read_image,
            {
                **where,
                **read,
                "path": w["tiff"],
                "channels": None,
                "color": "rgb",
                "allow_missing_chunks": None,
                "max_bytes": 10**9,
            },
        ),
        (
            images.read_tiff,
            {**where, **read, "path": w["tiff"], "channels": None, "max_bytes": 10**9},
        ),
        (images.read_ome_zarr, {**zarr, **read, "level": 0, "t": None, "z": None}),
        (images.read_ome_zarr_labels, {**zarr, "name": "regions", "level": 0}),
        (images.read_ome_zarr_provenance, zarr),
        (
            images.write_tiff,
            {
                "path": folder / "new.tif",
                "image": w["codes"].astype(np.uint8),
                "pixel_size_um": 1.0,
                "channel_names": ["a"],
                "compression": "zlib",
                "description": "a",
                "overwrite": True,
            },
        ),
        (
            write_zarr,
            {
                "path": folder / "new.zarr",
                "shape": (20, 30),
                "pixel_size_um": 1.0,
                "cell_size": 1.0,
                "offset": (0.0, 0.0),
                "name": "a",
                "version": "0.5",
                "chunk": (16, 16),
                "provenance": dict.fromkeys(
                    ["model", "image", "factors", "regions", "clusters"]
                ),
                "overwrite": True,
            },
        ),
        (
            annotation.read_rois,
            {
                "path": folder / "codes.tif",
                "like": w["image"],
                "names": None,
                "colors": None,
                "table": None,
                "tree": None,
                "scale": None,
                "flip": False,
                "unannotated_code": 0,
                "sides": "merge",
                "pixel_size_um": None,
                "offset_um": None,
            },
        ),
        (sheets.read_sheet, {"path": folder / "sheet.csv"}),
        (sheets.draft_sheet, {"folder": folder / "maps"}),
        (
            sheets.Section,
            {
                "image": w["tiff"],
                "rois": None,
                "animal": "m1",
                "name": "a",
                "group": "g",
                "side": "left",
                "z_um": 1.0,
                "normalize_by": None,
                "channel": None,
                "pixel_size_um": 1.0,
                "flip": False,
                "exclude": (),
                "details": {},
                "rois_settings": {},
            },
        ),
        (sheets.Sheet, {"sections": [sheets.Section(w["tiff"])], "path": None}),
        (datasets.get_data_home, {"data_home": folder}),
        (
            datasets.fetch_prasad2020,
            {
                "z": 200,
                "data_home": folder,
                "six_class": False,
                "variant": "preview",
                "download_if_missing": False,
                "base_url": "http://127.0.0.1:9",
                "timeout": 0.1,
            },
        ),
        (model_file.load_model, {"path": folder / "model.microarch", "trusted": ()}),
        (model_file.read_manifest, {"path": folder / "model.microarch"}),
        (
            model_file.save_model,
            {
                "pipeline": w["pipe"],
                "path": folder / "new.microarch",
                "facts": None,
                "overwrite": True,
            },
        ),
        (mapping.open_maps, {"path": folder / "maps", "name": None}),
        (
            studies.study_statistics,
            {
                "sheet": folder / "sheet.csv",
                "maps": folder / "maps",
                "compare": None,
                "groups": None,
                "pair": None,
                "measure": "loading",
                "regions": None,
                "factors": None,
                "source": "auto",
                "to_level": (),
                "merge": None,
                "exclude": (),
                "model": None,
                "picture": None,
                "n_permutations": 10,
                "random_state": 0,
            },
        ),
        (
            studies.map_study,
            {
                "model": folder / "model.microarch",
                "slices": [w["image"]],
                "out": folder / "study",
                "formats": ["tiff"],
                "picture": None,
                "stride": 24,
                "device": "cpu",
                "trusted": (),
                "memory_limit": "2GB",
                "allow_pixel_size_mismatch": False,
                "check_drift": False,
                "ome_zarr_version": "0.5",
                "overwrite": True,
                "verbose": 0,
                "say": None,
            },
        ),
        (
            studies.train_study,
            {
                "sheet": folder / "sheet.csv",
                "out": folder / "trained.microarch",
                "pipeline": None,
                "stride": None,
                "to_level": (),
                "merge": None,
                "exclude": (),
                "picture": None,
                "validate": True,
                "n_folds": None,
                "anyway": False,
                "before": None,
                "page": True,
                "overwrite": False,
                "random_state": 0,
                "say": None,
            },
        ),
    ]


def _of_slices():
    w = world()
    placed = {"cell_size": 1.0, "offset": (0.0, 0.0)}
    maps = w["maps"]
    about = {
        **placed,
        "background": None,
        "pixel_size_um": 1.0,
        "orientation": None,
    }
    return [
        (
            images.SliceImage,
            {
                "data": w["codes"],
                "pixel_size_um": 1.0,
                "name": "a",
                "specimen": "m",
                "downsample": 1.0,
                "crop": (0, 0),
                "notes": (),
                "group": "g",
                "side": "left",
                "z_um": 1.0,
                "details": {},
                "grey_levels": None,
            },
        ),
        (images.measure_grey_levels, {"image": w["image"]}),
        (images.share_grey_levels, {"images": [w["image"], w["image"]]}),
        (
            annotation.RoiMap,
            {
                "codes": w["codes"],
                "names": {c: f"r{c}" for c in range(1, 9)},
                "colors": None,
                "pixel_size_um": 1.0,
                "offset_um": (0.0, 0.0),
                "unannotated_code": 0,
                "tree": None,
                "sides": None,
                "notes": (),
            },
        ),
        (
            datasets.alter_exposure,
            {
                "image": w["codes"].astype(np.uint8),
                "gain": 1.0,
                "offset": 0.0,
                "gamma": 1.0,
                "shading": 0.0,
                "ramp": 0.0,
                "streaks": 0.0,
                "blur_px": 0.0,
                "noise": 0.0,
                "n_grey_levels": None,
                "dtype": None,
                "random_state": 0,
            },
        ),
        (
            datasets.make_thalamocortical_phantom,
            {
                "n_slices": 1,
                "shape": (64, 256),
                "pixel_size_um": 5.0,
                "z_step_um": None,
                "z_um": None,
                "layers": True,
                "barrels": True,
                "difficulty": "medium",
                "shading": 0.25,
                "noise": 2.5,
                "streaks": 1.0,
                "cupping": 0.0,
                "uneven_layers": 0.0,
                "variation": 0.0,
                "six_class": False,
                "random_state": 0,
            },
        ),
        (
            sampling.Patches,
            {
                "images": w["image"],
                "positions": [[60, 60], [70, 90]],
                "patch_size": 24,
                "border": "drop",
            },
        ),
        (
            mapping.map_slice,
            {
                "pipeline": w["pipe"],
                "image": w["image"],
                "mask": None,
                "stride": 40,
                "out": None,
                "overwrite": False,
                "resume": False,
                "ome_zarr_version": "0.5",
                "memory_limit": "2GB",
                "allow_pixel_size_mismatch": False,
                "check_drift": False,
                "verbose": 0,
            },
        ),
        (
            mapping.MicroarchMaps,
            {
                **placed,
                "image": w["image"],
                "clusters": np.zeros((10, 19), int),
                "factors": np.zeros((10, 19, 2), np.float32),
                "factor_names": ["a", "b"],
                "region_probabilities": None,
                "region_names": [],
                "predicted_regions": None,
                "novelty": None,
                "drift": None,
                "about": {},
                "record": {},
                "cell_size": 12.0,
            },
        ),
        (
            anatomy.regional_summary,
            {
                "maps": maps,
                "rois": w["codes"],
                "names": None,
                "patch_size_um": None,
                "unannotated_code": 0,
            },
        ),
        (
            checking.check_slice,
            {
                "image": w["image"],
                "rois": w["codes"],
                "names": None,
                "sampler": None,
                "random_state": 0,
            },
        ),
        (spatial.border_distance, {"rois": w["codes"], "unannotated_code": 0}),
        (
            metrics.evaluation_centres,
            {
                "sampler": w["pipe"][0],
                "images": w["image"],
                "rois": w["codes"],
                "names": None,
                "step": 16,
            },
        ),
        (
            plotting.FactorMapDisplay,
            {**about, "factors": np.asarray(maps.factors), "factor_names": None},
        ),
        (
            plotting.CompositeMapDisplay,
            {
                **about,
                "factors": np.asarray(maps.factors)[..., :3],
                "factor_names": None,
            },
        ),
        (
            plotting.ClusterMapDisplay,
            {**about, "clusters": np.asarray(maps.clusters), "cluster_names": None},
        ),
        (
            plotting.RegionMapDisplay,
            {
                **about,
                "probabilities": np.asarray(maps.region_probabilities),
                "region_names": None,
                "reference": None,
                "novelty": None,
            },
        ),
        (
            report.generate_report,
            {
                "maps": maps,
                "pipeline": None,
                "rois": None,
                "training": None,
                "stats": None,
                "verdicts": None,
                "notes": (),
                "colors": None,
                "title": "a",
            },
        ),
        (
            features.Exposure,
            {
                "gain": np.array([1.2]),
                "offset": np.array([0.0]),
                "coefficients": np.zeros((1, 4)),
            },
        ),
    ]


def _of_rows():
    w = world()
    regions, other = w["regions"], w["other"]
    distances = np.linspace(0, 60, N)
    pair = {"y_true": regions, "y_pred": other, "unannotated": None}
    scored = {**pair, "regions": None, "min_rows": 1}
    sure = {
        "y_true": regions,
        "y_proba": w["proba"],
        "classes": [1, 2, 3],
        "n_bins": 5,
        "class_balanced": False,
        "unannotated": None,
    }
    chosen = {
        "loadings": w["loadings"],
        "labels": regions,
        "n_features_to_select": None,
        "assignment": "greedy",
        "normalize": False,
        "threshold": 0.0,
        "count_unannotated": True,
        "unannotated": None,
    }
    patches, labels = w["patches"], w["labels"]
    apart = {"buffer": 0, "buffer_um": None, "z_um": None}
    half = np.arange(N // 2)
    return [
        (metrics.region_scores, scored),
        (metrics.region_f1_score, scored),
        (metrics.region_balanced_accuracy_score, scored),
        (metrics.scores_by_specimen, {**scored, "groups": other}),
        (
            metrics.region_agreement_score,
            {"y_true": regions, "clusters": other, "measure": "ami"},
        ),
        (metrics.calibration_report, sure),
        (metrics.expected_calibration_error, sure),
        (
            metrics.border_recall_curve,
            {**pair, "distances": distances, "edges": (0, 30, 64), "regions": None},
        ),
        (
            metrics.factor_localization_score,
            {
                "loadings": w["loadings"],
                "labels": regions,
                "matched_rois": [1, 2, 3, 1, 2, 3],
                "threshold": 0.0,
                "unannotated": None,
            },
        ),
        (
            metrics.block_bootstrap,
            {
                "values": other,
                "labels": regions,
                "blocks": np.repeat(np.arange(12), 5),
                "against": None,
                "statistic": None,
                "n_resamples": 20,
                "confidence_level": 0.9,
                "unannotated": None,
                "random_state": 0,
            },
        ),
        (
            metrics.novelty_report,
            {"novelty": distances, "known": regions < 3, "nearest": None},
        ),
        (
            metrics.reconstruction_score,
            {"X": w["loadings"], "X_reconstructed": w["loadings"]},
        ),
        (
            metrics.specimen_separation,
            {
                "values": w["loadings"],
                "patches": _of_two_animals(patches),
                "labels": labels,
                "names": None,
                "groups": None,
                "min_active": 0.2,
                "threshold": 0.0,
                "block_size": None,
                "z_um": None,
                "n_halves": 9,
                "n_resamples": 10,
                "confidence_level": 0.9,
                "unannotated": -1,
                "random_state": 0,
            },
        ),
        (
            features.feature_report,
            {"features": w["loadings"], "logits": np.log(w["proba"]), "y": regions},
        ),
        (
            decomposition.match_factors,
            {
                "components_a": w["loadings"][:4],
                "components_b": w["loadings"][4:8],
            },
        ),
        (
            decomposition.stability_of_components,
            {
                "X": w["loadings"],
                "ks": [1, 2],
                "n_init": 2,
                "n_folds": 2,
                "max_samples": 50,
                "max_iter": 5,
                "tol": 1e-2,
                "random_state": 0,
            },
        ),
        (selection.select_factors, {**chosen, "lam": 0.5}),
        (selection.lam_path, {**chosen, "lams": [0.1, 0.5]}),
        (
            clustering.match_clusters,
            {
                "clusters_a": regions - 1,
                "clusters_b": other - 1,
                "labels_a": regions,
                "labels_b": regions,
                "unannotated": None,
            },
        ),
        (
            clustering.exemplars,
            {
                "scores": w["proba"],
                "labels": None,
                "n_each": 2,
                "patches": patches,
                "random_state": 0,
            },
        ),
        (
            spatial.border_distance_at,
            {
                "patches": patches,
                "rois": np.asarray(phantom().rois[0]),
                "unannotated_code": 0,
            },
        ),
        (spatial.count_independent, {"patches": patches, "separation": None}),
        (spatial.separation_of, {**apart, "patches": patches}),
        (
            spatial.shares_pixels,
            {"patches": patches, "others": patches, "separation": None},
        ),
        (
            spatial.spatial_blocks,
            {"patches": patches, "block_size": 100, "z_um": None},
        ),
        (
            spatial.spatial_strips,
            {
                "patches": patches,
                "labels": labels,
                "n_strips": 2,
                "axis": None,
                "separation": None,
            },
        ),
        (
            spatial.strip_holdout,
            {
                "patches": patches,
                "labels": labels,
                "share": 0.3,
                "min_kept": 0.1,
                "axis": None,
                "separation": None,
            },
        ),
        (
            model_selection.leakage_report,
            {
                "patches": patches,
                "train": half,
                "test": half + N // 2,
                "y": None,
                "z_um": None,
            },
        ),
        (
            model_selection.leave_one_region_out,
            {
                **apart,
                "patches": patches,
                "y": labels,
                "regions": None,
                "unannotated": None,
            },
        ),
        (
            split(model_selection.SpatialBlockKFold),
            {**apart, "n_splits": 2, "axis": None, "verbose": 0},
        ),
        (
            split(model_selection.SpatialBlockShuffleSplit),
            {
                **apart,
                "n_splits": 2,
                "test_size": 0.3,
                "axis": None,
                "random_state": 0,
                "verbose": 0,
            },
        ),
    ]


def _of_models():
    w = world()
    rows, regions, pipe = w["loadings"], w["regions"], w["pipe"]
    small = {"n_channels": 1, "patch_shape": (16, 16), "n_features": 4, "n_classes": 3}
    return [
        (
            fit(decomposition.NMFEmbedder, rows),
            {
                "n_components": 2,
                "n_init": 1,
                "max_iter": 5,
                "tol": 1e-2,
                "max_samples": 50,
                "device": "cpu",
                "random_state": 0,
            },
        ),
        (
            fit(selection.CoverageLeakageSelector, rows, regions),
            {
                "n_features_to_select": 3,
                "lam": 0.5,
                "assignment": "greedy",
                "normalize": False,
                "threshold": 0.0,
                "count_unannotated": True,
                "unannotated": None,
            },
        ),
        (
            fit(clustering.GMMClusterer, rows, regions),
            {
                "n_clusters": 2,
                "covariance_type": "full",
                "tol": 1e-2,
                "max_iter": 10,
                "n_init": 1,
                "reg_covar": 1e-3,
                "max_samples": 50,
                "unannotated": None,
                "random_state": 0,
            },
        ),
        (
            fit(sampling.PatchSampler, w["patches"]),
            {
                "patch_size": 24,
                "patch_size_um": None,
                "pixel_size_um": None,
                "stride": 8,
                "n_patches_per_roi": 5,
                "min_purity": 0.5,
                "purity_window": 0.5,
                "min_tissue": 0.5,
                "tissue": None,
                "fill_holes": True,
                "border": "drop",
                "unannotated_code": 0,
                "random_state": 0,
            },
        ),
        (
            fit(features.CNNFeatureExtractor, w["row_patches"], regions),
            {
                "module": "gap",
                "n_features": 4,
                "module_params": None,
                "max_epochs": 1,
                "batch_size": 32,
                "lr": 0.003,
                "max_patches_per_class": 20,
                "augment": True,
                "description_weight": 1.0,
                "decorrelation_weight": 0.5,
                "normalization": "train",
                "validation": None,
                "device": "cpu",
                "precision": "float32",
                "dense": "auto",
                "unannotated": None,
                "use_unannotated": False,
                "memory": None,
                "random_state": 0,
                "verbose": 0,
            },
        ),
        (features.GapNet, {**small, "dropout": 0.0, "n_region_features": None}),
        (features.PaperNet, {**small, "dropout": 0.0, "padded": True}),
        (
            sm.make_microarch_pipeline,
            {
                "sampler": None,
                "n_components": 2,
                "lam": None,
                "n_select": None,
                "n_clusters": 2,
                "published": False,
                "unannotated": -1,
                "memory": None,
                "device": "cpu",
                "random_state": 0,
            },
        ),
        (
            metrics.region_report,
            {
                "classifier": pipe["features"],
                "patches": w["patches"],
                "labels": w["labels"],
                "rois": None,
                "block_size": 60,
                "z_um": None,
                "n_resamples": 10,
                "confidence_level": 0.9,
                "unannotated": -1,
                "unannotated_code": 0,
                "random_state": 0,
            },
        ),
        (
            model_selection.recommend_settings,
            {
                "X": rows,
                "y": regions,
                "blocks": np.repeat(np.arange(12), 5),
                "ks": [3],
                "lams": [0.5],
                "n_clusters": [2],
                "n_folds": 2,
                "n_halvings": 1,
                "n_resamples": 20,
                "confidence": 0.9,
                "max_samples": 50,
                "unannotated": None,
                "random_state": 0,
            },
        ),
        (
            trust.trust_report,
            {
                "pipeline": pipe,
                "images": w["image"],
                "rois": w["rois"],
                "n_seeds": 0,
                "n_shifts": 19,
                "stride": 24,
                "trained_on": "sample",
                "random_state": 0,
                "memory": None,
                "verbose": 0,
            },
        ),
        (
            drift.drift_report,
            {
                "pipeline": pipe,
                "image": w["image"],
                "reference": _reference(),
                "mask": None,
            },
        ),
        (
            drift.fit_drift_reference,
            {
                "pipeline": pipe,
                "images": [w["image"]],
                "mask": None,
                "stride": 24,
                "block_px": None,
                "z_um": None,
                "n_draws": 20,
                "false_alarm_rate": 0.05,
                "random_state": 0,
            },
        ),
        *(
            (with_method(lambda step=step: step, method), {"X": values})
            for step, method, values in (
                (pipe[0], "transform", w["image"]),
                (pipe["features"], "transform", w["patches"]),
                (pipe["features"], "predict", w["patches"]),
                (pipe["features"], "novelty", w["patches"]),
                (pipe[2], "transform", pipe["features"].transform(w["patches"])),
                (pipe[3], "transform", pipe[1:3].transform(w["patches"])),
                (pipe["cluster"], "predict", pipe[1:4].transform(w["patches"])),
            )
        ),
        (
            with_method(lambda: pipe[0], "cut"),
            {"images": w["image"], "stride": 30, "mask": None, "min_tissue": 0.0},
        ),
        (
            with_method(lambda: sampling.PatchSampler(8, min_tissue=0), "sample"),
            {"images": w["image"], "rois": w["codes"], "names": None},
        ),
        *(
            (with_method(lambda kind=kind: kind, "fit"), {"X": rows, "y": regions})
            for kind in (
                decomposition.NMFEmbedder(2, n_init=1, max_iter=5),
                selection.CoverageLeakageSelector(),
                clustering.GMMClusterer(2, n_init=1, max_iter=5),
            )
        ),
        (
            with_method(
                lambda: features.CNNFeatureExtractor(
                    n_features=4,
                    max_epochs=1,
                    normalization="train",
                    validation=None,
                    max_patches_per_class=20,
                ),
                "fit",
            ),
            {"X": w["row_patches"], "y": regions},
        ),
    ]
