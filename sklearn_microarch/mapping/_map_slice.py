"""Map one slice with a fitted pipeline."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted
from tqdm import tqdm

from sklearn_microarch.images import SliceImage, as_slice_image
from sklearn_microarch.mapping._maps import MicroarchMaps
from sklearn_microarch.mapping._steps import (
    MappedRows,
    apply_steps,
    factor_names,
    flat_steps,
    region_names,
)
from sklearn_microarch.sampling import Patches, PatchSampler

# Rows passed through the pipeline at a time: a multiple of every batch size.
CHUNK = 8192


def map_slice(
    pipeline: Pipeline,
    image: SliceImage | ArrayLike,
    mask: ArrayLike | None = None,
    *,
    stride: int | None = None,
    verbose: int = 0,
) -> MicroarchMaps:
    """Map the factors, clusters and regions of one slice.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, with a `PatchSampler` as its first step; later steps turn rows
        into rows.
    image : SliceImage or 2-D array
        The slice, annotated or not.
    mask : array-like of shape (height, width), dtype bool, default=None
        Map only here, within the tissue.
    stride : int or None, default=None, unit: pixels
        Distance of neighbouring values; None takes the sampler's.
    verbose : int, default=0
        1 shows a progress bar.

    Returns
    -------
    maps : MicroarchMaps
        The same values as ``patches.to_map(pipeline[1:].predict(patches))``,
        where ``patches`` are cut by the first step.

    Raises
    ------
    TypeError
        If ``pipeline`` is no Pipeline that starts with a `PatchSampler`, or
        ``image`` is no single image.
    PixelSizeMismatchError
        If the slice's pixel size differs from the fitted one by more than 1 %.
    ValueError
        If the slice is smaller than a patch, not finite or shows no tissue.

    Notes
    -----
    Factors are what enters the last step: the selected ones in the standard
    pipeline, all of them where nothing is selected. Region probabilities are
    those of the first classifier among the steps, also inside a frozen or
    nested pipeline.
    """
    sampler = _first_step(pipeline)
    check_is_fitted(pipeline)
    if isinstance(image, Patches | list | tuple):
        raise TypeError(
            f"image is a {type(image).__name__}; map_slice maps one slice, given as a "
            "SliceImage or a 2-D array. Map several in a loop."
        )
    image = as_slice_image(image)
    patches = sampler.cut(image, stride=stride, mask=mask)
    steps = flat_steps(pipeline)
    mapped = _in_chunks(steps, patches, verbose)
    n_factors = 0 if mapped.factors is None else mapped.factors.shape[1]

    def lay(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else patches.to_map(values)  # type: ignore[return-value]

    return MicroarchMaps(
        image=patches.images[0],
        stride=sampler.stride if stride is None else int(stride),
        clusters=lay(mapped.clusters),
        factors=lay(mapped.factors),
        factor_names=factor_names(steps, n_factors),
        region_probabilities=lay(mapped.region_probabilities),
        region_names=region_names(steps),
    )


def _first_step(pipeline: Pipeline) -> PatchSampler:
    if not isinstance(pipeline, Pipeline):
        raise TypeError(
            f"pipeline is a {type(pipeline).__name__}; map_slice needs a fitted "
            "Pipeline (of a search: search.best_estimator_)."
        )
    first = pipeline.steps[0][1]
    if not isinstance(first, PatchSampler):
        raise TypeError(
            f"pipeline starts with {type(first).__name__}; its first step must be a "
            "PatchSampler, which knows how to cut a slice."
        )
    return first


def _in_chunks(steps: list, patches: Patches, verbose: int) -> MappedRows:
    starts = range(0, len(patches), CHUNK)
    parts = [
        apply_steps(steps, patches.take(slice(start, start + CHUNK)))
        for start in tqdm(starts, desc="mapping", unit="chunk", disable=not verbose)
    ]

    def join(name: str) -> np.ndarray | None:
        values = [getattr(part, name) for part in parts]
        return None if values[0] is None else np.concatenate(values)

    return MappedRows(join("factors"), join("clusters"), join("region_probabilities"))
