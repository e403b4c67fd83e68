"""Pixel size of an OME-Zarr level, from its axes and transformations."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.images._pixel_size import square_edge, um_per_unit
from sklearn_microarch.images.ome_zarr.reading._open import Multiscale

_POWER_OF_TEN = {
    "yotta": 24,
    "zetta": 21,
    "exa": 18,
    "peta": 15,
    "tera": 12,
    "giga": 9,
    "mega": 6,
    "kilo": 3,
    "hecto": 2,
    "deca": 1,
    "": 0,
    "deci": -1,
    "centi": -2,
    "milli": -3,
    "micro": -6,
    "nano": -9,
    "pico": -12,
    "femto": -15,
    "atto": -18,
    "zepto": -21,
    "yocto": -24,
}
_UM_PER_UNIT = {
    **{f"{prefix}meter": 10.0 ** (n + 6) for prefix, n in _POWER_OF_TEN.items()},
    "angstrom": 1e-4,
    "inch": 25400.0,
    "foot": 304800.0,
    "yard": 914400.0,
    "mile": 1609344000.0,
    "parsec": 3.0856775814913673e22,
}


def level_pixel_size(image: Multiscale, level: int, *, where: str) -> float | None:
    """Return the edge of a level's pixels in micrometres, or None if none is stated.

    Stated are a scale and a unit of length; an affine transformation is none. Raises
    ImageFileError if pixels are not square, ValueError if a scale is malformed. That
    of the level is multiplied by the one of the whole pyramid.
    """
    width, height = (axis_step(image, level, axis) for axis in ("x", "y"))
    return square_edge((width, height), where=where)


def axis_step(image: Multiscale, level: int, axis: str) -> float | None:
    """Return the distance of a level's pixels along an axis in micrometres, or None."""
    n_axes = len(image.axes)
    own = image.datasets[level].get("coordinateTransformations") or []
    inner = _scale(own, n_axes)
    outer = _scale(image.transformations, n_axes)
    if inner is None or (outer is None and _has_other_steps(image.transformations)):
        return None
    at = image.axis_names.index(axis)
    return _edge(image.axes[at], inner[at] * (outer or [1.0] * n_axes)[at])


def _scale(transformations: object, n_axes: int) -> list[float] | None:
    """Return the scale that steps state, or None where they state none."""
    if not isinstance(transformations, list) or not all(
        isinstance(step, Mapping) and isinstance(step.get("type"), str)
        for step in transformations
    ):
        raise ValueError(
            f"its coordinateTransformations {shown(transformations)} are no list of "
            "steps with a type; pass pixel_size_um to read it all the same"
        )
    if _has_other_steps(transformations):
        return None
    scales = [step.get("scale") for step in transformations if step["type"] == "scale"]
    if not scales:
        return None
    numbers = scales[0] if isinstance(scales[0], list) else []
    if (
        len(scales) > 1
        or len(numbers) != n_axes
        or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers)
    ):
        raise ValueError(
            f"its coordinateTransformations {shown(transformations)} do not state one "
            f"scale of {n_axes} numbers; pass pixel_size_um to read it all the same"
        )
    return [float(number) for number in numbers]


def _has_other_steps(transformations: Sequence[Mapping[str, Any]]) -> bool:
    known = ("scale", "translation", "identity")
    return any(step.get("type") not in known for step in transformations)


def _edge(axis: Mapping[str, Any], scale: float) -> float | None:
    unit = str(axis.get("unit") or "")
    um = _UM_PER_UNIT.get(unit.lower(), um_per_unit(unit))
    if math.isnan(scale) or scale <= 0:
        raise ValueError(
            f"its coordinateTransformations state a scale of {scale:g} along "
            f"{axis['name']}, which no pixel has; pass pixel_size_um to read it all "
            "the same"
        )
    return None if um is None or math.isinf(scale * um) else scale * um
