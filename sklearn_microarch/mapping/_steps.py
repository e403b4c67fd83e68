"""Walk rows through a fitted pipeline's steps, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._walk import PipelineSteps, tells_regions
from sklearn_microarch.features._out_of_memory import in_pieces
from sklearn_microarch.sampling import Patches


@dataclass(frozen=True)
class MappedRows:
    """What a pipeline says of each row."""

    # (n, p): what enters the last step, or leaves it when it only transforms.
    factors: NDArray | None
    # (n,): what the last step predicts.
    clusters: NDArray | None
    # (n, n_classes): of the first step that tells regions apart.
    region_probabilities: NDArray | None
    # (n,): how far from what that step was trained on, where it can tell.
    novelty: NDArray | None = None

    @property
    def predicted_regions(self) -> NDArray[np.intp] | None:
        """The most probable region of each row (n,), of equal ones the first."""
        probabilities = self.region_probabilities
        return None if probabilities is None else probabilities.argmax(axis=1)

    @property
    def n_factors(self) -> int:
        """Columns of ``factors``."""
        return 0 if self.factors is None else self.factors.shape[1]


def check_steps(steps: list[Any]) -> None:
    """Raise TypeError where a step cannot take the rows of a new slice."""
    for at, step in enumerate(steps, start=1):
        wanted = ("predict", "transform") if at == len(steps) else ("transform",)
        if not any(hasattr(step, method) for method in wanted):
            raise TypeError(
                f"{type(step).__name__} cannot {' or '.join(wanted)} the rows of a new "
                "slice, so that it cannot map one; take another step in its place, "
                "such as GMMClusterer."
            )


def iterate_rows(
    steps: list[Any],
    rows: Patches,
    *,
    stride: int,
    max_rows: int,
    spare: int,
) -> Iterator[tuple[NDArray[np.intp], MappedRows, NDArray[np.float32] | None]]:
    """Pass rows through all steps piece by piece, keeping what is worth a map.

    Yields which rows (b,), each once, what is said of them, and their features (b,
    n_features) where the network gives them piecewise. ``stride`` is the distance of
    neighbouring patches in pixels, ``max_rows`` how many pass the steps together,
    ``spare`` the bytes that the network may take to be faster. Where only some whole
    pieces are asked for, they are the same pieces.
    """
    if hasattr(steps[0], "iter_transform"):
        network, later = steps[0], steps[1:]
        shape = rows.images[0].shape
        memory = network.dense_memory(shape, step=stride) + spare
        for found, features in network.iter_transform(
            rows, step=stride, max_memory=memory
        ):
            for start in range(0, len(found), max_rows):
                part = slice(start, start + max_rows)
                yield found[part], _say(network, later, features[part]), features[part]
    else:
        for start in range(0, len(rows), max_rows):
            found = np.arange(start, min(start + max_rows, len(rows)))
            parts = in_pieces(partial(_apply_part, steps, rows.take(found)), len(found))
            yield found, _joined(parts), None


def _apply_part(steps: list[Any], rows: Patches, part: slice) -> MappedRows:
    whole = part == slice(0, len(rows))
    return _apply(steps, rows if whole else rows.take(part), None)


def _say(
    network: Any,  # noqa: ANN401 - a classifier that yields features
    later: list[Any],
    features: NDArray[np.float32],
) -> MappedRows:
    """Return what is said of rows, in smaller pieces where memory runs out."""
    return _joined(
        in_pieces(
            lambda part: _from_features(network, later, features[part]), len(features)
        )
    )


def _joined(parts: list[MappedRows]) -> MappedRows:
    """Return what is said of several pieces of rows, in their order."""
    if len(parts) == 1:
        return parts[0]
    found = {}
    for kind in vars(parts[0]):
        values = [getattr(part, kind) for part in parts]
        found[kind] = None if values[0] is None else np.concatenate(values)
    return MappedRows(**found)


def first_row(steps: list[Any], rows: Patches) -> MappedRows:
    """Return what the steps say of the first row alone."""
    return _apply(steps, rows.take(slice(1)), None)


def _from_features(
    network: Any,  # noqa: ANN401 - a classifier that yields features
    later: list[Any],
    features: NDArray,
) -> MappedRows:
    probabilities = network.predict_proba_from_features(features)
    novelty = None
    if hasattr(network, "novelty_from_features"):
        novelty = network.novelty_from_features(features)
    if later:
        return _apply(later, _with_names(features, later[0]), probabilities, novelty)
    regions = network.classes_[probabilities.argmax(axis=1)]
    return MappedRows(None, regions, probabilities, novelty)


def _with_names(features: NDArray, step: Any) -> Any:  # noqa: ANN401 - as step takes it
    """Return features as the data frame that a step was fitted on, if it was."""
    names = getattr(step, "feature_names_in_", None)
    if names is None:
        return features
    return import_module("pandas").DataFrame(features, columns=names)


def _apply(
    steps: list[Any],
    values: Any,  # noqa: ANN401 - Patches or an array
    probabilities: NDArray | None,
    novelty: NDArray | None = None,
) -> MappedRows:
    clusters = None
    for at, step in enumerate(steps):
        last = at == len(steps) - 1
        if probabilities is None and tells_regions(step):
            probabilities = np.asarray(step.predict_proba(values))
            if hasattr(step, "novelty_from_features"):
                novelty = np.asarray(step.novelty(values))
        if last and hasattr(step, "predict"):
            clusters = np.asarray(step.predict(values))
            break
        values = step.transform(values)
    factors = None if isinstance(values, Patches) else np.asarray(values)
    return MappedRows(factors, clusters, probabilities, novelty)


def factor_names(steps: PipelineSteps, n_factors: int) -> list[str]:
    """Name factors by their number and, where known, their matched region.

    Such as "factor07_VP": the eighth column that entered the selection, matched to VP.
    """
    selection = steps.selection
    if selection is not None and len(selection.matched_rois_) == n_factors:
        numbers = selection.get_support(indices=True).tolist()
        matched = selection.matched_rois_.tolist()
        return [f"factor{n:02d}_{roi}" for n, roi in zip(numbers, matched, strict=True)]
    return [f"factor{number:02d}" for number in range(n_factors)]


def region_names(steps: PipelineSteps) -> list[str]:
    """Return the regions told apart, in the order of their probabilities."""
    network = steps.network
    return [] if network is None else [str(r) for r in network.classes_.tolist()]
