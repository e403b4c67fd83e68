"""Tests of maps written to OME-Zarr and opened again."""

import json
import shutil

import joblib
import matplotlib.pyplot as plt
import numpy as np
import ome_zarr_models.v04
import ome_zarr_models.v05
import pytest
import torch
import zarr
from mapping.slices import (
    assert_equal_maps,
    by_threshold,
    bytes_of,
    in_memory,
    piece,
    without_network,
)
from ome_zarr.io import parse_url
from ome_zarr.reader import Reader
from pipelines import fitted_pipeline, training_patches
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

import sklearn_microarch
from sklearn_microarch import Patches, PatchSampler, map_slice
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import (
    OmeZarrWriter,
    read_ome_zarr,
    read_ome_zarr_labels,
    read_ome_zarr_provenance,
    read_tiff,
)
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.plotting import (
    ClusterMapDisplay,
    FactorMapDisplay,
    RegionMapDisplay,
)

VERSIONS = ["0.4", "0.5"]


def write(path, *, pipe=None, **settings):
    pipe = fitted_pipeline() if pipe is None else pipe
    return map_slice(pipe, piece(), **({"stride": 3} | settings), out=path)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return the paths of maps in both versions."""
    folder = tmp_path_factory.mktemp("maps")
    paths = {version: folder / f"maps{version}.zarr" for version in VERSIONS}
    for version, path in paths.items():
        write(path, ome_zarr_version=version)
    return paths


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """Return the path of maps in two chunks, with a coarser level."""
    path = tmp_path_factory.mktemp("maps") / "wide.zarr"
    write(path, stride=1)
    return path


@pytest.mark.parametrize("version", VERSIONS)
def test_values_names_and_pixel_size_come_back(written, version):
    maps = open_maps(written[version])
    expected = in_memory()
    assert_equal_maps(maps, expected)
    assert maps.cell_size_um == pytest.approx(3 * 1.17)
    assert maps.cell_size == 3
    assert maps.image.specimen == "mouse 1"


def test_map_slice_returns_the_maps_as_they_lie_on_disk(tmp_path):
    returned = write(tmp_path / "a.zarr")
    assert_equal_maps(returned, open_maps(tmp_path / "a.zarr"))
    assert not isinstance(returned.factors, np.ndarray)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_image_is_where_the_documentation_says(written, version):
    path, expected = written[version], in_memory()
    for group, values in (
        ("", expected.factors),
        ("regions", expected.region_probabilities),
        ("novelty", expected.novelty[..., None]),
        ("slice", expected.image.data[..., None]),
    ):
        image = read_ome_zarr(path / group)
        planes = np.asarray(image.data).reshape(-1, *image.shape)
        np.testing.assert_array_equal(np.moveaxis(planes, 0, -1), values)
        pixels = 1 if group == "slice" else 3
        assert image.pixel_size_um == pytest.approx(pixels * 1.17)
    clusters, _ = read_ome_zarr_labels(path, "clusters")
    np.testing.assert_array_equal(np.asarray(clusters.data), expected.clusters + 1)
    regions, about = read_ome_zarr_labels(path, "regions")
    np.testing.assert_array_equal(
        np.asarray(regions.data), expected.predicted_regions + 1
    )
    assert about == {
        at + 1: {"region": name} for at, name in enumerate(expected.region_names)
    }


def places(group, length):
    """Return where each level's pixels lie along the columns, in micrometres."""
    (entry,) = group.attrs["ome"]["multiscales"]
    for dataset in entry["datasets"]:
        scale, *shift = dataset["coordinateTransformations"]
        first = shift[0]["translation"][-1] if shift else 0.0
        yield first + scale["scale"][-1] * np.arange(length)
        length = (length + 1) // 2


def test_levels_say_where_their_cells_lie_on_the_slice(wide, written):
    cells, halves = places(zarr.open_group(wide, mode="r"), 700)
    np.testing.assert_allclose(cells, 1.17 * np.arange(700))
    np.testing.assert_allclose(halves, cells.reshape(-1, 2).mean(axis=1))
    # Labels are chosen, not averaged.
    labels, chosen = places(zarr.open_group(wide / "labels/clusters", mode="r"), 700)
    np.testing.assert_allclose(chosen, labels[::2])
    (coarse,) = places(zarr.open_group(written["0.5"], mode="r"), 234)
    np.testing.assert_allclose(coarse, 1.17 * 3 * np.arange(234))
    (pixels, _) = places(zarr.open_group(written["0.5"] / "slice", mode="r"), 700)
    np.testing.assert_allclose(pixels, 1.17 * np.arange(700))


