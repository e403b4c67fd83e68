"""OME-Zarr metadata as the two versions of the format state them; no file."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklearn_microarch._arguments._numbers import check_integer, check_number, shown

VERSIONS = ("0.4", "0.5")
_LARGEST = float(np.finfo(np.float64).max)

# Lowest and highest value of a channel, then the range to show.
Window = tuple[float, float, float, float]

# Light and far apart on black: viewers add channels up.
_COLORS = (
    "FF5A4F",
    "4FDF6A",
    "5A8CFF",
    "FFD24F",
    "4FE0E0",
    "E05AE0",
    "FF9A3C",
    "B0E34F",
    "9A7BFF",
    "FFFFFF",
)
# More at once add up to white; the others can be switched on by their names.
_N_ACTIVE = 3


def multiscales(
    axes: str,
    n_levels: int,
    *,
    pixel_size_um: float | None,
    cell_size: float = 1.0,
    offset: tuple[float, float] = (0.0, 0.0),
    plane_distance: float = 1.0,
    name: str,
    averaged: bool,
    version: str,
) -> list[dict[str, Any]]:
    """Describe a pyramid of ``axes`` such as "cyx" or "zyx", ready for JSON.

    ``cell_size`` and ``offset`` are in pixels of the slice, whose edge length is
    ``pixel_size_um``; None: unknown, scales are in those pixels and no unit is stated.
    ``averaged``: a pixel is the mean of 2 x 2 finer ones, and so lies between them.
    ``plane_distance`` is that along z, in the unit of the scales; no level halves it.
    """
    unit = {} if pixel_size_um is None else {"unit": "micrometer"}
    described: list[dict[str, Any]] = [
        {"name": axis, "type": "channel"}
        if axis == "c"
        else {"name": axis, "type": "space", **unit}
        for axis in axes
    ]
    pixel = 1.0 if pixel_size_um is None else pixel_size_um
    edge = cell_size * pixel
    across = [plane_distance if axis == "z" else 1.0 for axis in axes[:-2]]
    datasets = []
    for level in range(n_levels):
        scale = across + [edge * 2**level] * 2
        steps: list[dict[str, Any]] = [{"type": "scale", "scale": scale}]
        half = edge * (2**level - 1) / 2 if averaged else 0.0
        places = [first * pixel + half for first in offset]
        if any(places):
            shift = [0.0] * len(across) + places
            steps.append({"type": "translation", "translation": shift})
        datasets.append({"path": str(level), "coordinateTransformations": steps})
    entry: dict[str, Any] = {
        "name": name,
        "axes": described,
        "datasets": datasets,
        "type": "mean" if averaged else "nearest",
    }
    return [{"version": version, **entry} if version == "0.4" else entry]


def omero(names: Sequence[str], windows: Sequence[Window]) -> dict[str, Any]:
    """Describe channels as viewers want them: names, colours and contrast."""
    return {
        "channels": [
            {
                "label": name,
                "color": _COLORS[at % len(_COLORS)],
                "active": at < _N_ACTIVE,
                "window": dict(
                    zip(("min", "max", "start", "end"), window, strict=True)
                ),
            }
            for at, (name, window) in enumerate(zip(names, windows, strict=True))
        ],
        "rdefs": {"model": "color"},
    }


def contrast_window(values: NDArray) -> Window:
    """Return the range of a channel's values, and the part of it to show.

    The range includes 0; shown is the part up to the 99.9th percentile. What is not
    finite is left out.
    """
    known = values[np.isfinite(values)].astype(np.float64)
    if not known.size or known.min() == known.max() == 0:
        return 0.0, 1.0, 0.0, 1.0
    low, high = min(0.0, float(known.min())), max(0.0, float(known.max()))
    end = float(np.percentile(known, 99.9))
    return low, high, low, end if end > low else high


def image_label(
    properties: Mapping[int, Mapping[str, Any]],
    colors: Mapping[int, Sequence[int]] | None,
    version: str,
) -> dict[str, Any]:
    """Describe a label image, ready for JSON.

    ``properties`` and ``colors`` (red, green, blue and opacity, from 0 to 255) are by
    label, and of the same labels. TypeError or ValueError where they are none.
    """
    for argument, given in (("properties", properties), ("colors", colors)):
        if given is not None and not isinstance(given, Mapping):
            raise TypeError(
                f"{argument}={shown(given)} must be a mapping of labels, such as "
                "{1: ...}."
            )
        for label in given or ():
            check_integer(f"a label of {argument}", label, minimum=0, maximum=2**32 - 1)
    for label, known in properties.items():
        if not isinstance(known, Mapping):
            raise TypeError(
                f"properties[{label}]={shown(known)} must be a mapping of what is "
                "known of that label."
            )
    if colors and properties and set(colors) != set(properties):
        raise ValueError(
            f"colors are of the labels {sorted(colors)}, but properties of "
            f"{sorted(properties)}; give both of the same ones."
        )
    about: dict[str, Any] = {"source": {"image": "../../"}}
    if properties:
        about["properties"] = [
            {"label-value": int(value), **known} for value, known in properties.items()
        ]
    if colors:
        about["colors"] = [
            {"label-value": int(value), "rgba": _rgba(value, rgba)}
            for value, rgba in colors.items()
        ]
    check_json("properties", about)
    return {"version": version, **about} if version == "0.4" else about


def _rgba(label: int, color: Sequence[int]) -> list[int]:
    if not isinstance(color, Sequence | np.ndarray) or len(color) != 4:
        raise ValueError(
            f"colors[{label}]={shown(color)} must be red, green, blue and opacity, "
            "from 0 to 255."
        )
    return [
        check_integer(f"colors[{label}][{at}]", part, minimum=0, maximum=255)
        for at, part in enumerate(color)
    ]


def group_attributes(ome: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Return OME metadata in the place where a version of the format keeps them."""
    return dict(ome) if version == "0.4" else {"ome": {"version": version, **ome}}


