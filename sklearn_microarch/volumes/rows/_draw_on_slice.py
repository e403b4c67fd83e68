"""What one slice offers to fit on, and the rows drawn from it, within a worker."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import hear_warnings
from sklearn_microarch.sampling import Patches, PatchSampler
from sklearn_microarch.sampling._annotated_slices import (
    AnnotatedSlices,
    annotate_slices,
    rim_of,
    tissue_of,
)
from sklearn_microarch.sampling.regions._slice_regions import place_regions
from sklearn_microarch.volumes.rows._annotated_planes import AnnotatedPlane
from sklearn_microarch.volumes.running._threads import THREADS

Title = int | str
Said = list[tuple[type[Warning], str]]


@dataclass(frozen=True)
class RowJob:
    """How rows are drawn, the same for all slices."""

    # Brings all slices to one pixel size.
    sampler: PatchSampler
    names: Mapping[int, str] | None
    # A fitted network; None: positions are wanted.
    features: Any
    # Of which the generator of each slice is made.
    seed: tuple[int, ...]
    n_threads: int
    # Bytes that evaluating a slice may take.
    memory: int


def offers_of_slice(
    job: RowJob, plane: AnnotatedPlane
) -> tuple[dict[Title, int], Said]:
    """Return how many centres each region offers, and what was warned of."""
    with THREADS.limited(job.n_threads), hear_warnings() as said:
        annotated = _annotate(job, plane)
        found = {} if annotated is None else dict(_centres(job, annotated))
    offers = {title: len(places) for title, places in found.items()}
    return offers, said


def rows_of_slice(
    job: RowJob, plane: AnnotatedPlane, number: int, shares: Mapping[Title, int]
) -> NDArray:
    """Draw ``shares`` of each region, one region after another, in a slice's own way.

    Returns features (n, n_features), float32; or without a network, centres (n, 2),
    int32, on the slice at the pixel size of all.
    """
    # What is warned of was heard when the slice was looked at first.
    with THREADS.limited(job.n_threads), hear_warnings():
        annotated = _annotate(job, plane)
        if annotated is None:
            raise ValueError(f"slice {number} has lost its regions.")
        width = annotated.images[0].shape[1]
        rng = np.random.default_rng((*job.seed, number))
        drawn = [
            rng.choice(places, shares[title], replace=False, shuffle=False)
            for title, places in sorted(_centres(job, annotated))
            if shares.get(title)
        ]
        centres = np.column_stack(np.divmod(np.concatenate(drawn), width))
        if job.features is None:
            return centres.astype(np.int32)
        return _features(job, annotated, centres)


def _annotate(job: RowJob, plane: AnnotatedPlane) -> AnnotatedSlices | None:
    """Return the slice at the pixel size of all; None where nothing is annotated."""
    image, code = plane.load(), job.sampler.unannotated_code
    regions = place_regions([plane.rois], [image], job.names, unannotated_code=code)
    if not regions.codes:
        return None
    return annotate_slices([image], [plane.rois], job.names, job.sampler)


def _centres(
    job: RowJob, annotated: AnnotatedSlices
) -> Iterator[tuple[Title, NDArray[np.intp]]]:
    """Yield each region and the pixels (n,), row by row, that it offers as centres."""
    sampler, regions, size = job.sampler, annotated.regions, annotated.patch_size
    rim = rim_of(tissue_of(annotated, sampler, is_quiet=True), sampler)
    for code in regions.codes:
        found = regions.placed[0].candidates(
            code,
            patch_size=size,
            purity_window=sampler.purity_window,
            min_purity=sampler.min_purity,
            border=sampler.border,
        )
        if rim is not None:
            found = rim.keep_off(found, code, 0, size)
        yield regions.title(code), np.flatnonzero(found)


def _features(
    job: RowJob, annotated: AnnotatedSlices, centres: NDArray[np.intp]
) -> NDArray[np.float32]:
    positions = np.insert(centres, 0, 0, axis=1).astype(np.int32)
    # Neighbours are evaluated together where that is cheaper, however rows lie.
    patches = Patches(
        annotated.images, positions, annotated.patch_size, border=job.sampler.border
    )
    n_features = len(job.features.get_feature_names_out())
    found = np.empty((len(centres), n_features), dtype=np.float32)
    for rows, values in job.features.iter_transform(patches, max_memory=job.memory):
        found[rows] = values
    return found
