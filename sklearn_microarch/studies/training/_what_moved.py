"""What another annotation changed: recalls that moved, and where regions changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_microarch.mapping import MicroarchMaps, map_slice
from sklearn_microarch.model_file import load_model, read_manifest
from sklearn_microarch.studies.training._annotated_sections import AnnotatedSection

Record = dict[str, Any]


def what_moved(
    before: Path,
    pipeline: Pipeline,
    sections: Sequence[AnnotatedSection],
    record: Mapping[str, Any],
    *,
    stride: int,
) -> Record:
    """Compare a model with an earlier one, on the sections and by their validations."""
    facts = read_manifest(before).get("facts") or {}
    earlier = facts.get("training") or {}
    old = load_model(before)
    return {
        "model": before.name,
        "annotations": changed_files(facts.get("annotations") or {}, record),
        "recalls": moved_recalls(
            earlier.get("validation") or {}, record.get("validation") or {}
        ),
        "regions": [
            {
                "section": one.name,
                "changed": share_changed(
                    map_slice(old, one.image, stride=stride, check_drift=False),
                    map_slice(pipeline, one.image, stride=stride, check_drift=False),
                ),
            }
            for one in sections
        ],
    }


def changed_files(known: Mapping[str, str], record: Mapping[str, Any]) -> list[str]:
    """Return the annotations that are other than they were, or new."""
    return [
        one["annotation"]
        for one in record["sections"]
        if known.get(one["annotation"]) != one["annotation_fingerprint"]
    ]


def moved_recalls(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Record]:
    """Return the recalls of regions that both models have, and which moved.

    One has moved where it lies outside of the interval it had before.
    """
    old = {row["region"]: row for row in before.get("regions", [])}
    return [
        {
            "region": row["region"],
            "before": old[row["region"]]["recall"],
            "after": row["recall"],
            "moved": not (
                old[row["region"]]["low"] <= row["recall"] <= old[row["region"]]["high"]
            ),
        }
        for row in after.get("regions", [])
        if row["region"] in old
    ]


def share_changed(before: MicroarchMaps, after: MicroarchMaps) -> float | None:
    """Return the share of the cells both map in which the predicted region changed."""
    if before.grid.shape != after.grid.shape or before.cell_size != after.cell_size:
        before, after = before.expand(), after.expand()
    names = [np.array([*maps.region_names, ""]) for maps in (before, after)]
    assert before.predicted_regions is not None
    assert after.predicted_regions is not None
    both = (before.predicted_regions >= 0) & (after.predicted_regions >= 0)
    if not both.any():
        return None
    old = names[0][before.predicted_regions[both]]
    new = names[1][after.predicted_regions[both]]
    return float((old != new).mean())


def moved_in_words(moved: Mapping[str, Any]) -> list[str]:
    """Return what moved, a sentence each."""
    files = moved["annotations"]
    s, names = "" if len(files) == 1 else "s", ", ".join(files)
    changed = f"{len(files)} annotation{s} changed ({names})." if files else ""
    lines = [f"Against {moved['model']}: {changed or 'no annotation changed.'}"]
    for row in moved["recalls"]:
        if row["moved"]:
            way = "rose" if row["after"] > row["before"] else "fell"
            lines.append(
                f"{row['region']}: the share told right {way} from "
                f"{row['before']:.0%} to {row['after']:.0%}."
            )
    if moved["recalls"] and len(lines) == 1:
        lines.append("No region's share told right moved out of its interval.")
    for row in moved["regions"]:
        if row["changed"] is not None:
            lines.append(
                f"{row['section']}: the region changed in {row['changed']:.1%} of the "
                "tissue."
            )
    return lines
