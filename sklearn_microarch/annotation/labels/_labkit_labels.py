"""Scribbles of Labkit: sparse pixels [x, y] by label, in JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.annotation._region_names import Color, listed
from sklearn_microarch.annotation.labels._label_picture import (
    LabelPicture,
    check_pixel_count,
    choose_plane,
)
from sklearn_microarch.annotation.tables._table_colors import color_of_hex
from sklearn_microarch.annotation.tables._table_text import read_text

_MAX_BYTES = 16 * 1024**2


def is_labkit(content: object) -> bool:
    """Tell whether decoded JSON is laid out as Labkit's labels."""
    return isinstance(content, Mapping) and {"interval", "labels"} <= set(content)


def decode_labkit(
    path: Path, *, shape: tuple[int, int] | None, z: int | None, t: int | None
) -> LabelPicture:
    """Return the labels of pixels that were painted, 0 elsewhere."""
    content = json.loads(read_text(path, max_bytes=_MAX_BYTES))
    if not is_labkit(content) or not isinstance(content["labels"], Mapping):
        raise ValueError("it has no 'interval' and 'labels', as files of Labkit have")
    low, high = _interval(content["interval"])
    size = [last - first + 1 for first, last in zip(low, high, strict=True)]
    check_pixel_count((size[1], size[0]), shape)
    deep = [z, t] if len(size) > 3 or t is None else [t]
    names = ("z", "t") if len(deep) == 2 else ("t",)
    at = [
        first + choose_plane(name, length, given)
        for name, first, length, given in zip(
            names, low[2:] or [0], size[2:] or [1], deep, strict=False
        )
    ]
    codes = np.zeros((size[1], size[0]), dtype=np.int32)
    lost: dict[str, int] = {}
    before = np.zeros(0, dtype=np.int64)
    for code, (name, listed_pixels) in enumerate(content["labels"].items(), 1):
        pixels = _pixels(name, listed_pixels, low, high)
        pixels = pixels[(pixels[:, 2:] == at[: len(size) - 2]).all(axis=1)]
        rows, cols = pixels[:, 1] - low[1], pixels[:, 0] - low[0]
        before = codes[rows, cols]
        for other in before[before > 0].tolist():
            key = list(content["labels"])[other - 1]
            lost[key] = lost.get(key, 0) + 1
        codes[rows, cols] = code
    return LabelPicture(
        codes,
        names={code: str(name) for code, name in enumerate(content["labels"], 1)},
        colors=_colors(content),
        notes=tuple(_notes(low, lost)),
    )


def _interval(interval: Any) -> tuple[list[int], list[int]]:  # noqa: ANN401 - JSON
    try:
        low, high = list(interval["min"]), list(interval["max"])
    except (TypeError, KeyError) as exc:
        raise ValueError(f"its interval {shown(interval)} has no min and max") from exc
    whole = all(type(end) is int and abs(end) < 2**31 for end in low + high)
    if not whole or len(low) != len(high) or not 2 <= len(low) <= 4:
        raise ValueError(
            f"its interval {shown(interval)} is not that of a picture: two to four "
            "whole numbers each"
        )
    return low, high


def _pixels(name: str, given: object, low: list[int], high: list[int]) -> np.ndarray:
    try:
        pixels = np.array(given, dtype=np.int64).reshape(-1, len(low))
    except (TypeError, ValueError, OverflowError) as exc:
        raise ValueError(
            f"its label {name!r} is no list of pixels of {len(low)} whole numbers"
        ) from exc
    if isinstance(given, list) and len(pixels) != len(given):
        raise ValueError(
            f"its label {name!r} has pixels that are no {len(low)} numbers"
        )
    outside = ((pixels < low) | (pixels > high)).any(axis=1)
    if outside.any():
        raise ValueError(
            f"{outside.sum()} of the {len(pixels)} pixels of its label {name!r} lie "
            f"outside its interval, the first at {pixels[outside][0].tolist()}"
        )
    return pixels


def _colors(content: Mapping[str, Any]) -> dict[int, Color]:
    stated = content.get("colors")
    if not isinstance(stated, Mapping):
        return {}
    found = {
        code: color_of_hex(str(stated.get(name, "")))
        for code, name in enumerate(content["labels"], 1)
    }
    return {code: color for code, color in found.items() if color is not None}


def _notes(low: list[int], lost: dict[str, int]) -> list[str]:
    notes = ["it holds scribbles: only the pixels painted are annotated."]
    if any(low[:2]):
        notes.append(f"its first pixel is ({low[1]}, {low[0]}) of the picture.")
    if lost:
        shares = listed(f"{name!r} {count} pixels" for name, count in lost.items())
        notes.append(f"where labels overlap the later one counts: {shares} lost.")
    return notes
