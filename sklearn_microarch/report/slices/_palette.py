"""One colour for one thing on the whole page, and the table that paints a plane."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.plotting._unknown import GREYS
from sklearn_microarch.plotting.colors._colors import (
    CLUSTER_COLORS,
    REGION_COLORS,
    check_colors,
    opacity_at,
)
from sklearn_microarch.report.slices._planes import N_VALUES

# Novelty up to 1 is pale, above 1 strong.
_FAMILIAR, _NOVEL = "#F0E442", "#D55E00"


@dataclass(frozen=True)
class Palette:
    """Colours by name, as "#rrggbb"."""

    regions: dict[str, str]
    clusters: dict[str, str]
    factors: dict[str, str]


def make_palette(
    regions: Sequence[str],
    clusters: Sequence[str],
    factors: Sequence[str],
    *,
    given: Mapping[str, tuple[int, int, int]],
) -> Palette:
    """Return the colours of a page; those ``given`` to regions win.

    A factor has the colour of the region it marks, where each marks another.
    """
    of_regions = dict(zip(regions, _enough(REGION_COLORS, len(regions)), strict=True))
    for name in regions:
        if name in given:
            of_regions[name] = as_hex(np.array([given[name]]) / 255)[0]
    usual = _enough(CLUSTER_COLORS, len(clusters))
    marked = [factor.partition("_")[2] for factor in factors]
    if len(set(marked)) == len(marked) and set(marked) <= set(of_regions):
        lights = [of_regions[region] for region in marked]
    else:
        lights = _enough(REGION_COLORS, len(factors))
    return Palette(
        of_regions,
        dict(zip(clusters, usual, strict=True)),
        dict(zip(factors, lights, strict=True)),
    )


def _enough(colors: Sequence[str], number: int) -> list[str]:
    """Return so many colours: the usual, then paler, darker, and from the start."""
    rgb = check_colors("palette", colors)
    rounds = np.concatenate([rgb, 0.5 + 0.5 * rgb, 0.6 * rgb])
    return as_hex(rounds[np.arange(number) % len(rounds)])


def as_hex(rgb: NDArray[np.float64]) -> list[str]:
    """Return colours (n, 3) from 0 to 1 as "#rrggbb", which is safe in any style."""
    levels = np.round(255 * rgb).astype(int).tolist()
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in levels]


def category_paint(colors: Sequence[str]) -> NDArray[np.uint8]:
    """Return the colour (256, 4) of each code of categories; code 0 is clear."""
    table = np.zeros((N_VALUES + 1, 4), dtype=np.uint8)
    table[1 : len(colors) + 1, :3] = np.round(255 * check_colors("colors", colors))
    table[1 : len(colors) + 1, 3] = 255
    return table


def loading_paint(
    color: str, *, low: float, step: float, limit: float
) -> NDArray[np.uint8]:
    """Return the colour (256, 4) of each code of loadings, full from ``limit`` on."""
    loadings = _values(low, step)
    full = np.clip(loadings / limit, 0, 1) if limit > 0 else np.zeros(N_VALUES)
    table = category_paint([color] * N_VALUES)
    table[1:, 3] = np.round(255 * np.where(full > 0, opacity_at(full), 0))
    return table


def novelty_paint(*, low: float, step: float) -> NDArray[np.uint8]:
    """Return the colour (256, 4) of each code of novelty."""
    novelty = _values(low, step)
    is_novel = novelty > 1
    table = category_paint([_NOVEL if novel else _FAMILIAR for novel in is_novel])
    pale, strong = 0.35 * novelty.clip(0, 1), 0.6 + 0.4 * (novelty - 1).clip(0, 1)
    table[1:, 3] = np.round(255 * np.where(is_novel, strong, pale))
    return table


def novelty_key() -> list[tuple[str, str]]:
    """Return colour and meaning of novelty."""
    return [
        (_FAMILIAR, "up to 1: like tissue the network was trained on"),
        (_NOVEL, "above 1: unlike all of it"),
    ]


def unknown_colors() -> list[str]:
    """Return the two greys of unknown tissue."""
    return as_hex(GREYS)


def pack_paint(table: NDArray[np.uint8]) -> str:
    """Return a table (256, 4) as text."""
    return b64encode(table.tobytes()).decode()


def _values(low: float, step: float) -> NDArray[np.float64]:
    return low + step * np.arange(N_VALUES, dtype=np.float64)
