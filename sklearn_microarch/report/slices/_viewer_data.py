"""What the script of the page is given of a slice, as plain JSON."""

import json
from collections.abc import Sequence
from typing import Any

from sklearn_microarch.plotting.panels._orientation_letters import letters_of
from sklearn_microarch.report._words import number_text, printable
from sklearn_microarch.report.slices._backdrop import jpeg_uri, png_uri
from sklearn_microarch.report.slices._layers import MapLayer
from sklearn_microarch.report.slices._palette import pack_paint
from sklearn_microarch.report.slices._planes import pack_codes
from sklearn_microarch.report.slices._slice_view import SliceView


def slice_json(
    view: SliceView, layers: Sequence[MapLayer], outlines: Sequence[str]
) -> str:
    """Return a slice with its layers; nothing in it can end the script it is put in."""
    text = json.dumps(
        _slice_data(view, layers, outlines), separators=(",", ":"), allow_nan=False
    )
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _slice_data(
    view: SliceView, layers: Sequence[MapLayer], outlines: Sequence[str]
) -> dict[str, Any]:
    height, width = view.image.shape
    rows, cols = view.grid.shape
    picture, limits = view.backdrop.picture, view.backdrop.limits
    grey = ""
    if limits is not None:
        grey = (
            f"Grey levels up to {number_text(limits[0])} are black, from "
            f"{number_text(limits[1])} on white."
        )
    return {
        "title": printable(view.title),
        "width": width,
        "height": height,
        "pixelSize": view.image.pixel_size_um,
        "backdrop": {
            # Colour pictures are looked at and never measured.
            "src": png_uri(picture) if picture.ndim == 2 else jpeg_uri(picture),
            "width": picture.shape[1] * view.backdrop.scale,
            "height": picture.shape[0] * view.backdrop.scale,
            "about": grey,
        },
        "cells": {
            "rows": rows,
            "columns": cols,
            "size": view.grid.cell_size,
            "offset": list(view.grid.offset),
        },
        "layers": [_layer_data(layer) for layer in layers],
        "outlines": list(outlines),
        "letters": {
            side: printable(letter) for side, letter in letters_of(view.image).items()
        },
    }


def _layer_data(layer: MapLayer) -> dict[str, Any]:
    plane = layer.plane
    return {
        "kind": layer.kind,
        "title": printable(layer.title),
        "low": plane.low,
        "step": plane.step,
        "names": [printable(name) for name in plane.names],
        "codes": pack_codes(plane.codes),
        "table": None if layer.table is None else pack_paint(layer.table),
        "key": [[color, printable(text)] for color, text in layer.key],
        "shown": layer.shown,
        # Outlines are drawn in full.
        "opacity": 1.0 if layer.kind == "annotation" else layer.opacity,
    }