@pytest.mark.parametrize("change", ["settings", "cell_size", "offset"])
def test_maps_that_do_not_say_where_they_lie_are_refused(tmp_path, written, change):
    path = tmp_path / "a.zarr"
    shutil.copytree(written["0.5"], path)
    metadata = json.loads((path / "zarr.json").read_text())
    record = metadata["attributes"]["sklearn_microarch"]
    if change == "settings":
        del record[change]
    else:
        record["settings"][change] = "none"
    (path / "zarr.json").write_text(json.dumps(metadata))
    with pytest.raises(ImageFileError, match=r"a\.zarr does not say where its cells"):
        open_maps(path)


@pytest.mark.parametrize("version", VERSIONS)
def test_it_is_valid_by_the_models_of_the_format(written, version):
    models = ome_zarr_models.v04 if version == "0.4" else ome_zarr_models.v05

    def group(name=""):
        return zarr.open_group(written[version] / name, mode="r")

    for name in ("", "regions", "novelty", "slice"):
        image = models.Image.from_zarr(group(name))
        assert (image.labels is not None) == (name == "")
    models.Labels.from_zarr(group("labels"))
    for name in ("clusters", "regions"):
        label = models.ImageLabel.from_zarr(group(f"labels/{name}"))
        ome = label.attributes if version == "0.4" else label.attributes.ome
        assert ome.image_label.source.image == "../../"


@pytest.mark.parametrize("version", VERSIONS)
def test_the_reference_reader_of_the_format_opens_it(written, version):
    expected = in_memory()
    image, _, clusters, regions = Reader(parse_url(written[version]))()
    assert image.metadata["channel_names"] == expected.factor_names
    factors = np.moveaxis(image.data[0].compute(), 0, -1)
    np.testing.assert_array_equal(factors, expected.factors)
    np.testing.assert_array_equal(clusters.data[0].compute(), expected.clusters + 1)
    names = [about["region"] for about in regions.metadata["properties"].values()]
    assert names == expected.region_names
    (inner,) = Reader(parse_url(written[version] / "slice"))()
    np.testing.assert_array_equal(inner.data[0].compute()[0], expected.image.data)


@pytest.mark.parametrize("version", VERSIONS)
def test_equal_runs_give_equal_files(written, tmp_path, version):
    write(tmp_path / "again.zarr", ome_zarr_version=version)
    first, second = bytes_of(written[version]), bytes_of(tmp_path / "again.zarr")
    assert first == second
    assert len(first) > 20


def test_the_provenance_tells_model_versions_settings_and_slice(written, tmp_path):
    record = read_ome_zarr_provenance(written["0.5"])
    assert record == read_ome_zarr_provenance(written["0.4"])
    pipe, image = fitted_pipeline(), piece()
    assert record["model"] == {
        "fingerprint": joblib.hash(pipe),
        "steps": [type(step).__name__ for step in pipe],
        "patch_shape": [24, 24],
        "pixel_size_um": 1.17,
    }
    assert record["versions"]["sklearn_microarch"] == sklearn_microarch.__version__
    assert {"scikit-learn", "torch", "numpy"} < set(record["versions"])
    assert record["settings"] == {
        "cell_size": 3.0,
        "offset": [0.0, 0.0],
        "mask": None,
        "dense": "auto",
        "precision": "float32",
        "device": pipe["features"].net_.device,
        "threads": torch.get_num_threads(),
    }
    assert record["image"] == {
        "name": image.name,
        "specimen": "mouse 1",
        "shape": [200, 700],
        "dtype": "uint8",
        "pixel_size_um": 1.17,
        "fingerprint": joblib.hash(np.ascontiguousarray(image.data)),
    }
    mask = np.zeros(image.shape, dtype=bool)
    mask[60:90, 60:90] = True
    map_slice(pipe, image, mask, out=tmp_path / "a.zarr")
    changed = read_ome_zarr_provenance(tmp_path / "a.zarr")["settings"]
    assert changed["mask"] == joblib.hash(mask)
    assert changed["cell_size"] == pipe["patches"].stride


def test_a_saved_pipeline_has_the_fingerprint_it_had(tmp_path):
    joblib.dump(fitted_pipeline(names=True), tmp_path / "model.joblib")
    loaded = joblib.load(tmp_path / "model.joblib")
    write(tmp_path / "a.zarr", pipe=loaded, stride=20)
    record = read_ome_zarr_provenance(tmp_path / "a.zarr")
    assert record["model"]["fingerprint"] == joblib.hash(fitted_pipeline(names=True))


