"""Blood vessels of the phantom: curved tubes in space, cut by a section."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.phantom._seed import slabs_near, stream
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen
from sklearn_microarch.datasets.phantom.anatomy._tissue import lookup
from sklearn_microarch.datasets.phantom.objects._stamps import paint_largest

__all__ = ["paint_vessels"]


@dataclass(frozen=True)
class _TubeKind:
    """How one kind of vessel grows."""

    name: str
    share: float  # length per volume, in units of the table of tissues
    radius_um: float
    spread: float
    n_steps: int
    step_um: float
    curl: float  # standard deviation of a turn, in radians per step

    @property
    def length_um(self) -> float:
        return self.n_steps * self.step_um


_KINDS = (
    _TubeKind("capillaries", 1.0, 1.9, 0.28, 60, 1.6, 0.055),
    _TubeKind("venules", 0.035, 5.0, 0.40, 90, 3.0, 0.02),
)
# Share of tubes that start on another one.
_BRANCHING = 0.45
# Large vessels that run across the sections, per square millimetre.
_TRUNKS_PER_MM2 = 1.6


def paint_vessels(
    specimen: Specimen, z_um: float, avoid: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Paint the share of each pixel (height, width) that lies in a vessel.

    Where ``avoid`` is True, only the large vessels pass.
    """
    cover = np.zeros(specimen.shape, dtype=np.float32)
    for kind in _KINDS:
        for slab, bottom in slabs_near(z_um, kind.length_um, kind.length_um / 2):
            points, radii = _tubes_of_slab(specimen, kind, slab, bottom)
            height = points[..., 2] - z_um
            cut = np.abs(height) < radii
            cut &= ~_at(avoid, points, specimen.pixel_size_um)
            _paint_discs(
                cover,
                points[cut],
                np.sqrt(radii[cut] ** 2 - height[cut] ** 2),
                specimen.pixel_size_um,
            )
    _paint_trunks(cover, specimen, z_um)
    return cover


def _at(
    mask: NDArray[np.bool_], points: NDArray, pixel_size_um: float
) -> NDArray[np.bool_]:
    """Look a mask up at points (..., 3); beyond its border it is False."""
    cols, rows = np.moveaxis((points[..., :2] / pixel_size_um).astype(np.int64), -1, 0)
    inside = (rows >= 0) & (rows < mask.shape[0]) & (cols >= 0) & (cols < mask.shape[1])
    found = np.zeros(inside.shape, dtype=bool)
    found[inside] = mask[rows[inside], cols[inside]]
    return found


def _tubes_of_slab(
    specimen: Specimen, kind: _TubeKind, slab: int, bottom_um: float
) -> tuple[NDArray, NDArray]:
    """Return points (n_tubes, n_steps, 3) on the axes, and the radius at each."""
    rng = stream(specimen.seed, kind.name, slab)
    density = kind.share * 1e-3 * lookup("vessels").astype(np.float64)
    thickness = 0.5 * kind.length_um
    frame = np.array([specimen.width_um, specimen.height_um, thickness])
    expected = density.max() * frame.prod() / (kind.length_um * (1 + _BRANCHING))
    start = rng.uniform(size=(rng.poisson(expected), 3)) * frame + [0, 0, bottom_um]
    location, _ = specimen.locate_um(*start.T)
    keep = rng.uniform(size=len(start)) * density.max() < density[location.code]
    keep &= location.margin * specimen.height_um > 0
    stems = _grow(rng, start[keep], kind)
    calibre = lookup("vessel_calibre").astype(np.float64)[location.code[keep]]
    n_branches = int(_BRANCHING * len(stems))
    roots = rng.integers(0, max(1, len(stems)), n_branches)
    branches = _grow(rng, stems[roots, rng.integers(0, kind.n_steps, n_branches)], kind)
    points = np.concatenate([stems, branches])
    radius = kind.radius_um * np.exp(kind.spread * rng.standard_normal(len(points)))
    radius *= np.concatenate([calibre, calibre[roots]])
    end = np.arange(kind.n_steps)
    taper = np.sqrt(np.clip((end[::-1] + 1) / 6, 0, 1))
    return points, radius[:, np.newaxis] * taper


def _grow(rng: np.random.Generator, start: NDArray, kind: _TubeKind) -> NDArray:
    """Grow a tube from each start: a random walk that turns slowly."""
    turns = rng.standard_normal((len(start), kind.n_steps, 3)) * kind.curl
    turns[:, 0] = rng.standard_normal((len(start), 3))
    turns[:, 0] /= np.linalg.norm(turns[:, 0], axis=-1, keepdims=True)
    course = np.cumsum(turns, axis=1)
    course /= np.linalg.norm(course, axis=-1, keepdims=True)
    return start[:, np.newaxis] + kind.step_um * np.cumsum(course, axis=1)


def _paint_discs(
    cover: NDArray[np.float32], points: NDArray, radii: NDArray, pixel_size_um: float
) -> None:
    radius_px = (radii / pixel_size_um).astype(np.float32)

    def disc(d_rows: NDArray, d_cols: NDArray, which: NDArray) -> NDArray:
        distance = np.sqrt(d_rows**2 + d_cols**2)
        return np.clip(radius_px[which, np.newaxis, np.newaxis] + 0.5 - distance, 0, 1)

    rows, cols = points[:, 1] / pixel_size_um - 0.5, points[:, 0] / pixel_size_um - 0.5
    paint_largest(cover, rows, cols, radius_px + 1, disc)


def _paint_trunks(cover: NDArray[np.float32], specimen: Specimen, z_um: float) -> None:
    """Paint large vessels that cross every section and wander slowly."""
    rng = stream(specimen.seed, "trunks")
    area_mm2 = specimen.width_um * specimen.height_um * 1e-6
    n_trunks = rng.poisson(_TRUNKS_PER_MM2 * area_mm2)
    x = rng.uniform(0, specimen.width_um, n_trunks)
    y = rng.uniform(0, specimen.height_um, n_trunks)
    phase = rng.uniform(0, 2 * np.pi, (3, n_trunks)) + z_um / rng.uniform(
        100, 300, (3, n_trunks)
    )
    x, y = x + 30 * np.sin(phase[0]), y + 30 * np.sin(phase[1])
    radius = np.clip(11 * np.exp(0.5 * rng.standard_normal(n_trunks)), 5, 34)
    radius_px = (radius * (1 + 0.2 * np.sin(phase[2])) / specimen.pixel_size_um).astype(
        np.float32
    )
    flatness = rng.uniform(0.7, 1.0, n_trunks).astype(np.float32)
    angle = rng.uniform(0, np.pi, n_trunks)
    cosine, sine = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)

    def ellipse(d_rows: NDArray, d_cols: NDArray, which: NDArray) -> NDArray:
        r, flat, cos, sin = (
            values[which, np.newaxis, np.newaxis]
            for values in (radius_px, flatness, cosine, sine)
        )
        along, across = d_cols * cos + d_rows * sin, d_rows * cos - d_cols * sin
        return np.clip(r + 0.5 - np.sqrt(along**2 + (across / flat) ** 2), 0, 1)

    rows, cols = y / specimen.pixel_size_um - 0.5, x / specimen.pixel_size_um - 0.5
    paint_largest(cover, rows, cols, radius_px + 1, ellipse)
