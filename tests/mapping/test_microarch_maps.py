"""Tests of sklearn_microarch.mapping._microarch_maps."""

import numpy as np
import pytest
import tifffile
from pipelines import fitted_pipeline, phantom

from sklearn_microarch import SliceImage, map_slice, read_rois
from sklearn_microarch.images import read_tiff
from sklearn_microarch.images._cell_grid import CellGrid
from sklearn_microarch.mapping import MicroarchMaps


@pytest.fixture(scope="module")
def maps():
    return map_slice(fitted_pipeline(names=True), phantom().images[1], stride=32)


def test_maps_hold_one_cell_per_value(maps):
    assert (maps.cell_size, maps.offset) == (32, (0, 0))
    assert maps.cell_size_um == pytest.approx(1.17 * 32)
    assert maps.clusters.shape == maps.grid.shape == (8, 32)
    assert maps.image.shape == phantom().images[1].shape
    assert (maps.clusters >= 0).sum() > 50
    assert "8 x 32 cells of 32 px" in repr(maps)


def test_cells_are_what_patches_give_at_their_samples(maps):
    pipe = fitted_pipeline(names=True)
    dense = pipe["patches"].cut(phantom().images[1], stride=32)
    clusters = dense.to_map(pipe[1:].predict(dense))
    np.testing.assert_array_equal(maps.clusters, clusters[::32, ::32])
    factors = dense.to_map(pipe[1:4].transform(dense))
    np.testing.assert_allclose(maps.factors, factors[::32, ::32], atol=1e-5)


def brute_force(cells, shape, size, offset, fill):
    """Look for each pixel's nearest cell among all of them."""
    expanded = np.full((*shape, *cells.shape[2:]), fill, dtype=cells.dtype)
    places = [offset[axis] + size * np.arange(cells.shape[axis]) for axis in (0, 1)]
    for row, col in np.ndindex(shape):
        gaps = abs(places[0] - row), abs(places[1] - col)
        if gaps[0].min() < size and gaps[1].min() < size:
            expanded[row, col] = cells[gaps[0].argmin(), gaps[1].argmin()]
    return expanded


@pytest.mark.parametrize("size", [1, 2, 3, 8, 2.5])
@pytest.mark.parametrize("offset", [(0.0, 0.0), (3.0, 5.0), (1.5, 12.25)])
def test_expanded_maps_give_each_pixel_its_nearest_cell(rng, size, offset):
    image = SliceImage(np.zeros((23, 31)), pixel_size_um=1.17)
    shape = MicroarchMaps(image, cell_size=size, offset=offset).grid.shape
    probabilities = rng.dirichlet(np.ones(3), size=shape)
    probabilities[0, 1] = np.nan
    cells = {
        "clusters": rng.integers(0, 4, shape),
        "factors": rng.random((*shape, 2), dtype=np.float32),
        "region_probabilities": probabilities,
    }
    maps = MicroarchMaps(image, cell_size=size, offset=offset, **cells)
    expanded = maps.expand()
    assert (expanded.cell_size, expanded.offset) == (1, (0, 0))
    assert expanded.cell_size_um == 1.17
    cells["predicted_regions"] = maps.predicted_regions
    for kind, values in cells.items():
        fill = -1 if values.dtype.kind == "i" else np.nan
        found = getattr(expanded, kind)
        assert found.dtype == values.dtype
        np.testing.assert_array_equal(
            found, brute_force(values, (23, 31), size, offset, fill)
        )


def test_names_of_clusters_are_expanded_with_nothing_outside():
    image = SliceImage(np.zeros((9, 9)))
    names = np.array([["VP", "cortex"]])
    maps = MicroarchMaps(image, cell_size=4, offset=(5.0, 4.0), clusters=names)
    expanded = maps.expand().clusters
    assert expanded[5, 4] == "VP"
    assert expanded[0, 4] == ""
    assert expanded[5, 8] == "cortex"


def test_regions_follow_new_probabilities(maps):
    swapped = maps.replace(region_probabilities=maps.region_probabilities[..., ::-1])
    known = maps.predicted_regions >= 0
    last = len(maps.region_names) - 1
    np.testing.assert_array_equal(
        swapped.predicted_regions[known], last - maps.predicted_regions[known]
    )
    assert maps.replace(region_probabilities=None).predicted_regions is None
    with pytest.raises(TypeError, match="stride"):
        maps.replace(stride=2)


