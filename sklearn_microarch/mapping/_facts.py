"""What tables say of a mapped slice, from the record of its mapping."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_microarch.drift._drift_check import as_record
from sklearn_microarch.images import SliceImage

if TYPE_CHECKING:
    from sklearn_microarch.mapping._microarch_maps import MicroarchMaps

# What a record says of a slice only where it is known.
KNOWN = ("group", "side", "z_um", "details")


def about_image(image: SliceImage) -> dict[str, Any]:
    """Return what a record says of a slice, as plain JSON values."""
    return {
        "name": image.name,
        "specimen": image.specimen,
        **{
            key: dict(value) if key == "details" else value
            for key in KNOWN
            if (value := getattr(image, key)) not in (None, {})
        },
        "shape": list(image.data.shape),
        "dtype": str(image.dtype),
        "pixel_size_um": image.pixel_size_um,
    }


def record_of(maps: "MicroarchMaps") -> dict[str, Any]:
    """Return the record of maps, with what they are now where it says otherwise."""
    known = dict(maps.record)
    drift = known.get("drift") if maps.drift is None else as_record(maps.drift)
    return known | {
        "model": known.get("model"),
        "settings": dict(known.get("settings") or {})
        | {"cell_size": maps.cell_size, "offset": list(maps.offset)},
        "image": dict(known.get("image") or {}) | about_image(maps.image),
        "factors": maps.factor_names,
        "regions": maps.region_names if maps.region_probabilities is not None else [],
        "clusters": maps.clusters is not None,
        "novelty": maps.novelty is not None,
        "drift": drift,
    }


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
