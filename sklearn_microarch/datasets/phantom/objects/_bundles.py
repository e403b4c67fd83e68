"""Bundles of myelinated axons in the phantom's striatum: tapering rods in space."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from sklearn_microarch.datasets.phantom._seed import slabs_near, stream
from sklearn_microarch.datasets.phantom.anatomy._courses import fibre_direction
from sklearn_microarch.datasets.phantom.anatomy._curves import CURVES
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen
from sklearn_microarch.datasets.phantom.anatomy._tissue import CODES
from sklearn_microarch.datasets.phantom.objects._stamps import paint_largest

__all__ = ["RAMP_UM", "Rods", "paint_rods", "rods_near"]

#: Width of the soft edge that `paint_rods` gives a bundle, in micrometres.
RAMP_UM = 10.0

_SLAB_UM = 60.0
_REACH_UM = 120.0
# Bundles per volume of striatum, and how many times more there are where the
# striatum meets the capsule.
_PER_MM3 = 4850.0
_AT_CAPSULE = 2.5
# Bundles closer than this do not cross at more than this angle.
_CLOSE_UM = 45.0
_CROSSING = 0.3


@dataclass(frozen=True, eq=False)
class Rods:
    """Bundles, one entry each: rods that pass the sections at a shallow angle."""

    x_um: NDArray  # middles of the axes
    y_um: NDArray
    z_um: NDArray
    length_um: NDArray  # half length
    width_um: NDArray  # half width in the middle
    angle: NDArray  # within the plane, from columns towards rows, radians
    tilt: NDArray  # between axis and plane, radians
    bend: NDArray  # sagitta, as a share of the half length
    taper: NDArray  # from -1 to 1: which end is the thick one, and by how much

    def take(self, which: NDArray) -> "Rods":
        """Return the rods that a mask or an index array names."""
        return Rods(*(getattr(self, field.name)[which] for field in fields(self)))


def rods_near(specimen: Specimen, z_um: float) -> Rods:
    """Return all bundles that a section can cut."""
    batches = [
        _rods_of_slab(specimen, slab, bottom)
        for slab, bottom in slabs_near(z_um, _REACH_UM, _SLAB_UM)
    ]
    rods = Rods(
        *(
            np.concatenate([getattr(batch, field.name) for batch in batches])
            for field in fields(Rods)
        )
    )
    rods = rods.take(_not_crossing(rods, specimen.shrinkage * _CLOSE_UM))
    rise = rods.length_um * np.abs(np.sin(rods.tilt))
    return rods.take(np.abs(rods.z_um - z_um) < rise + rods.width_um)


def _rods_of_slab(specimen: Specimen, slab: int, bottom_um: float) -> Rods:
    rng = stream(specimen.seed, "bundles", slab)
    small = specimen.shrinkage
    frame = np.array([specimen.width_um, specimen.height_um, _SLAB_UM])
    # Smaller bundles must be more to fill the same share of the striatum.
    per_um3 = 1e-9 * _PER_MM3 / small**3
    expected = per_um3 * (1 + _AT_CAPSULE) * frame.prod()
    n_rods = rng.poisson(expected)
    centre = rng.uniform(size=(n_rods, 3)) * frame + [0, 0, bottom_um]
    chance, normal = rng.uniform(size=n_rods), rng.standard_normal((n_rods, 6))
    location, _ = specimen.locate_um(*centre.T)
    from_capsule = location.x - CURVES["striatum"](location.y)
    wanted = 1 + _AT_CAPSULE * np.exp(-np.maximum(from_capsule, 0) / 0.12)
    keep = chance * (1 + _AT_CAPSULE) < wanted
    keep &= location.code == CODES["striatum"]
    x, y, z = centre.T
    rods = Rods(
        x_um=x,
        y_um=y,
        z_um=z,
        length_um=small * 85.0 * np.exp(0.45 * normal[:, 0]),
        width_um=small * np.clip(8.5 * np.exp(0.45 * normal[:, 1]), 3.5, 20),
        angle=fibre_direction(location) + 0.22 * normal[:, 2],
        tilt=0.22 * normal[:, 3],
        bend=0.1 * normal[:, 4],
        taper=np.tanh(0.7 * normal[:, 5]),
    )
    return rods.take(keep)


def _not_crossing(rods: Rods, close_um: float) -> NDArray[np.bool_]:
    """Return which rods remain when neighbours must run nearly in parallel."""
    points = np.column_stack([rods.x_um, rods.y_um, rods.z_um])
    pairs = KDTree(points).query_pairs(close_um, output_type="ndarray")
    turn = np.abs(np.sin(rods.angle[pairs[:, 0]] - rods.angle[pairs[:, 1]]))
    remain = np.ones(len(points), dtype=bool)
    remain[pairs[turn > np.sin(_CROSSING), 1]] = False
    return remain


def paint_rods(
    rods: Rods,
    z_um: float,
    shape: tuple[int, int],
    pixel_size_um: float,
    ramp_um: float = RAMP_UM,
) -> NDArray[np.float32]:
    """Paint the profiles of bundles in one section (height, width), with soft edges.

    From 0 to 1 over ``ramp_um``; 0.5 at the border of a bundle.
    """
    height = z_um - rods.z_um
    steep = np.sin(rods.tilt)
    scale = np.float32(pixel_size_um)
    parts = {
        "cos": np.cos(rods.angle),
        "sin": np.sin(rods.angle),
        "level": np.cos(rods.tilt),
        "steep": steep,
        "height": height,
        "length": rods.length_um,
        "width": rods.width_um,
        "bend": rods.bend,
        "taper": rods.taper,
    }
    columns = {
        name: values.astype(np.float32)[:, np.newaxis, np.newaxis]
        for name, values in parts.items()
    }

    def rod(d_rows: NDArray, d_cols: NDArray, which: NDArray) -> NDArray:
        p = {name: values[which] for name, values in columns.items()}
        along = scale * (d_cols * p["cos"] + d_rows * p["sin"])
        across = scale * (d_rows * p["cos"] - d_cols * p["sin"])
        across -= p["bend"] * along**2 / p["length"]
        on_axis = (along * p["level"] + p["height"] * p["steep"]) / p["length"]
        lift = p["height"] * p["level"] - along * p["steep"]
        np.clip(on_axis, -1, 1, out=on_axis)
        width = p["width"] * (1 + 0.6 * p["taper"] * on_axis)
        inside = width * np.sqrt(1 - on_axis * on_axis) - np.sqrt(across**2 + lift**2)
        return np.clip(inside / ramp_um + 0.5, 0, 1)

    # A section leaves a tilted rod where the rod is one half width away.
    middle = np.abs(height * steep)
    slant = (rods.width_um + np.abs(height)) / np.maximum(np.abs(steep), 1e-3)
    reach = np.minimum(rods.length_um, slant) + middle + rods.width_um + ramp_um
    depth = np.zeros(shape, dtype=np.float32)
    rows = rods.y_um / pixel_size_um - 0.5
    cols = rods.x_um / pixel_size_um - 0.5
    paint_largest(depth, rows, cols, reach / pixel_size_um, rod)
    return depth
