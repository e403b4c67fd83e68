"""Train a model on one annotated slice and write it to a file."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.drift import fit_drift_reference
from sklearn_microarch.exceptions import NoDriftReferenceWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.model_file import save_model
from sklearn_microarch.model_file._save_model import check_place
from sklearn_microarch.pipeline import make_microarch_pipeline
from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.studies.training._start_record import (
    as_plain,
    region_color_codes,
    start_record,
    training_curve,
)


@dataclass(frozen=True)
class TrainSettings:
    """What a user chooses in the widget."""

    patch_size_um: float = 150.0
    stride: int = 8
    n_components: int = 15
    # Passes of the network over the patches; None as the network has it.
    max_epochs: int | None = None
    overwrite: bool = False
    random_state: int = 0


@dataclass(frozen=True)
class TrainedModel:
    """Where a model was written, and the share right on the part set apart."""

    path: Path
    share_right: float | None

    def __str__(self) -> str:
        if self.share_right is None:
            return f"The model is in {self.path}."
        return (
            f"The model is in {self.path}. On patches set apart, "
            f"{100 * self.share_right:.0f} % of the regions were told right."
        )


def train_on_labels(
    image: SliceImage,
    rois: RoiMap,
    path: Path,
    settings: TrainSettings,
    say: Callable[[str], None] = lambda _: None,
) -> TrainedModel:
    """Fit a pipeline on one slice and write it; the place is checked first.

    ValueError where the pixel size of the slice is unknown or less than two regions
    are annotated.
    """
    check_place(path, overwrite=settings.overwrite)
    _check_trainable(image, rois)
    sampler = PatchSampler(
        patch_size_um=settings.patch_size_um, random_state=settings.random_state
    )
    pipeline = make_microarch_pipeline(
        sampler=sampler,
        n_components=settings.n_components,
        random_state=settings.random_state,
    )
    if settings.max_epochs is not None:
        pipeline.set_params(features__max_epochs=settings.max_epochs)
    say("cutting patches")
    rows, regions = sampler.training_rows(image, rois, stride=settings.stride)
    say(f"training on {len(rows)} centres; this takes minutes")
    pipeline.fit(rows, regions)
    say("learning what new slices are compared with")
    _learn_what_is_usual(pipeline, image, settings)
    curve = training_curve(pipeline)
    facts = _facts(image, rois, settings, curve)
    save_model(pipeline, path, facts=facts, overwrite=settings.overwrite)
    return TrainedModel(path, curve[-1]["share_right"] if curve else None)


def _check_trainable(image: SliceImage, rois: RoiMap) -> None:
    if image.pixel_size_um is None:
        raise ValueError(
            f"the pixel size of {image.name!r} is unknown; state it in pixel_size_um."
        )
    if len(rois.region_names) < 2:
        raise ValueError(
            f"only {', '.join(rois.region_names)} is annotated; a model needs two "
            "regions to tell apart, each painted with a number of its own."
        )


def _learn_what_is_usual(
    pipeline: Pipeline, image: SliceImage, settings: TrainSettings
) -> None:
    try:
        fit_drift_reference(pipeline, image, random_state=settings.random_state)
    except ValueError as error:
        # The model is good without: it is new slices that are not compared.
        warn_user(
            f"new slices will not be compared with this one: {error}",
            NoDriftReferenceWarning,
        )


def _facts(
    image: SliceImage, rois: RoiMap, settings: TrainSettings, curve: list
) -> dict[str, Any]:
    """Return what the model file keeps beside the model."""
    section = {
        "name": image.name,
        "animal": image.specimen,
        "group": image.group,
        "file": "a layer of napari",
        "fingerprint": str(joblib.hash(np.ascontiguousarray(image.pixels))),
        "pixel_size_um": image.pixel_size_um,
        "shape": list(image.shape),
    }
    record = start_record([], asdict(settings))
    record |= {"sections": [section], "curve": curve}
    return {"colors": region_color_codes([rois]), "training": as_plain(record)}
