"""Predict every annotated cell by a network that was not trained there."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch._walk import flat_steps
from sklearn_microarch.checking.doubts._slice_cells import SliceCells, average_cells
from sklearn_microarch.exceptions import FewerFoldsWarning
from sklearn_microarch.model_selection import SpatialBlockKFold
from sklearn_microarch.sampling import Patches, PatchSampler
from sklearn_microarch.sampling._annotated_slices import AnnotatedSlices, cut_annotated
from sklearn_microarch.sampling._resample import scale_of

# So many that some folds have others to learn from where one animal is wrong.
_FEWEST_ANIMALS = 4
_CELLS_PER_PATCH_EDGE = 8
_LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What was predicted for the annotated cells of some slices."""

    cells: list[SliceCells]
    # Edge of a cell of each slice, in pixels of the slice as it was given.
    cell_sizes: list[float]
    # Names of the regions, by their number in the cells.
    regions: list[str]
    # "animals" or "strips", and how many parts.
    hold_out: str
    n_folds: int


def steps_of(pipeline: Any) -> tuple[PatchSampler, Any]:  # noqa: ANN401 - checked here
    """Return copies of the sampler and the network of a pipeline, not fitted."""
    if pipeline is None:
        from sklearn_microarch.features import CNNFeatureExtractor

        # The folds judge; half the passes tell regions apart nearly as well.
        return PatchSampler(), CNNFeatureExtractor(
            max_epochs=4, max_patches_per_class=1000, validation=None
        )
    sampler, *later = flat_steps(pipeline) or [None]
    network = later[0] if later else None
    if not isinstance(sampler, PatchSampler) or not hasattr(network, "predict_proba"):
        raise TypeError(
            f"pipeline={shown(pipeline)} must begin with a PatchSampler and a step "
            "that tells regions apart (predict_proba), such as CNNFeatureExtractor; or "
            "be None."
        )
    network = clone(network)
    if isinstance(network.get_params().get("validation"), str):
        # The folds judge: every row that may be trained on is.
        network.set_params(validation=None)
    return clone(sampler), network


def predict_held_out(
    annotated: AnnotatedSlices,
    sampler: PatchSampler,
    network: Any,  # noqa: ANN401 - a classifier of patches
    *,
    hold_out: str,
    n_splits: int,
    verbose: int,
) -> HeldOut:
    """Train on some folds, predict the others, and lay what is found on cells."""
    step = max(1, annotated.patch_size // _CELLS_PER_PATCH_EDGE)
    positions, labels = cut_annotated(annotated, sampler, step)
    codes = annotated.regions.codes_at(positions)
    kept = codes >= 0
    positions, labels, codes = positions[kept], labels[kept], codes[kept]
    rows = Patches(
        annotated.images, positions, annotated.patch_size, border=sampler.border
    )
    folds, held = _cut(rows, labels, annotated, hold_out, n_splits)
    order = annotated.regions.codes
    titles = np.array([annotated.regions.title(code) for code in order])
    logs = np.full((len(rows), len(order)), np.log(_LEAST_PROBABILITY))
    novelty = np.zeros(len(rows))
    for number, (train, test) in enumerate(folds, start=1):
        if verbose:
            print(f"part {number} of {len(folds)}: training on the others", flush=True)
        fitted = clone(network).fit(rows.take(train), labels[train])
        asked = rows.take(test)
        found, novel = _predict(fitted, asked)
        columns = [titles.tolist().index(name) for name in fitted.classes_.tolist()]
        logs[np.ix_(test, columns)] = np.log(np.maximum(found, _LEAST_PROBABILITY))
        novelty[test] = novel
    return HeldOut(
        [
            _lay_out(annotated, at, rows, (logs, novelty), step)
            for at in range(len(annotated.images))
        ],
        [step * scale_of(image) for image in annotated.images],
        [str(title) for title in titles],
        held,
        len(folds),
    )


def _predict(
    fitted: Any,  # noqa: ANN401 - a fitted classifier
    rows: Patches,
) -> tuple[NDArray, NDArray]:
    """Return probabilities (n, k) and novelty (n,), 0 where nothing tells it."""
    if not hasattr(fitted, "novelty_from_features"):
        return fitted.predict_proba(rows), np.zeros(len(rows))
    features = fitted.transform(rows)
    return (
        fitted.predict_proba_from_features(features),
        fitted.novelty_from_features(features),
    )


def _cut(
    rows: Patches,
    labels: NDArray,
    annotated: AnnotatedSlices,
    hold_out: str,
    n_splits: int,
) -> tuple[Sequence[tuple[NDArray, NDArray]], str]:
    """Return folds of rows, and whether they are of animals or of strips."""
    splitter = SpatialBlockKFold(n_splits)
    animals = set(annotated.specimens)
    if hold_out == "animals" and (None in animals or len(animals) < 2):
        raise ValueError(
            "hold_out='animals' needs slices of two animals at least, and the animal "
            "of each: SliceImage(specimen=...). Use hold_out='strips'."
        )
    with warnings.catch_warnings():
        # The record says how many there are.
        warnings.simplefilter("ignore", FewerFoldsWarning)
        if hold_out != "strips" and None not in animals:
            if hold_out == "animals":
                return list(splitter.split(rows, labels, rows.groups)), "animals"
            if len(animals) >= _FEWEST_ANIMALS:
                try:
                    return list(splitter.split(rows, labels, rows.groups)), "animals"
                except ValueError:
                    # A region of one animal only can be held out in strips alone.
                    pass
        return list(splitter.split(rows, labels)), "strips"


def _lay_out(
    annotated: AnnotatedSlices,
    at: int,
    rows: Patches,
    found: tuple[NDArray[np.float64], NDArray[np.float64]],
    step: int,
) -> SliceCells:
    """Return the cells of one slice, of log-probabilities and novelty of all rows."""
    placed = annotated.regions.placed[at]
    height, width = annotated.images[at].shape
    down, across = (np.arange(0, length, step) for length in (height, width))
    codes = placed.at(*np.broadcast_arrays(down[:, None], across[None]))
    order = np.array(annotated.regions.codes)
    numbers = np.searchsorted(order, codes).clip(max=len(order) - 1)
    here = rows.positions[:, 0] == at
    where = tuple((rows.positions[here, 1:] // step).T)
    judged = np.zeros(codes.shape, dtype=bool)
    judged[where] = True
    laid = np.zeros((*codes.shape, len(order)))
    laid[where] = found[0][here]
    novel = np.zeros(codes.shape)
    novel[where] = found[1][here]
    size = annotated.patch_size
    return SliceCells(
        step=step,
        patch_size=size,
        annotated=np.where(order[numbers] == codes, numbers, -1),
        judged=judged,
        log_probabilities=average_cells(laid, judged, size / step / 4),
        novelty=novel,
    )
