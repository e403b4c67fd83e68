"""What a scan shows beside the phantom's tissue: walls, seams, fragments, streaks."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.datasets.phantom._noise import smooth_noise
from sklearn_microarch.datasets.phantom._seed import stream
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen
from sklearn_microarch.datasets.phantom.objects._stamps import paint_largest

__all__ = ["draw_seams", "draw_walls", "loose_fragments", "ring_streaks"]

# Rows of the holder's walls, at the left and at the right border.
_WALLS = ((0.055, 0.02), (0.945, 0.985))
_N_FRAGMENTS = 7
# Columns between which the two seams of the stitched scan lie.
_SEAMS = ((0.25, 0.35), (0.65, 0.74))


def ring_streaks(seed: int, shape: tuple[int, int], z_um: float) -> NDArray[np.float32]:
    """Return a band of rows crossed by fine lines (height, width), in grey levels."""
    height, width = shape

    def along(
        name: str, shape: tuple[int, int], sigma_px: float
    ) -> NDArray[np.float32]:
        return smooth_noise(
            seed, name, shape, sigma_px=sigma_px, z_um=z_um, depth_um=60.0
        )

    lines = along("rings", (1, width), 1.0)
    bursts = np.clip(along("ring bursts", (1, width), 60), 0, 2)
    rows = np.linspace(0, 1, height)[:, np.newaxis]
    band = np.exp(-(((rows - 0.535) / 0.022) ** 4)).astype(np.float32)
    return np.float32(2.5) * band * lines * bursts + 0.8 * along(
        "rows", (height, 1), 2.0
    )


def draw_seams(image: NDArray[np.float32], specimen: Specimen) -> None:
    """Draw in place where fields of view were stitched: a dark line, another gain."""
    rng = stream(specimen.seed, "seams")
    height, width = image.shape
    for first, last in _SEAMS:
        col = int(rng.uniform(first, last) * width)
        image[:, :col] *= np.float32(1 + 0.012 * rng.standard_normal())
        top, bottom = np.sort(rng.integers(0, height, 2))
        image[top:bottom, col] *= np.float32(0.05)


def draw_walls(image: NDArray[np.float32], specimen: Specimen) -> None:
    """Draw the walls of the specimen's holder in place: bright, wandering lines."""
    rng = stream(specimen.seed, "walls")
    height, width = image.shape
    cols = np.arange(width)
    for left, right in _WALLS:
        wander, lustre = (
            ndimage.gaussian_filter1d(rng.standard_normal(width), sigma)
            for sigma in (25, 12)
        )
        beads = ndimage.maximum_filter1d((rng.random(width) < 0.004) * 1.0, 7)
        level = 90 + 300 * np.abs(lustre) + 120 * beads
        row = height * np.linspace(left, right, width) + 2 * wander
        for distance in range(-4, 14):
            at = np.floor(row).astype(np.intp) + distance
            gap = at - row
            # The wall itself, and the faint fringe below it.
            profile = np.exp(-0.4 * gap**2) + 0.15 * np.exp(-0.2 * (gap - 9) ** 2)
            seen = (at >= 0) & (at < height)
            here = at[seen], cols[seen]
            image[here] = np.maximum(image[here], (level * profile)[seen])


def loose_fragments(
    inside: NDArray[np.float32], specimen: Specimen, z_um: float
) -> NDArray[np.float32]:
    """Return light (height, width) of shreds beside the tissue's upper outline.

    ``inside`` is the share of each pixel that is tissue.
    """
    rng = stream(specimen.seed, "fragments")
    n_fragments = max(1, round(_N_FRAGMENTS * specimen.shrinkage))
    col = (rng.uniform(0.03, 0.9, n_fragments) * inside.shape[1]).astype(np.intp)
    rim = np.argmax(inside[:, col] > 0.5, axis=0)
    # A curl is a walk whose direction turns ever the same way, unevenly.
    turns = 0.12 + 0.25 * rng.standard_normal((n_fragments, 90))
    heading = np.cumsum(turns, axis=1) + z_um / 80
    reach = specimen.pixel_size_um
    offset = rng.uniform(8, 26, (n_fragments, 1)) / reach
    rows = rim[:, np.newaxis] - offset + np.cumsum(np.sin(heading), axis=1) / reach
    cols = col[:, np.newaxis] + np.cumsum(np.cos(heading), axis=1) / reach
    level = np.repeat(rng.uniform(70, 190, n_fragments), 90).astype(np.float32)

    def dot(d_rows: NDArray, d_cols: NDArray, which: NDArray) -> NDArray:
        distance = np.sqrt(d_rows**2 + d_cols**2)
        width = np.float32(1.2 / reach)
        brightness = level[which, np.newaxis, np.newaxis]
        return brightness * np.clip(width + 0.5 - distance, 0, 1)

    light = np.zeros_like(inside)
    radius = np.full(rows.size, 1.2 / reach + 1)
    paint_largest(light, rows.ravel(), cols.ravel(), radius, dot)
    return light * (1 - inside)
