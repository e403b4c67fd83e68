"""OME-Zarr metadata as the two versions of the format state them; no file."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    name: str,
    averaged: bool,
    version: str,
) -> list[dict[str, Any]]:
    """Describe a pyramid.

    Parameters
    ----------
    axes : {"cyx", "yx"}
        One letter per axis.
    n_levels : int
        Level i is halved i times.
    pixel_size_um : float or None
        Edge length of a pixel of level 0, in micrometres. None: unknown, the
        scale is in pixels and no unit is stated.
    name : str
        Name of the image.
    averaged : bool
        Whether a pixel is the mean of 2 x 2 finer ones, and so lies between
        them, or one of them.
    version : {"0.4", "0.5"}
        Version of OME-Zarr.

    Returns
    -------
    multiscales : list of dict
        Ready for JSON.
    """
    unit = {} if pixel_size_um is None else {"unit": "micrometer"}
    described: list[dict[str, Any]] = [
        {"name": axis, "type": "channel"}
        if axis == "c"
        else {"name": axis, "type": "space", **unit}
        for axis in axes
    ]
    edge = 1.0 if pixel_size_um is None else pixel_size_um
    n_leading = len(axes) - 2
    datasets = []
    for level in range(n_levels):
        scale = [1.0] * n_leading + [edge * 2**level] * 2
        steps: list[dict[str, Any]] = [{"type": "scale", "scale": scale}]
        if averaged and level:
            shift = [0.0] * n_leading + [edge * (2**level - 1) / 2] * 2
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
    """Describe channels as viewers want them: names, colours and contrast.

    Parameters
    ----------
    names : sequence of str
        Name of each channel.
    windows : sequence of tuple of float
        For each channel the lowest and highest value, and the range to show.

    Returns
    -------
    omero : dict
        Ready for JSON.
    """
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

    Parameters
    ----------
    values : ndarray
        One channel; NaN and infinite values are left out.

    Returns
    -------
    window : tuple of float
        Lowest and highest value, 0 included, then the range to show: from the
        lowest to the 99.9th percentile.
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
    """Describe a label image.

    Parameters
    ----------
    properties : mapping of int to mapping
        What is known of each label, by its value.
    colors : mapping of int to sequence of 4 int, or None
        Red, green, blue and opacity of each label, from 0 to 255.
    version : {"0.4", "0.5"}
        Version of OME-Zarr.

    Returns
    -------
    image_label : dict
        Ready for JSON.

    Raises
    ------
    TypeError
        If a property or a colour cannot be written as JSON.
    ValueError
        If colours and properties are not of the same labels.
    """
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
            {"label-value": int(value), "rgba": [int(part) for part in rgba]}
            for value, rgba in colors.items()
        ]
    check_json("properties", about)
    return {"version": version, **about} if version == "0.4" else about


def group_attributes(ome: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Return OME metadata in the place where a version of the format keeps them."""
    return dict(ome) if version == "0.4" else {"ome": {"version": version, **ome}}


def check_json(name: str, value: object) -> None:
    """Raise when a value has no place in metadata.

    Parameters
    ----------
    name : str
        Argument, for the message.
    value : object
        To be written as JSON.

    Raises
    ------
    TypeError, ValueError
        If it holds anything but texts, numbers, lists and dictionaries of
        them, or a number that is not finite.
    """
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as exc:
        raise type(exc)(f"{name} cannot be written as JSON metadata: {exc}.") from exc


def check_folder_name(argument: str, name: str) -> None:
    """Raise when a name is none for an image within another.

    Levels are folders too, named by their numbers.

    Raises
    ------
    ValueError
        If it does not begin with a letter, holds anything but letters, digits,
        points, hyphens, plus signs and underscores, or is "labels".
    """
    if not re.fullmatch(r"[^\W\d_][\w.+-]*", name) or name == "labels":
        raise ValueError(
            f"{argument}={name!r} must begin with a letter, hold letters, digits and "
            '"_.+-" only, and not be "labels".'
        )


def check_window(window: tuple[float, float] | None) -> None:
    """Raise when a contrast window is not two ascending, finite numbers.

    Raises
    ------
    ValueError
        States the window.
    """
    if window is None:
        return
    if len(window) != 2 or not (
        all(map(math.isfinite, window)) and window[0] < window[1]
    ):
        raise ValueError(f"window={window!r} must be two finite, ascending numbers.")


def check_edges(name: str, edges: tuple[int, int]) -> tuple[int, int]:
    """Return a height and a width as plain integers, or raise.

    Raises
    ------
    ValueError
        If they are not two integers above 0.
    """
    if len(edges) != 2 or not all(
        isinstance(edge, int | np.integer) and edge > 0 for edge in edges
    ):
        raise ValueError(
            f"{name}={edges!r} must be a height and a width, in pixels, above 0."
        )
    return int(edges[0]), int(edges[1])
