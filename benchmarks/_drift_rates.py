"""Rates of false alarms and detections, with exact intervals."""

import numpy as np
from scipy.stats import binomtest

FALL = 0.05
# Accuracy that falls by less holds.
HOLDS = 0.02


def rates(specimens: list[dict]) -> dict:
    """Return false-alarm and detection rates over specimens."""
    cases = [case for one in specimens for case in one["cases"]]
    parts = [
        part | {"specimen": s["specimen"]} for s in specimens for part in s["parts"]
    ]
    fallen = [case for case in cases if case["fall"] > FALL]
    holds = [case for case in cases if case["fall"] <= HOLDS]
    animals = [case for case in cases if case["kind"] == "animal"]
    kinds = sorted({case["kind"] for case in fallen})
    return {
        "specimens": [one["specimen"] for one in specimens],
        "same_slice_parts": rate(parts),
        "other_animals_that_hold": rate([case for case in animals if case in holds]),
        "other_animals": rate(animals),
        "falls": rate(fallen),
        "falls_by_kind": {
            kind: rate([case for case in fallen if case["kind"] == kind])
            for kind in kinds
        },
        "missed": [
            f"specimen {case['specimen']}, {case['case']}, fall {case['fall']:.3f}"
            for case in fallen
            if not case["alarm"]
        ],
        "all_that_hold": rate(holds),
    }


def rate(judged: list[dict]) -> dict:
    """Return alarms, of how many, the exact interval, and the range over specimens."""
    n_alarms = sum(one["alarm"] for one in judged)
    if not judged:
        return {"alarms": 0, "of": 0}
    interval = binomtest(n_alarms, len(judged)).proportion_ci(method="exact")
    shares = [
        float(np.mean([one["alarm"] for one in judged if one["specimen"] == specimen]))
        for specimen in {one["specimen"] for one in judged}
    ]
    return {
        "alarms": n_alarms,
        "of": len(judged),
        "interval": [round(interval.low, 3), round(interval.high, 3)],
        "over_specimens": [round(min(shares), 3), round(max(shares), 3)],
    }
