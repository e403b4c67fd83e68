"""One colour for one thing on the whole page, and the table that paints a plane."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.plotting._unknown import GREYS
from sklearn_microarch.plotting.colors._apart import keep_apart, spare_colors
from sklearn_microarch.plotting.colors._colors import (
    CLUSTER_COLORS,
    REGION_COLORS,
    check_colors,
    opacity_at,
    with_given_colors,
)
from sklearn_microarch.report.slices._planes import N_VALUES

# Novelty up to 1 is pale, above 1 strong. No usual colour of a region or a cluster is
# near either, also for readers who see no red, no green or no blue.
_FAMILIAR, _NOVEL = "#99ffcc", "#cc00ff"


@dataclass(frozen=True)
class Palette:
    """Colours by name, as "#rrggbb"; and those of novelty up to 1 and above 1."""

    regions: dict[str, str]
    clusters: dict[str, str]
    factors: dict[str, str]
    novelty: tuple[str, str]


def make_palette(
    regions: Sequence[str],
    clusters: Sequence[str],
    factors: Sequence[str],
    *,
    given: Mapping[str, tuple[int, int, int]],
) -> Palette:
    """Return the colours of a page; those ``given`` to regions win.

    The usual colour of a cluster, of novelty, or of another region gives way where it
    is near that of a region. A factor has the colour of the region that its name says,
    where no other factor's name says it too; all others have colours that no region,
    cluster or novelty has. Of more than twelve of a kind colours are as far apart as
    can be.
    """
    of_regions = with_given_colors(_enough(REGION_COLORS, len(regions)), regions, given)
    # What gives way takes no colour that means something here or on another page.
    usual = check_colors("usual", [*REGION_COLORS, *CLUSTER_COLORS])
    own = check_colors("novelty", [_FAMILIAR, _NOVEL])
    of_clusters = keep_apart(
        _enough(CLUSTER_COLORS, len(clusters)),
        of_regions,
        avoid=np.concatenate([usual, own]),
    )
    of_novelty = keep_apart(own, of_regions, avoid=np.concatenate([usual, of_clusters]))
    taken = np.concatenate([usual, of_regions, of_clusters, of_novelty])
    by_region = dict(zip(regions, as_hex(of_regions), strict=True))
    novelty = as_hex(of_novelty)
    return Palette(
        by_region,
        dict(zip(clusters, as_hex(of_clusters), strict=True)),
        _colors_of_factors(factors, by_region, taken),
        (novelty[0], novelty[1]),
    )


def _colors_of_factors(
    factors: Sequence[str], by_region: Mapping[str, str], taken: NDArray[np.float64]
) -> dict[str, str]:
    """Return a region's colour for the one factor that is named for it, else others."""
    said = [factor.partition("_")[2] for factor in factors]
    named = {
        factor: by_region[region]
        for factor, region in zip(factors, said, strict=True)
        if region in by_region and said.count(region) == 1
    }
    others = [factor for factor in factors if factor not in named]
    spare = as_hex(spare_colors(len(others), taken))
    return named | dict(zip(others, spare, strict=True))


def _enough(colors: Sequence[str], number: int) -> NDArray[np.float64]:
    """Return so many (number, 3): the usual, then paler, darker, and from the start."""
    rgb = check_colors("palette", colors)
    rounds = np.concatenate([rgb, 0.5 + 0.5 * rgb, 0.6 * rgb])
    enough: NDArray[np.float64] = rounds[np.arange(number) % len(rounds)]
    return enough


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


def novelty_paint(
    colors: tuple[str, str], *, low: float, step: float
) -> NDArray[np.uint8]:
    """Return the colour (256, 4) of each code of novelty: up to 1, and above."""
    familiar, strange = colors
    novelty = _values(low, step)
    is_novel = novelty > 1
    table = category_paint([strange if novel else familiar for novel in is_novel])
    pale, strong = 0.35 * novelty.clip(0, 1), 0.6 + 0.4 * (novelty - 1).clip(0, 1)
    table[1:, 3] = np.round(255 * np.where(is_novel, strong, pale))
    return table


def novelty_key(colors: tuple[str, str]) -> list[tuple[str, str]]:
    """Return colour and meaning of novelty."""
    familiar, strange = colors
    return [
        (familiar, "up to 1: like tissue the network was trained on"),
        (strange, "above 1: unlike all of it"),
    ]


def unknown_colors() -> list[str]:
    """Return the two greys of unknown tissue."""
    return as_hex(GREYS)


def pack_paint(table: NDArray[np.uint8]) -> str:
    """Return a table (256, 4) as text."""
    return b64encode(table.tobytes()).decode()


def _values(low: float, step: float) -> NDArray[np.float64]:
    return low + step * np.arange(N_VALUES, dtype=np.float64)
