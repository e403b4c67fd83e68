"""What a reader has to know before the maps: warnings, drift, novelty."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sklearn_microarch.drift._drift_check import ALARMS
from sklearn_microarch.report._words import percent
from sklearn_microarch.report.slices._slice_view import SliceView

# Of tissue like that of the training, so much lies above 1; see `novelty`.
_USUAL_NOVEL = 0.05
_MUCH_NOVEL = 0.2
_DRIFT = {
    "same": "The slice is like those the model knows (drift: same).",
    "shifted": "The slice is shifted against those the model knows (drift: shifted): "
    "its maps are less exact.",
    "unlike": "The slice is unlike those the model knows (drift: unlike): do not trust "
    "its maps.",
    "unchecked": "The slice was not compared with those the model knows.",
}


@dataclass(frozen=True)
class Alert:
    """One sentence or a few, and how serious they are."""

    # "warning", "note" or "good"; the page says it in a word and by a colour.
    level: str
    text: str
    # Slice that it is about; "" for all.
    about: str = ""


def find_alerts(
    views: Sequence[SliceView],
    training: Mapping[str, Any] | None,
    notes: Iterable[str],
) -> list[Alert]:
    """Return all alerts, warnings first."""
    found = [Alert("warning", str(words)) for words in notes]
    for words in (training or {}).get("warnings") or []:
        found.append(Alert("warning", str(words), "training"))
    for view in views:
        title = view.title if len(views) > 1 else ""
        for alert in (
            *_drift_alerts(view),
            *_novelty_alerts(view),
            *_slice_alerts(view),
        ):
            found.append(replace(alert, about=title))
    order = ("warning", "note", "good")
    together = _said_once(found, len(views))
    return sorted(together, key=lambda alert: order.index(alert.level))


def _said_once(alerts: Sequence[Alert], n_slices: int) -> list[Alert]:
    """Return alerts of which those that hold for each of several slices stand once."""
    if n_slices < 2:
        return list(alerts)
    times = Counter((alert.level, alert.text) for alert in alerts if alert.about)
    found: dict[Alert, None] = {}
    for alert in alerts:
        of_all = times[alert.level, alert.text] == n_slices
        found[replace(alert, about="all slices") if of_all else alert] = None
    return list(found)


def _drift_alerts(view: SliceView) -> Iterator[Alert]:
    drift = view.maps.drift
    if drift is None:
        if view.mapped is not None and not view.is_across_planes:
            yield Alert("note", _DRIFT["unchecked"])
        return
    level = "warning" if drift.verdict in ALARMS else "good"
    if drift.verdict == "unchecked":
        level = "note"
    verdict = _DRIFT.get(drift.verdict, drift.verdict)
    yield Alert(level, f"{verdict} {_sentence(drift.message)}")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _novelty_alerts(view: SliceView) -> Iterator[Alert]:
    if view.novelty is None or not np.isfinite(view.novelty).any():
        return
    share = float((view.novelty > 1).sum() / np.isfinite(view.novelty).sum())
    words = (
        f"Novelty: {percent(share)} of the mapped tissue is unlike all tissue that the "
        "network was trained on. The region map stripes such tissue in grey. About "
        f"{percent(_USUAL_NOVEL)} is usual."
    )
    level = "warning" if share > _MUCH_NOVEL else "note"
    yield Alert(level if share > _USUAL_NOVEL else "good", words)


def _slice_alerts(view: SliceView) -> Iterator[Alert]:
    if view.image.pixel_size_um is None:
        words = "The pixel size is unknown: there are no scale bars and no areas."
        yield Alert("note", words)
