"""The section on regions: the map, and how much of the slice each region takes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sklearn_microarch.report._words import percent
from sklearn_microarch.report.contents._tables import Table, table_of
from sklearn_microarch.report.slices._drawn_slice import DrawnSlice
from sklearn_microarch.report.slices._layers import Key
from sklearn_microarch.report.slices._slice_view import SliceView
from sklearn_microarch.report.slices._still_picture import Still


@dataclass(frozen=True)
class SlicePart:
    """Picture, key and table of one slice in a section."""

    title: str
    still: Still
    key: Key
    table: Table | None = None
    note: str = ""


def annotation_part(drawn: DrawnSlice) -> SlicePart | None:
    """Return the annotation over its slice; None where there is none."""
    layers = drawn.of_kind("annotation")
    if not layers:
        return None
    still = drawn.still(layers, "Annotated regions", outlined=True)
    return SlicePart(drawn.view.title, still, layers[0].key)


def region_part(drawn: DrawnSlice) -> SlicePart | None:
    """Return the predicted regions over their slice; None where there are none."""
    view, layers = drawn.view, drawn.of_kind("regions", "unknown")
    regions = view.predicted_regions
    if regions is None:
        return None
    still = drawn.still(layers, "Predicted regions", outlined=True)
    seen = {view.maps.region_names[at] for at in np.unique(regions[regions >= 0])}
    key = [entry for entry in layers[0].key if entry[1] in seen]
    key += [entry for layer in layers[1:] for entry in layer.key]
    note = ""
    if drawn.outlines:
        note = (
            "White lines: the annotation. Where the model was trained on this very "
            "slice, agreement says nothing of other slices."
        )
    return SlicePart(view.title, still, key, table_of(_region_rows(view)), note)


def _region_rows(view: SliceView) -> list[dict[str, Any]]:
    """Return a row for each region."""
    assert view.predicted_regions is not None
    n_mapped = int((view.predicted_regions >= 0).sum())
    annotated = view.annotated_cells()
    rows = []
    for at, name in enumerate(view.maps.region_names):
        inside = view.predicted_regions == at
        number = int(inside.sum())
        row: dict[str, Any] = {"region": name}
        if view.cell_area_mm2 is None:
            row["cells"] = number
        else:
            row["area_mm2"] = f"{number * view.cell_area_mm2:.2f}"
        row["share of the map"] = percent(number / max(1, n_mapped))
        if view.region_probabilities is not None and number:
            mean = float(view.region_probabilities[inside, at].mean())
            row["mean probability"] = f"{mean:.2f}"
        if view.novelty is not None and number:
            row["unknown"] = percent(float((view.novelty[inside] > 1).mean()))
        if annotated is not None and name in view.annotated_names:
            true = annotated == view.annotated_names.index(name)
            true &= view.predicted_regions >= 0
            if true.any():
                row["annotated, and predicted so"] = percent(float(inside[true].mean()))
        rows.append(row)
    return rows
