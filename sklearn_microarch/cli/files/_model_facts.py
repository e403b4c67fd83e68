"""What a model file says of its model, and of the annotations it was trained on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sklearn_microarch.model_file import read_manifest
from sklearn_microarch.sheets._file_fingerprint import file_fingerprint


def model_file_facts(path: Path, annotations: Path | None) -> dict[str, Any]:
    """Return what the file says; annotations are looked for in a folder, and beside."""
    manifest = read_manifest(path)
    model, told = manifest["model"], manifest["facts"]
    places = [place for place in (annotations, path.parent) if place is not None]
    fingerprints = told.get("annotations") or {}
    return {
        "regions": [region["name"] for region in model["regions"]],
        "patch": " x ".join(str(length) for length in model["patch_shape"]),
        "pixel_size_um": model["pixel_size_um"],
        "grey_levels": model["grey_levels"]["dtype"],
        "factors": model["n_factors"],
        "clusters": model["n_clusters"],
        "knows_unknown_tissue": bool(model["novelty"]),
        "knows_drift": bool(model["drift_reference"]),
        **_training_facts(told.get("training") or {}),
        "annotations": {
            name: f"{_state(name, str(known), places)} (sha256 {str(known)[:12]})"
            for name, known in fingerprints.items()
        },
        "versions": manifest["versions"],
        "fingerprint": model["fingerprint"],
        "trust_needed": list(model["needs_trust"]),
    }


def _training_facts(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return on what the model was trained, and how well it did."""
    sections = record.get("sections") or []
    if not sections:
        return {}
    found: dict[str, Any] = {
        "trained_on": {
            str(one.get("name")): one.get("animal") or "animal unknown"
            for one in sections
        }
    }
    judged = record.get("validation") or {}
    if judged.get("balanced_accuracy") is not None:
        words = f"{judged['balanced_accuracy']:.2f}"
        if judged.get("low") is not None and judged.get("high") is not None:
            words += f" ({judged['low']:.2f} to {judged['high']:.2f})"
        found["accuracy_on_held_out_tissue"] = words
    return found


def _state(name: str, known: str, places: list[Path]) -> str:
    """Return whether an annotation is still the one that the model learned from."""
    found = [place / name for place in places if (place / name).exists()]
    if not found:
        return "not found beside the model; name its folder with --annotations"
    if any(file_fingerprint(path) == known for path in found):
        return "unchanged"
    return "has CHANGED since the training"
