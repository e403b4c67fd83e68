"""What tables say of a mapped slice, from the record of its mapping."""

from typing import Any

import numpy as np

# What a record says of a slice only where it is known.
KNOWN = ("group", "side", "z_um", "details")


def facts_of(record: dict[str, Any]) -> dict[str, float | str]:
    """Return ``about`` of `MicroarchMaps`; of several channels, the mean."""
    model, settings = record.get("model") or {}, record.get("settings") or {}
    facts: dict[str, float | str] = {
        name: float(np.mean(values))
        for name, values in (record.get("exposure") or {}).items()
    }
    # In pixels of the slice as given.
    shape = model.get("patch_shape") or []
    if len(shape) > 1:
        facts["patch_size"] = float(shape[-1]) * settings.get("scale", 1.0)
    verdict = (record.get("drift") or {}).get("verdict")
    for name, word in (
        ("model_fingerprint", model.get("fingerprint")),
        ("drift_verdict", verdict),
    ):
        if word is not None:
            facts[name] = str(word)
    return facts
