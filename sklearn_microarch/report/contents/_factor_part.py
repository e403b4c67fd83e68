"""The section on factors: where each is active, and which regions it covers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._walk import PipelineSteps
from sklearn_microarch.plotting.colors._clip import clip_limits, factor_title
from sklearn_microarch.report._words import percent
from sklearn_microarch.report.contents._region_part import SlicePart
from sklearn_microarch.report.contents._tables import (
    Table,
    as_dicts,
    table_of,
)
from sklearn_microarch.report.slices._drawn_slice import DrawnSlice
from sklearn_microarch.report.slices._slice_view import SliceView

_MOST_NAMED = 3
_LEAST_NAMED = 0.05


@dataclass(frozen=True)
class FactorPart:
    """One factor on all slices."""

    title: str
    color: str
    slices: list[SlicePart]


def factor_limits(views: Sequence[SliceView], names: Sequence[str]) -> dict[str, float]:
    """Return where each factor has its full colour, on all slices alike.

    The 99th percentile of its positive loadings over all slices; 0 where it has none.
    """
    limits = {}
    for name in names:
        each = [
            view.factors[..., view.maps.factor_names.index(name)][..., np.newaxis]
            for view in views
            if view.factors is not None and name in view.maps.factor_names
        ]
        limits[name] = float(np.nan_to_num(clip_limits(each)[0]))
    return limits


def factor_parts(
    slices: Sequence[DrawnSlice], names: Sequence[str], colors: Mapping[str, str]
) -> list[FactorPart]:
    """Return a part for each factor."""
    return [
        FactorPart(
            factor_title(name),
            colors[name],
            [
                _factor_on(drawn, drawn.view.maps.factor_names.index(name))
                for drawn in slices
                if name in drawn.view.maps.factor_names
            ],
        )
        for name in names
    ]


def _factor_on(drawn: DrawnSlice, at: int) -> SlicePart:
    """Return one factor over a slice."""
    view, layer = drawn.view, drawn.of_kind("factor")[at]
    assert view.factors is not None
    still = drawn.still([layer], layer.title, small=True)
    note = _cover_in_words(view, view.factors[..., at])
    return SlicePart(view.title, still, layer.key, note=note)


def _cover_in_words(view: SliceView, loadings: NDArray) -> str:
    """Return in which regions the factor's loading lies."""
    found = view.annotated_cells()
    names, source = view.annotated_names, "annotated"
    if found is None:
        found, names, source = (
            view.predicted_regions,
            view.maps.region_names,
            "predicted",
        )
    if found is None:
        return ""
    weights = np.nan_to_num(loadings).clip(0, None)
    total = float(weights.sum())
    if total == 0:
        return "The factor is active nowhere on this slice."
    sums = np.bincount((found + 1).ravel(), weights.ravel(), minlength=len(names) + 1)
    shares = sums / total
    order = 1 + np.argsort(-shares[1:], kind="stable")
    told = [
        f"{names[at - 1]} {percent(float(shares[at]))}"
        for at in order[:_MOST_NAMED].tolist()
        if shares[at] >= _LEAST_NAMED
    ]
    if shares[0] >= _LEAST_NAMED and source == "annotated":
        told.append(f"outside of the annotation {percent(float(shares[0]))}")
    if not told:
        return f"The factor's loading is spread over all {source} regions."
    return f"Where the factor's loading lies, by {source} region: {', '.join(told)}."


def training_factors(
    steps: PipelineSteps | None, training: Mapping[str, Any] | None
) -> Table | None:
    """Return where factors were active at the training, as the record or model says."""
    recorded = (training or {}).get("factors")
    if recorded:
        return table_of(
            [_recorded_row(row) for row in as_dicts(recorded, "training['factors']")],
            "Where factors were active at the training",
            note="Shares of the patches in which a factor is active. Inside: of the "
            "factor's region. Outside: of all others. Rim: of those along the edge of "
            "the slice. Mean in an animal: mean loading inside.",
        )
    selection = None if steps is None else steps.selection
    if selection is None:
        return None
    return table_of(
        _selected_rows(selection),
        "Where the selected factors were active at the training",
        note="Inside: share of the region's patches in which the factor is active. "
        "Outside: the same of all other patches.",
    )


def _recorded_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a training record with shares in per cent."""
    shown = dict(row)
    for key in ("inside", "outside", "rim"):
        if isinstance(shown.get(key), int | float):
            shown[key] = percent(float(shown[key]))
    means = shown.pop("per_animal", None) or {}
    return shown | {f"mean in {animal}": mean for animal, mean in means.items()}


def _selected_rows(selection: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a selector
    regions = selection.rois_.tolist()
    numbers = selection.get_support(indices=True).tolist()
    rows = []
    for number, region in zip(numbers, selection.matched_rois_.tolist(), strict=True):
        at = regions.index(region)
        inside, outside = (
            selection.coverage_[number, at],
            selection.leakage_[number, at],
        )
        rows.append(
            {
                "factor": f"Factor {number}",
                "region": str(region),
                "inside": percent(float(inside)),
                "outside": percent(float(outside)),
            }
        )
    return rows