def test_nothing_is_loaded_until_it_is_indexed(wide):
    maps = open_maps(wide)
    everything = np.asarray(maps.factors)
    copy = wide.with_name("damaged.zarr")
    shutil.copytree(wide, copy)
    chunks = [path for path in copy.rglob("c/**/*") if path.is_file()]
    wanted = copy / "0/c/2/0/1"
    for path in chunks:
        if path != wanted:
            path.write_bytes(b"damaged")
    maps = open_maps(copy)
    np.testing.assert_array_equal(
        maps.factors[20:30, 512:, 2], everything[20:30, 512:, 2]
    )
    for values in (maps.factors, maps.region_probabilities, maps.clusters):
        with pytest.raises(ImageFileError, match="cannot be decoded"):
            np.asarray(values)
    with pytest.raises(ImageFileError, match="cannot be decoded"):
        _ = maps.image.pixels


def test_coarser_levels_are_there_for_viewers(wide):
    fine, coarse = read_ome_zarr(wide), read_ome_zarr(wide, level=1)
    assert fine.shape == (200, 700)
    assert coarse.shape == (100, 350)
    assert coarse.pixel_size_um == pytest.approx(2 * 1.17)


def test_opened_maps_are_written_to_tiff_as_those_in_memory(written, tmp_path):
    ours = open_maps(written["0.5"]).to_tiff(tmp_path / "ours")
    theirs = in_memory().to_tiff(tmp_path / "theirs")
    assert [path.name for path in ours] == [path.name for path in theirs]
    for path, other in zip(ours, theirs, strict=True):
        assert path.read_bytes() == other.read_bytes()
    assert read_tiff(ours[0]).pixel_size_um == pytest.approx(3 * 1.17)


def test_displays_draw_opened_maps_as_those_in_memory(written):
    ours, theirs = open_maps(written["0.5"]), in_memory()
    for display in (ClusterMapDisplay, RegionMapDisplay, FactorMapDisplay):
        pictures = []
        for maps in (ours, theirs):
            figure = display.from_maps(maps).plot().figure_
            figure.canvas.draw()
            pictures.append(np.asarray(figure.canvas.buffer_rgba()).copy())
            plt.close(figure)
        np.testing.assert_array_equal(*pictures)


