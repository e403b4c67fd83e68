"""Colours that are kept away from colours that mean something else."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

# CIELAB distances; 2.3 is just noticeable. Usual colours of regions and clusters are
# farther from each other, so that nothing moves where an annotation gives no colours.
NEAR = 20.0
# Spare colours are seen on dark and on bright tissue, and are no greys.
_LEAST_LIGHT, _MOST_LIGHT, _LEAST_CHROMA = 35.0, 95.0, 30.0
_LEVELS = 6
# sRGB to CIE XYZ (IEC 61966-2-1), and its white.
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = _TO_XYZ.sum(axis=1)


def keep_apart(
    colors: NDArray[np.float64],
    taken: NDArray[np.float64],
    *,
    avoid: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return colours (n, 3), 0 to 1, with others in the place of those near taken ones.

    The others stay away from ``taken`` (m, 3), from all of ``colors``, and from those
    to ``avoid`` (k, 3), as far as plain colours can.
    """
    if not len(colors) or not len(taken):
        return colors
    is_near = _distances(colors, taken).min(axis=1) < NEAR
    more = np.empty((0, 3)) if avoid is None else avoid
    apart = colors.copy()
    apart[is_near] = spare_colors(
        int(is_near.sum()), np.concatenate([taken, colors, more])
    )
    return apart


def spare_colors(number: int, avoid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return so many colours (number, 3), each as far as can be from all before it.

    And from those to ``avoid`` (k, 3). More than there are begin again.
    """
    steps = np.linspace(0.0, 1.0, _LEVELS)
    plain = np.array(list(product(steps, repeat=3)))
    lab = _lab(plain)
    light, chroma = lab[:, 0], np.hypot(lab[:, 1], lab[:, 2])
    is_good = (light > _LEAST_LIGHT) & (light < _MOST_LIGHT) & (chroma > _LEAST_CHROMA)
    plain = plain[is_good]
    nearest = np.full(len(plain), np.inf)
    if len(avoid):
        nearest = _distances(plain, avoid).min(axis=1)
    found = []
    for _ in range(min(number, len(plain))):
        best = int(nearest.argmax())
        found.append(best)
        nearest = np.minimum(nearest, _distances(plain, plain[[best]])[:, 0])
        # Chosen once only, also where all that are left are taken colours.
        nearest[best] = -1.0
    return plain[np.resize(np.array(found, dtype=np.int64), number)]


def _distances(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return CIELAB distances (n, m) of colours (n, 3) and (m, 3)."""
    apart: NDArray[np.float64] = np.linalg.norm(
        _lab(first)[:, np.newaxis] - _lab(second), axis=-1
    )
    return apart


def _lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return CIELAB coordinates (n, 3) of sRGB colours from 0 to 1 (CIE 15:2004)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T / _WHITE
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), xyz * (841 / 108) + 4 / 29).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)
