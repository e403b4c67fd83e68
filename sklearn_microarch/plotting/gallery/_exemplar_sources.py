"""Patches and scores that exemplars are chosen by: of a pipeline, or of maps."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_integer, check_number
from sklearn_microarch._walk import find_steps, transform_rows
from sklearn_microarch.plotting._slice_maps import SliceMaps, check_maps, present
from sklearn_microarch.sampling import Patches

# What patches measure where maps do not say, as in the tables of `regional_summary`.
_USUAL_UM, _USUAL_PX = 150.0, 128


class Scored(NamedTuple):
    """Patches (n,), how well each fits each group (n, k), and the groups' names."""

    patches: Patches
    scores: NDArray[np.float64]
    # Group of each patch (n,); None: where its score is highest.
    labels: NDArray[np.int64] | None
    names: list[str]


def score_of_pipeline(pipeline: Any, patches: Patches, of: str) -> Scored:  # noqa: ANN401
    """Score patches by the clusters or factors of a fitted pipeline."""
    steps = find_steps(pipeline, "ExemplarDisplay").later
    last = steps[-1]
    if of == "clusters":
        if not (hasattr(last, "predict_proba") and hasattr(last, "score_samples")):
            raise ValueError(
                f"of='clusters', but the pipeline ends in {type(last).__name__}, which "
                "gives no clusters; pass of='factors'."
            )
        rows = transform_rows(steps[:-1], patches)
        shares = last.predict_proba(rows)
        with np.errstate(divide="ignore"):
            # The density of each row in each cluster.
            density = np.log(shares) + last.score_samples(rows)[:, np.newaxis]
        names = [f"cluster {at}" for at in range(shares.shape[1])]
        return Scored(patches, density, None, names)
    before = steps[:-1] if hasattr(last, "score_samples") else steps
    loadings = np.asarray(transform_rows(before, patches), dtype=np.float64)
    return Scored(patches, *_by_loading(loadings), names=_factor_names(steps, loadings))


def _factor_names(steps: list[Any], loadings: NDArray) -> list[str]:
    """Return names of factors as maps have them, as far as a step knows regions."""
    numbers: list[int] | range = range(loadings.shape[1])
    regions = [""] * loadings.shape[1]
    for step in steps:
        if hasattr(step, "matched_rois_"):
            numbers = np.flatnonzero(step.support_).tolist()
            regions = [f"_{region}" for region in step.matched_rois_]
    return [
        f"factor{number:02d}{region}"
        for number, region in zip(numbers, regions, strict=True)
    ]


def score_of_maps(maps: SliceMaps, of: str, patch_size_um: float | None) -> Scored:
    """Score the patches around the cells of maps by their clusters or factors.

    How well a cell fits a cluster is said by its distance from the cluster's mean
    loadings, in units of their spread: maps hold no probabilities of clusters.
    """
    check_maps(maps)
    loadings = np.asarray(present(maps.factors, "factors"))
    mapped = ~np.isnan(loadings).any(axis=2)
    if of == "clusters":
        clusters = np.asarray(present(maps.clusters, "clusters"))
        mapped &= clusters >= 0
    at = np.argwhere(mapped)
    centres = np.round(at * maps.cell_size + np.array(maps.offset)).astype(int)
    size = _patch_size(maps, patch_size_um)
    inside = _whole(centres, size, maps.image.shape)
    patches = Patches(maps.image, centres[inside], size)
    rows = loadings[mapped][inside].astype(np.float64)
    if of == "factors":
        return Scored(patches, *_by_loading(rows), names=list(maps.factor_names))
    labels = clusters[mapped][inside].astype(np.int64)
    names = [f"cluster {number}" for number in range(int(labels.max(initial=0)) + 1)]
    return Scored(patches, _closeness(rows, labels, len(names)), labels, names)


def _by_loading(
    loadings: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return loadings over each factor's largest common one, and the strongest factor.

    Loadings are comparable then; a row without any belongs to none.
    """
    top = np.percentile(loadings, 99, axis=0) if len(loadings) else 1.0
    relative = loadings / np.where(top > 0, top, loadings.max(initial=1.0))
    strongest = relative.argmax(axis=1) if len(loadings) else np.empty(0, np.int64)
    return relative, np.where(loadings.any(axis=1), strongest, -1)


def _closeness(
    rows: NDArray[np.float64], labels: NDArray[np.int64], n_groups: int
) -> NDArray[np.float64]:
    """Return minus the distance (n, n_groups) of rows from the mean of each group."""
    means = np.full((n_groups, rows.shape[1]), np.inf)
    for group in np.unique(labels).tolist():
        means[group] = rows[labels == group].mean(axis=0)
    spread = np.sqrt(np.square(rows - means[labels]).mean(axis=0))
    spread[spread == 0] = 1.0
    closeness = np.empty((len(rows), n_groups))
    for group in range(n_groups):
        closeness[:, group] = -np.linalg.norm((rows - means[group]) / spread, axis=1)
    return closeness


def _patch_size(maps: SliceMaps, patch_size_um: float | None) -> int:
    """Return the edge of a patch in pixels of the slice."""
    pixel = maps.image.pixel_size_um
    if patch_size_um is not None:
        check_number("patch_size_um", patch_size_um, low=1e-3, unit="micrometres")
        if pixel is None:
            raise ValueError(
                f"patch_size_um={patch_size_um:g}, but the pixel size of the slice is "
                "unknown; give it: maps.replace(image=...)."
            )
        return check_integer("patch_size_um", round(patch_size_um / pixel), minimum=1)
    known = getattr(maps, "about", {}).get("patch_size")
    if known is not None:
        return round(float(known))
    return _USUAL_PX if pixel is None else round(_USUAL_UM / pixel)


def _whole(
    centres: NDArray[np.int64], size: int, shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """Return which patches lie on the slice with all their pixels, (n,)."""
    first = centres - size // 2
    return np.asarray(((first >= 0) & (first + size <= shape)).all(axis=1))
