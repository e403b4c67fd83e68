"""Check factors that are given by the name of a region or of a cortical layer."""

from collections.abc import Mapping

from sklearn_microarch._arguments._numbers import check_number, shown
from sklearn_microarch.datasets.phantom.anatomy._composition import axon_regions
from sklearn_microarch.datasets.phantom.anatomy._tissue import (
    CODES,
    LAYER_NAMES,
    WHITE_MATTER,
)
from sklearn_microarch.datasets.prasad2020._regions import ROI_NAMES

__all__ = ["check_axons", "check_layer_thickness", "check_planted"]

_CELLS, _CELL_SIZES = (0.0, 2.0), (0.5, 1.5)
_AXONS, _THICKNESSES = (0.0, 1.5), (0.25, 4.0)


def check_planted(name: str, value: object) -> dict[str, float]:
    """Return factors of ``cells`` or ``cell_size``, of regions and layers."""
    limits = {"cells": _CELLS, "cell_size": _CELL_SIZES}[name]
    factors = _named(
        name, value, [*ROI_NAMES.values(), "WM", *LAYER_NAMES.values()], limits
    )
    # A layer's own factor is a factor of the cortex's.
    whole = factors.get("cortex", 1.0)
    for part in factors:
        if part in LAYER_NAMES.values():
            label = f"{name}: 'cortex' times {part!r}"
            check_number(label, whole * factors[part], low=limits[0], high=limits[1])
    return factors


def check_axons(value: object) -> dict[str, float]:
    """Return factors of regions that have myelinated axons."""
    regions = [name for name in axon_regions() if CODES[name] in ROI_NAMES]
    factors = _named("axons", value, [*regions, "WM"], _AXONS)
    white_matter = {"WM"} | {name for name in CODES if CODES[name] in WHITE_MATTER}
    for name in white_matter & set(factors):
        # It is full of axons as it is.
        check_number(f"axons: {name!r}", factors[name], low=_AXONS[0], high=1.0)
    return factors


def check_layer_thickness(value: object) -> dict[str, float]:
    """Return factors of cortical layers."""
    return _named("layer_thickness", value, list(LAYER_NAMES.values()), _THICKNESSES)


def _named(
    name: str, value: object, names: list[str], limits: tuple[float, float]
) -> dict[str, float]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError(
            f"{name}={shown(value)} must map names to factors, such as "
            f"{{{names[-1]!r}: 0.8}}, or be None."
        )
    unknown = [part for part in value if part not in names]
    if unknown:
        raise ValueError(
            f"{name} names {', '.join(map(shown, unknown))}; it may name "
            f"{', '.join(map(repr, names))}."
        )
    low, high = limits
    return {
        part: check_number(f"{name}: {part!r}", factor, low=low, high=high)
        for part, factor in value.items()
    }