@pytest.mark.parametrize(
    "given, error, message",
    [
        (
            {"clusters": np.zeros((20, 30), int)},
            ValueError,
            r"clusters has shape \(20, 3",
        ),
        (
            {"clusters": np.zeros((3, 4, 1), int)},
            ValueError,
            r"clusters .*\(rows, colu",
        ),
        ({"factors": np.zeros((3, 4))}, ValueError, r"factors .*\(rows, columns, n_ch"),
        ({"factors": np.zeros((3, 5, 2))}, ValueError, r"cells of shape \(3, 4\)"),
        ({"factors": np.full((3, 4, 2), "a")}, TypeError, "factors has dtype <U1"),
        ({"region_names": ["a"]}, ValueError, "region_names has 1 names.* 3 channels"),
        ({"factor_names": "ab"}, TypeError, "factor_names='ab' must be a sequence"),
        ({"image": np.zeros((20, 30))}, TypeError, "image is a ndarray"),
        ({"cell_size": 0}, ValueError, "cell_size=0 must"),
    ],
)
def test_maps_that_do_not_fit_their_slice_are_refused(given, error, message):
    fitting = {
        "image": SliceImage(np.zeros((20, 30))),
        "cell_size": 8,
        "factors": np.zeros((3, 4, 2)),
        "region_probabilities": np.zeros((3, 4, 3)),
    }
    with pytest.raises(error, match=message):
        MicroarchMaps(**(fitting | given))


def test_channels_without_names_are_numbered():
    maps = MicroarchMaps(
        SliceImage(np.zeros((2, 3))),
        factors=np.zeros((2, 3, 2)),
        region_probabilities=np.zeros((2, 3, 1)),
    )
    assert maps.factor_names == ["factor00", "factor01"]
    assert maps.region_names == ["region 0"]


def test_unsigned_clusters_are_expanded_with_nothing_outside():
    image = SliceImage(np.zeros((9, 9)))
    clusters = np.array([[3, 200]], dtype=np.uint8)
    maps = MicroarchMaps(image, cell_size=4, offset=(5.0, 4.0), clusters=clusters)
    found = maps.expand().clusters
    assert (found[0, 4], found[5, 4], found[5, 8]) == (-1, 3, 200)


def test_predicted_regions_are_the_most_probable(maps):
    regions = maps.predicted_regions
    known = maps.clusters >= 0
    assert (regions[~known] == -1).all()
    probabilities = maps.region_probabilities[known]
    np.testing.assert_array_equal(regions[known], probabilities.argmax(axis=1))


def test_tiff_files_keep_values_names_and_pixel_size(maps, tmp_path):
    paths = {path.name: path for path in maps.to_tiff(tmp_path / "maps")}
    stem = maps.image.name
    factors = read_tiff(paths[f"{stem}_factors.tif"])
    assert factors.pixel_size_um == pytest.approx(1.17 * 32)
    np.testing.assert_array_equal(
        factors.data, np.moveaxis(maps.factors, -1, 0).astype(np.float32)
    )
    clusters = read_tiff(paths[f"{stem}_clusters.tif"])
    np.testing.assert_array_equal(clusters.data, maps.clusters)
    description = tifffile.tiffcomment(paths[f"{stem}_regions.tif"])
    assert "regions; cell_size=32, offset=(0, 0), in pixels of the" in description
    for name in maps.region_names:
        assert f'Name="{name}"' in description
    labels = read_tiff(paths[f"{stem}_region_labels.tif"])
    np.testing.assert_array_equal(labels.data, maps.predicted_regions + 1)
    named = tifffile.tiffcomment(paths[f"{stem}_region_labels.tif"])
    for at, name in enumerate(maps.region_names, start=1):
        assert f"{at} {name}" in named
    novelty = read_tiff(paths[f"{stem}_novelty.tif"])
    np.testing.assert_array_equal(novelty.data, maps.novelty)


