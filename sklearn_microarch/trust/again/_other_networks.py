"""Train the steps of a pipeline again with another seed, and map the same cells."""

from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_memory

from sklearn_microarch._version import __version__
from sklearn_microarch._walk import flat_steps
from sklearn_microarch.sampling import Patches
from sklearn_microarch.trust.again._maps_of import MapsOfNetwork, maps_of


@dataclass(frozen=True, eq=False)
class Training:
    """What networks of other seeds are trained on: annotated slices, and how."""

    images: Any
    rois: Any
    # "sample" or "training_rows", of the sampler.
    trained_on: str

    def rows(self, pipeline: Pipeline) -> tuple[Patches, NDArray]:
        """Return rows and labels that the sampler of an unfitted pipeline gives."""
        sampler = pipeline[0]
        cut = getattr(sampler, self.trained_on)
        patches, labels = cut(self.images, self.rois)
        return patches, labels


def with_seed(pipeline: Any, seed: int | None) -> Pipeline:  # noqa: ANN401 - any
    """Return the steps of a pipeline, not fitted, with another seed in all of them.

    None leaves their own.
    """
    steps = []
    for number, step in enumerate(flat_steps(pipeline)):
        copy = clone(step)
        known = copy.get_params(deep=False)
        if seed is not None and "random_state" in known:
            copy.set_params(random_state=seed)
        if "memory" in known:
            copy.set_params(memory=None)
        steps.append((f"step{number}", copy))
    return Pipeline(steps)


def map_again(
    pipeline: Any,  # noqa: ANN401 - a fitted pipeline
    training: Training,
    cells: Patches,
    seed: int,
    memory: Any,  # noqa: ANN401 - str, joblib.Memory or None
) -> MapsOfNetwork:
    """Return the maps of a network of another seed, from ``memory`` if it is there."""
    fresh = with_seed(pipeline, seed)
    rows, labels = training.rows(fresh)
    if memory is None:
        return _train_and_map("", rows, labels, cells, fresh)
    recall = check_memory(memory).cache(_train_and_map, ignore=["fresh"])
    # Settings alone tell what a pipeline that is not fitted will do.
    found: MapsOfNetwork = recall(
        joblib.hash((repr_of(fresh), __version__)), rows, labels, cells, fresh
    )
    return found


def repr_of(pipeline: Pipeline) -> list[tuple[str, dict[str, Any]]]:
    """Return the classes and settings of the steps."""
    return [
        (type(step).__qualname__, step.get_params(deep=False))
        for _, step in pipeline.steps
    ]


def _train_and_map(
    key: str, rows: Patches, labels: NDArray, cells: Patches, fresh: Pipeline
) -> MapsOfNetwork:
    del key
    return maps_of(fresh.fit(rows, np.asarray(labels)), cells)
