"""How well the network tells regions apart in tissue that was set apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn_microarch.report._words import percent
from sklearn_microarch.report.contents._tables import Table, as_dicts, table_of

# Sides of the curve, in units of its drawing.
CURVE_WIDTH, CURVE_HEIGHT = 300.0, 110.0


@dataclass(frozen=True)
class RegionScore:
    """Share of a region's centres that were told right, with its interval."""

    region: str
    recall: float | None
    low: float | None
    high: float | None
    # What else the record says, by column.
    more: dict[str, Any]


@dataclass(frozen=True)
class TrainingPart:
    """The section on training and validation."""

    sentences: list[str]
    scores: list[RegionScore]
    more_columns: list[str]
    tables: list[Table]
    # Points of the curve as a drawing takes them; "" where there is none.
    curve: str
    curve_text: str


def training_part(training: Mapping[str, Any] | None) -> TrainingPart | None:
    """Return what a training record says of its validation, None for nothing."""
    if training is None:
        return None
    validation = training.get("validation") or {}
    scores = [
        _score(row)
        for row in as_dicts(
            validation.get("regions") or [], "training['validation']['regions']"
        )
    ]
    points, words = _curve(training.get("curve") or [])
    part = TrainingPart(
        [*_sentences(validation), *_animal_sentences(training.get("animals"))],
        scores,
        list(dict.fromkeys(key for score in scores for key in score.more)),
        [
            *_animal_tables(training.get("animals")),
            *_moved_tables(training.get("moved")),
        ],
        points,
        words,
    )
    is_empty = not (part.sentences or scores or part.tables or points)
    return None if is_empty else part


def _score(row: Mapping[str, Any]) -> RegionScore:
    rest = dict(row)
    region = str(rest.pop("region", ""))
    recall, low, high = (
        _share(rest.pop(key, None)) for key in ("recall", "low", "high")
    )
    return RegionScore(region, recall, low, high, rest)


def _share(value: object) -> float | None:
    is_share = isinstance(value, int | float) and 0 <= value <= 1
    return float(value) if is_share else None  # type: ignore[arg-type]


def _sentences(validation: Mapping[str, Any]) -> list[str]:
    accuracy = _share(validation.get("balanced_accuracy"))
    if accuracy is None:
        return []
    interval = _interval(validation)
    return [
        f"Of the patches set apart, {percent(accuracy)} were told right, as a mean "
        f"over regions{interval}. They share no pixel with those trained on.",
        "They are of the same slices: another animal may be told worse.",
    ]


def _animal_sentences(animals: object) -> list[str]:
    """Return how well animals that were left out are told."""
    if not isinstance(animals, Mapping):
        return []
    accuracy = _share(animals.get("balanced_accuracy"))
    if accuracy is None:
        return []
    return [
        f"Of patches of an animal that the network never saw, {percent(accuracy)} were "
        f"told right{_interval(animals)}."
    ]


def _interval(about: Mapping[str, Any]) -> str:
    low, high = _share(about.get("low")), _share(about.get("high"))
    if low is None or high is None:
        return ""
    return f" (95\u00a0% interval {percent(low)} to {percent(high)})"


def _curve(curve: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Return points of the share right by epoch, and the curve in words."""
    found = [
        (float(row["epoch"]), share)
        for row in as_dicts(curve, "training['curve']")
        if "epoch" in row and (share := _share(row.get("share_right"))) is not None
    ]
    if len(found) < 2:
        return "", ""
    first, last = found[0][0], found[-1][0]
    span = (last - first) or 1.0
    points = " ".join(
        f"{CURVE_WIDTH * (epoch - first) / span:.1f},{CURVE_HEIGHT * (1 - share):.1f}"
        for epoch, share in found
    )
    words = (
        f"Share told right in the part set apart: {found[0][1]:.2f} after pass "
        f"{first:g} over the patches, {found[-1][1]:.2f} after pass {last:g}."
    )
    return points, words


def _animal_tables(animals: object) -> list[Table]:
    """Return what is said of each animal, as rows or as a dict that holds them."""
    if isinstance(animals, Mapping):
        animals = animals.get("left_out")
    if not animals:
        return []
    table = table_of(
        animals,
        "Animals left out in turn",
        note="Each animal was told by a network that never saw the animal.",
        argument="training['animals']",
    )
    return [] if table is None else [table]


def _moved_tables(moved: Mapping[str, Any] | None) -> list[Table]:
    """Return what changed since an earlier model."""
    titles = {
        "recalls": "Regions told better or worse than by the earlier model",
        "regions": "Share of each slice that has another region than before",
    }
    found = [
        table_of((moved or {}).get(key) or [], title, argument="training['moved']")
        for key, title in titles.items()
    ]
    return [table for table in found if table is not None]