def test_names_of_files_stay_inside_the_folder(maps, tmp_path):
    named = maps.replace(image=maps.image.replace(name="../a b/c"))
    paths = named.to_tiff(tmp_path / "out")
    assert {path.parent for path in paths} == {tmp_path / "out"}
    with pytest.raises(NotADirectoryError, match="is a file"):
        named.to_tiff(paths[0])


def test_existing_files_are_kept_unless_told(maps, tmp_path):
    first, *others = maps.to_tiff(tmp_path)
    for path in others:
        path.unlink()
    before = first.read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        maps.to_tiff(tmp_path)
    assert list(tmp_path.iterdir()) == [first]
    assert first.read_bytes() == before
    assert len(maps.to_tiff(tmp_path, overwrite=True)) == 7


def test_predicted_regions_become_an_annotation(maps, tmp_path):
    rois = maps.to_rois()
    np.testing.assert_array_equal(rois.codes, maps.predicted_regions + 1)
    assert rois.pixel_size_um == maps.cell_size_um
    assert list(rois.names.values()) == maps.region_names
    # On the slice, each pixel has the region of its nearest cell, up to half a cell
    # beyond the last; half way between two either may count.
    whole = maps.expand().predicted_regions + 1
    sure = np.ix_(
        *(
            (np.arange(length) % 32 != 16) & (np.arange(length) < 32 * n - 16)
            for length, n in zip(maps.image.shape, rois.shape, strict=True)
        )
    )
    np.testing.assert_array_equal(rois.on(maps.image)[sure], whole[sure])
    path = rois.write(tmp_path / "regions.geojson", image=maps.image)
    again = read_rois(path, like=maps.image)
    known = {name: n for name, n in rois.areas().items() if n}
    assert set(again.areas()) == set(known)


def test_clusters_become_an_annotation(maps):
    rois = maps.to_rois("clusters")
    assert rois.names[int(maps.clusters.max()) + 1] == f"cluster {maps.clusters.max()}"
    np.testing.assert_array_equal(rois.codes, maps.clusters + 1)
    named = maps.replace(clusters=np.where(maps.clusters >= 0, "in", ""))
    assert named.to_rois("clusters").areas() == {"in": int((maps.clusters >= 0).sum())}
    unknown = maps.replace(image=maps.image.replace(pixel_size_um=None))
    assert unknown.to_rois().shape == maps.image.shape
    with pytest.raises(ValueError, match="hold no clusters"):
        maps.replace(clusters=None).to_rois("clusters")
    with pytest.raises(ValueError, match="kind='layers' must be one of"):
        maps.to_rois("layers")


@pytest.mark.parametrize("downsample, crop", [(1, (0, 0)), (4, (0, 0)), (4, (96, 200))])
@pytest.mark.parametrize("cell", [1, 4, 6, 7])
def test_regions_of_a_part_of_a_picture_lie_there(
    rng, tmp_path, downsample, crop, cell
):
    image = SliceImage(
        np.zeros((61, 80), np.uint8),
        pixel_size_um=1.17,
        downsample=downsample,
        crop=crop,
    )
    clusters = rng.integers(-1, 3, CellGrid(image.shape, cell).shape)
    maps = MicroarchMaps(image, cell_size=cell, clusters=clusters)
    rois = maps.to_rois("clusters")
    rows, cols = (
        ((np.arange(n) + cell // 2) // cell).clip(max=len(along) - 1)
        for n, along in zip(image.shape, (clusters, clusters.T), strict=True)
    )
    beyond = np.s_[: (len(clusters) - 1) * cell + 1, : (len(clusters.T) - 1) * cell + 1]
    expected = clusters[np.ix_(rows, cols)] + 1
    np.testing.assert_array_equal(rois.on(image)[beyond], expected[beyond])
    # Not a pixel gets lost between two regions in QuPath, nor cut off at the edge.
    back = read_rois(rois.write(tmp_path / "a.geojson", image=image), like=image)
    names = [f"cluster {number}" for number in range(3)]
    places = [at.ravel() for at in np.indices(image.shape)]
    for name in names:
        one, other = (map_.labels_at(image, *places) == name for map_ in (rois, back))
        np.testing.assert_array_equal(one, other)
