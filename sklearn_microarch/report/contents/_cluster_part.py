"""The section on clusters: the map, what each is made of, and what it looks like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sklearn_microarch.report._words import percent
from sklearn_microarch.report.contents._region_part import SlicePart
from sklearn_microarch.report.contents._tables import table_of
from sklearn_microarch.report.exemplars._exemplar_patches import PatchRow
from sklearn_microarch.report.slices._drawn_slice import DrawnSlice
from sklearn_microarch.report.slices._slice_view import SliceView


@dataclass(frozen=True)
class ClusterPart:
    """One cluster on all slices."""

    title: str
    color: str
    patches: list[PatchRow]


def cluster_map(drawn: DrawnSlice) -> SlicePart | None:
    """Return the clusters over their slice; None where there are none."""
    view, layers = drawn.view, drawn.of_kind("clusters")
    if not layers:
        return None
    still = drawn.still(layers, "Clusters")
    note = ""
    if view.predicted_regions is not None:
        note = "In a region: share of the cluster's cells, by predicted region."
    return SlicePart(
        view.title, still, layers[0].key, table_of(_cluster_rows(view)), note
    )


def _cluster_rows(view: SliceView) -> list[dict[str, Any]]:
    """Return a row for each cluster."""
    assert view.clusters is not None
    n_mapped = int((view.clusters >= 0).sum())
    rows = []
    for at, name in enumerate(view.cluster_names):
        inside = view.clusters == at
        number = int(inside.sum())
        row: dict[str, Any] = {"cluster": name}
        if view.cell_area_mm2 is None:
            row["cells"] = number
        else:
            row["area_mm2"] = f"{number * view.cell_area_mm2:.2f}"
        row["share of the map"] = percent(number / max(1, n_mapped))
        if view.predicted_regions is not None and number:
            for place, region in enumerate(view.maps.region_names):
                share = float((view.predicted_regions[inside] == place).mean())
                row[f"in {region}"] = percent(share)
        if view.novelty is not None and number:
            row["unknown"] = percent(float(np.mean(view.novelty[inside] > 1)))
        rows.append(row)
    return rows


def cluster_parts(
    names: Sequence[str],
    colors: Mapping[str, str],
    patches: Mapping[str, list[PatchRow]],
) -> list[ClusterPart]:
    """Return the patches of each cluster that has any."""
    return [
        ClusterPart(name, colors[name], patches[name])
        for name in names
        if name in patches
    ]
