"""Regions as a table: codes, names, colours, areas."""

import colorsys
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from sklearn_microarch._whole import replace_file

if TYPE_CHECKING:
    from sklearn_microarch.annotation._region_names import Color
    from sklearn_microarch.annotation._roi_map import RoiMap

_GOLDEN = 0.618033988749895


def drawn_colors(rois: "RoiMap") -> "dict[int, Color]":
    """Return a colour of every region; those without one get one that stands out."""
    colors: dict[int, Color] = {}
    for number, code in enumerate(rois.names):
        if code in rois.colors:
            colors[code] = rois.colors[code]
        else:
            levels = colorsys.hsv_to_rgb(number * _GOLDEN % 1.0, 0.6, 0.9)
            red, green, blue = (round(255 * level) for level in levels)
            colors[code] = (red, green, blue)
    return colors


def names_as_text(rois: "RoiMap") -> str:
    """Return lines of code, name and colour, for the metadata of a picture."""
    colors = drawn_colors(rois)
    rows: list[list[object]] = [["id", "name", "red", "green", "blue"]]
    rows += [[code, name, *colors[code]] for code, name in rois.names.items()]
    return _lines(rows)


def write_region_table(rois: "RoiMap", path: Path) -> None:
    """Write a CSV file with a line a region; areas where the pixel size is known."""
    areas, colors = rois.areas(), drawn_colors(rois)
    edge = rois.pixel_size_um
    rows: list[list[object]] = [
        ["id", "name", "red", "green", "blue", "pixels", "area_mm2"]
    ]
    for code, name in rois.names.items():
        pixels = areas.get(name, 0)
        area = "" if edge is None else f"{pixels * edge**2 / 1e6:.9g}"
        rows.append([code, name, *colors[code], pixels, area])
    with replace_file(path) as file:
        file.write(_lines(rows).encode())


def _lines(rows: list[list[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
