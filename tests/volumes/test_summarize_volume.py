"""Tests that regions of a registered atlas are found where the cells lie."""

import numpy as np
import pytest
import zarr
from volumes.test_write_isotropic import PIXEL_UM, SHAPE, SPACING_UM, map_it

from sklearn_microarch.mapping import open_maps
from sklearn_microarch.volumes import summarize_volume

EDGE_UM, APART_UM = 25.0, 15.0
NAMES = {3: "CTX", 8: "CC", 5000: "VP"}
N_VOXELS = (5, 5, 6)


def atlas():
    """Return codes (nz, ny, nx) in no order, and sides."""
    rng = np.random.default_rng(0)
    codes = rng.choice([0, *NAMES], N_VOXELS, p=[0.1, 0.4, 0.3, 0.2])
    sides = np.ones(N_VOXELS, dtype=np.uint8)
    sides[:, :, 3:] = 2
    return codes, sides


@pytest.fixture(scope="module")
def whole(client, tmp_path_factory):
    """Return the folder of a mapped volume, of which one plane is missing."""
    out = tmp_path_factory.mktemp("whole") / "maps.zarr"
    planes = [z for z in range(SHAPE[0]) if z != 6]
    map_it(out, client, specimen="m1", slices=planes)
    return out


def truth(path, z):
    """Return code and side at each cell of a plane, by its place in micrometres."""
    codes, sides = atlas()
    maps = open_maps(path, z=z)
    rows, cols = (
        ((first + maps.cell_size * np.arange(n) + 0.5) * PIXEL_UM / EDGE_UM).astype(int)
        for first, n in zip(maps.offset, maps.factors.shape[:2], strict=True)
    )
    at = int((z + 0.5) * SPACING_UM / APART_UM)
    there = np.ix_([at], rows, cols)
    return codes[there][0], sides[there][0]


def look_up(table, **wanted):
    """Return the numbers of the rows that have some words."""
    found = np.ones(len(table["slice"]), dtype=bool)
    for column, value in wanted.items():
        found &= np.asarray(table[column]) == value
    return np.flatnonzero(found)


def test_cells_are_of_the_voxel_that_they_lie_in(whole):
    codes, sides = atlas()
    table = summarize_volume(
        whole,
        codes,
        atlas_um=EDGE_UM,
        atlas_spacing_um=APART_UM,
        names=NAMES,
        hemispheres=sides,
    )
    n_compared = 0
    for z in range(SHAPE[0]):
        if z == 6:
            assert not len(look_up(table, slice="brain_z0006"))
            continue
        factors = np.asarray(open_maps(whole, z=z).factors)[..., 0]
        own_codes, own_sides = truth(whole, z)
        for code, name in NAMES.items():
            for number, side in ((1, "left"), (2, "right")):
                inside = (own_codes == code) & (own_sides == number)
                values = factors[inside & np.isfinite(factors)]
                rows = look_up(
                    table,
                    slice=f"brain_z{z:04d}",
                    region=name,
                    side=side,
                    name="factor00",
                )
                assert len(rows) == bool(values.size)
                if values.size:
                    row = rows[0]
                    assert table["n_cells"][row] == values.size
                    np.testing.assert_allclose(
                        table["loading"][row], values.mean(), rtol=1e-5, atol=1e-5
                    )
                    n_compared += 1
    assert n_compared > 40


def test_an_atlas_on_disk_without_names_and_sides(whole, tmp_path):
    codes, _ = atlas()
    stored = zarr.create_array(tmp_path / "a.zarr", shape=N_VOXELS, dtype="i4")
    stored[:] = codes
    known = {"atlas_um": EDGE_UM, "atlas_spacing_um": APART_UM}
    table = summarize_volume(whole, stored, **known)
    same = summarize_volume(whole, codes.tolist(), **known)
    assert set(table["region"]) == {"3", "8", "5000"}
    assert set(table["side"]) == {""}
    np.testing.assert_array_equal(table["n_cells"], same["n_cells"])


@pytest.mark.parametrize(
    "changed, error, message",
    [
        ({"atlas": np.zeros((4, 5), int)}, ValueError, r"shape \(4, 5\)"),
        ({"atlas": np.ones((4, 5, 6))}, TypeError, "integer codes"),
        ({"atlas": np.zeros((4, 5, 6), int)}, ValueError, "no region of the atlas"),
        ({"hemispheres": np.ones((4, 5, 6))}, ValueError, "same grid"),
        ({"hemispheres": np.full(N_VOXELS, 3)}, ValueError, "hemispheres hold 3"),
        ({"names": ["CTX"]}, TypeError, "names"),
        ({"atlas_um": 0}, ValueError, "atlas_um=0"),
        ({"atlas_spacing_um": -1}, ValueError, "atlas_spacing_um=-1"),
        ({"maps": 7}, TypeError, "maps"),
    ],
)
def test_wrong_arguments_are_named(whole, changed, error, message):
    given = {"maps": whole, "atlas": atlas()[0], "atlas_um": EDGE_UM} | changed
    with pytest.raises(error, match=message):
        summarize_volume(given.pop("maps"), given.pop("atlas"), **given)


def test_maps_of_no_specimen_are_refused(client, tmp_path):
    map_it(tmp_path / "maps.zarr", client, slices=[0])
    with pytest.raises(ValueError, match="has no specimen"):
        summarize_volume(tmp_path / "maps.zarr", atlas()[0], atlas_um=EDGE_UM)