@pytest.mark.parametrize("stride", [1, 7, 16, 250])
def test_any_stride_gives_one_pixel_for_each_value(tmp_path, stride):
    mask = np.zeros(piece().shape, dtype=bool)
    mask[:80, :280] = True
    arguments = fitted_pipeline(), piece(), mask
    if stride == 250:  # one row, at the border, where no patch can be cut
        with pytest.raises(ValueError, match="no patch of 24 pixels can be cut"):
            map_slice(*arguments, stride=stride, out=tmp_path / "a.zarr")
        assert list(tmp_path.iterdir()) == []
        return
    expected = map_slice(*arguments, stride=stride)
    maps = map_slice(*arguments, stride=stride, out=tmp_path / "a.zarr")
    assert maps.image.shape == (200, 700)
    assert maps.clusters.shape == (-(-200 // stride), -(-700 // stride))
    assert_equal_maps(maps, expected)
    assert_equal_maps(open_maps(tmp_path / "a.zarr"), expected)


def test_without_clusterer_there_are_no_clusters(tmp_path):
    maps = write(tmp_path / "a.zarr", pipe=fitted_pipeline()[:4], stride=16)
    assert_equal_maps(maps, in_memory(16).replace(clusters=None))
    assert [path.name for path in (tmp_path / "a.zarr/labels").glob("*/")] == [
        "regions"
    ]


def test_after_the_network_alone_the_main_image_holds_the_regions(tmp_path):
    maps = write(tmp_path / "a.zarr", pipe=fitted_pipeline()[:2], stride=16)
    assert maps.factors is None
    expected = in_memory(16)
    probabilities = expected.region_probabilities
    np.testing.assert_array_equal(maps.region_probabilities, probabilities)
    main = np.moveaxis(np.asarray(read_ome_zarr(tmp_path / "a.zarr").data), 0, -1)
    np.testing.assert_array_equal(main, probabilities)
    # Its clusters are region codes.
    known = expected.clusters >= 0
    codes = fitted_pipeline()["features"].classes_
    best = codes[probabilities[known].argmax(axis=1)]
    np.testing.assert_array_equal(maps.clusters[known], best)


def test_with_clusters_alone_the_main_image_is_the_slice(tmp_path):
    pipe = by_threshold((70_000, 5))
    maps = write(tmp_path / "a.zarr", pipe=pipe, stride=16)
    assert_equal_maps(maps, map_slice(pipe, piece(), stride=16))
    assert set(np.unique(maps.clusters)) == {-1, 5, 70_000}
    main = np.asarray(read_ome_zarr(tmp_path / "a.zarr").data)
    np.testing.assert_array_equal(main, piece().data)


def test_factors_of_one_channel_keep_that_axis(tmp_path):
    pipe = Pipeline([*without_network().steps[:-1], ("one", PCA(1))])
    pipe.fit(training_patches()[0])
    maps = write(tmp_path / "a.zarr", pipe=pipe, stride=16)
    assert maps.factors.shape == (13, 44, 1)
    assert_equal_maps(maps, map_slice(pipe, piece(), stride=16))


def test_channels_of_the_slice_are_kept(tmp_path):
    image = piece().replace(data=np.stack([piece().data, piece().data // 2]))
    pipe = Pipeline(
        [
            ("patches", PatchSampler(24, stride=16)),
            ("mean", FunctionTransformer(mean_of_channels)),
        ]
    )
    pipe.fit(Patches(image, [[50, 60], [70, 80]], 24))
    maps = map_slice(pipe, image, out=tmp_path / "a.zarr")
    assert_equal_maps(maps, map_slice(pipe, image))
    np.testing.assert_array_equal(
        np.asarray(open_maps(tmp_path / "a.zarr").image.data), image.data
    )


def mean_of_channels(patches):
    return np.asarray(patches).mean(axis=(2, 3), dtype=np.float32)


def test_what_map_slice_did_not_write_is_told(tmp_path, written):
    with pytest.raises(FileNotFoundError, match=r"no OME-Zarr image .*none\.zarr"):
        open_maps(tmp_path / "none.zarr")
    for at, record in enumerate([None, {"model": "a3f9"}]):
        path = tmp_path / f"other{at}.zarr"
        with OmeZarrWriter(path, shape=(20, 30), provenance=record) as writer:
            writer.add_image(["a"])
        with pytest.raises(ImageFileError, match="does not say that map_slice wrote"):
            open_maps(path)


@pytest.mark.parametrize("part", ["labels/clusters", "regions", "novelty", "slice"])
def test_a_part_that_is_missing_is_named(tmp_path, written, part):
    path = tmp_path / "a.zarr"
    shutil.copytree(written["0.5"], path)
    shutil.rmtree(path / part)
    with pytest.raises((FileNotFoundError, ImageFileError), match=part.split("/")[-1]):
        open_maps(path)


@pytest.mark.parametrize("names", [None, 5, ["a", 1], "factor"])
@pytest.mark.parametrize("kind", ["factors", "regions"])
def test_names_that_are_none_are_damage(tmp_path, written, kind, names):
    path = tmp_path / "a.zarr"
    shutil.copytree(written["0.5"], path)
    metadata = json.loads((path / "zarr.json").read_text())
    metadata["attributes"]["sklearn_microarch"][kind] = names
    (path / "zarr.json").write_text(json.dumps(metadata))
    with pytest.raises(ImageFileError, match=rf"a\.zarr is damaged: .*{kind}="):
        open_maps(path)


def test_maps_that_do_not_fit_their_slice_are_damage(tmp_path, written):
    path = tmp_path / "a.zarr"
    shutil.copytree(written["0.5"], path)
    metadata = json.loads((path / "zarr.json").read_text())
    metadata["attributes"]["sklearn_microarch"]["settings"]["cell_size"] = 50.0
    (path / "zarr.json").write_text(json.dumps(metadata))
    with pytest.raises(
        ImageFileError, match=r"maps do not fit its slice \(factors has"
    ):
        open_maps(path)


def test_another_number_of_channels_than_names_is_told(tmp_path, written):
    path = tmp_path / "a.zarr"
    shutil.copytree(written["0.5"], path)
    metadata = json.loads((path / "zarr.json").read_text())
    metadata["attributes"]["sklearn_microarch"]["factors"].pop()
    (path / "zarr.json").write_text(json.dumps(metadata))
    with pytest.raises(ImageFileError, match=r"holds 6 channels, but .* names 5"):
        open_maps(path)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "kind, folder",
    [
        ("factors", "0"),
        ("region_probabilities", "regions/0"),
        ("novelty", "novelty/0"),
        ("clusters", "labels/clusters/0"),
        ("predicted_regions", "labels/regions/0"),
        ("image", "slice/0"),
    ],
)
def test_a_flipped_bit_in_a_map_is_an_error_that_names_its_file(
    written, tmp_path, version, kind, folder
):
    rng = np.random.default_rng(0)
    path = tmp_path / "maps.zarr"
    shutil.copytree(written[version], path)
    chunk = path / folder / ("0" if version == "0.4" else "c/0")
    while chunk.is_dir():
        chunk = chunk / "0"
    whole = chunk.read_bytes()
    maps = open_maps(path)

    def read():
        found = getattr(maps, kind)
        return np.asarray(found.data if kind == "image" else found)

    expected, told = read(), []
    for bit in rng.integers(8 * len(whole), size=5).tolist():
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        chunk.write_bytes(damaged)
        try:
            values = read()
        except ImageFileError as error:
            told.append(str(error))
        else:
            # Some bits of a compressed block say nothing.
            np.testing.assert_array_equal(values, expected)
    assert len(told) >= 3
    assert all(str(chunk) in words for words in told)