def check_json(name: str, value: object) -> None:
    """Raise when a value has no place in metadata: other objects, NaN and infinity."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as exc:
        kind = TypeError if isinstance(exc, TypeError) else ValueError
        raise kind(f"{name} cannot be written as JSON metadata: {exc}.") from exc


def check_folder_name(argument: str, name: str) -> None:
    """Raise when a name is none for an image within another.

    Levels are folders too, named by their numbers.
    """
    fits = isinstance(name, str) and re.fullmatch(r"[^\W\d_][\w.+-]*", name)
    if not fits or name == "labels":
        raise ValueError(
            f"{argument}={shown(name)} must begin with a letter, hold letters, digits "
            'and "_.+-" only, and not be "labels".'
        )


def check_window(window: tuple[float, float] | None) -> None:
    """Raise when a contrast window is not two ascending, finite numbers."""
    if window is None:
        return
    pair = isinstance(window, tuple | list) and len(window) == 2
    ends = [
        check_number(f"window[{at}]", end, low=-_LARGEST, high=_LARGEST)
        for at, end in enumerate(window if pair else ())
    ]
    if not pair or ends[0] >= ends[1]:
        raise ValueError(
            f"window={shown(window)} must be two finite, ascending numbers."
        )


def check_edges(name: str, edges: tuple[int, int]) -> tuple[int, int]:
    """Return a height and a width as plain integers, or raise."""
    if not isinstance(edges, tuple | list) or len(edges) != 2:
        raise ValueError(
            f"{name}={shown(edges)} must be a height and a width, in pixels, above 0."
        )
    height, width = (
        check_integer(f"{name}[{at}]", edge, minimum=1, unit="pixels")
        for at, edge in enumerate(edges)
    )
    return height, width


def check_dtype(dtype: DTypeLike, kinds: str, words: str) -> np.dtype:
    """Return a dtype of some kinds; ``words`` say which they are."""
    try:
        found = np.dtype(dtype)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"dtype={shown(dtype)} must be {words} type.") from error
    if dtype is None or found.kind not in kinds:
        raise TypeError(f"dtype={shown(dtype)} must be {words} type.")
    return found
