"""Typical, random and borderline patches of each cluster, as pictures of one scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.clustering import exemplars
from sklearn_microarch.report.exemplars._cluster_densities import cluster_densities
from sklearn_microarch.report.slices._backdrop import jpeg_uri, png_uri
from sklearn_microarch.report.slices._slice_view import SliceView
from sklearn_microarch.report.slices._still_picture import ScaleBar, scale_bar
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._resample import ResampledArray

USUAL_SIZE_UM, USUAL_SIZE_PX = 150.0, 128.0
N_EACH = 4
# Sharp enough at the size in which patches are shown.
_MOST_SIDE = 160


@dataclass(frozen=True)
class PatchRow:
    """Patches of one kind."""

    kind: str
    uris: list[str]
    # Slice and place of each, in words.
    places: list[str]


def exemplar_patches(
    views: Sequence[SliceView], names: Sequence[str]
) -> dict[str, list[PatchRow]]:
    """Return the patches of each cluster of ``names``, drawn from all slices.

    Only cells whose patch lies on the slice as a whole are shown, and none of a section
    across planes, which shows no patch as the network saw it. Clusters without
    such a cell have no rows.
    """
    found = [
        _rows_of(view, number, names)
        for number, view in enumerate(views)
        if view.clusters is not None
        and view.factors is not None
        and not view.is_across_planes
    ]
    if not found or not sum(len(clusters) for _, clusters, _ in found):
        return {}
    loadings, clusters, places = (
        np.concatenate(part) for part in zip(*found, strict=True)
    )
    chosen = exemplars(
        cluster_densities(loadings, clusters, len(names)),
        clusters,
        n_each=N_EACH,
        patches=_placed(views, places),
        random_state=0,
    )
    return {
        name: [
            _patch_row(kind, places[rows[rows >= 0]], views)
            for kind in ("typical", "random", "borderline")
            for rows in [getattr(chosen, kind)[at]]
        ]
        for at, name in enumerate(names)
        if chosen.n_members[at]
    }


def _placed(views: Sequence[SliceView], places: NDArray) -> Patches:
    """Return where patches lie, so that those chosen share no pixel."""
    # The pictures are not looked at, and slices may be of unlike kinds.
    blanks = [np.broadcast_to(np.uint8(0), view.image.shape) for view in views]
    size = max(patch_size(view) for view in views if not view.is_across_planes)
    return Patches(blanks, places, size, border="constant")


def patch_size(view: SliceView) -> int:
    """Return the edge of the model's patches, in pixels of the slice."""
    size = view.maps.about.get("patch_size")
    if isinstance(size, int | float):
        return max(1, round(size))
    pixel = view.image.pixel_size_um
    return round(USUAL_SIZE_PX if pixel is None else max(1, USUAL_SIZE_UM / pixel))


def patch_bar(view: SliceView) -> ScaleBar | None:
    """Return the scale bar of a patch."""
    return scale_bar(view.image.pixel_size_um, patch_size(view), share=0.5)


def _rows_of(
    view: SliceView, number: int, names: Sequence[str]
) -> tuple[NDArray, NDArray, NDArray]:
    """Return loadings, clusters, and places (n, 3) of cells with a whole patch."""
    assert view.factors is not None
    assert view.clusters is not None
    half = patch_size(view) / 2
    at = [
        np.rint(first + view.grid.cell_size * np.arange(n_cells)).astype(int)
        for first, n_cells in zip(view.grid.offset, view.grid.shape, strict=True)
    ]
    whole = [
        (place >= half) & (place + half <= length)
        for place, length in zip(at, view.image.shape, strict=True)
    ]
    inside = whole[0][:, np.newaxis] & whole[1]
    inside &= (view.clusters >= 0) & np.isfinite(view.factors).all(axis=2)
    rows, cols = np.nonzero(inside)
    table = np.array([names.index(name) for name in view.cluster_names], dtype=int)
    places = np.stack([np.full(len(rows), number), at[0][rows], at[1][cols]], axis=1)
    return view.factors[inside], table[view.clusters[inside]], places


def _patch_row(kind: str, places: NDArray, views: Sequence[SliceView]) -> PatchRow:
    uris, words = [], []
    for number, row, col in places.tolist():
        view = views[number]
        uris.append(_patch_uri(view, row, col))
        title = f"{view.title}, " if len(views) > 1 else ""
        words.append(f"{title}row {row}, column {col}")
    return PatchRow(kind, uris, words)


def _patch_uri(view: SliceView, row: int, col: int) -> str:
    size = patch_size(view)
    top, left = row - size // 2, col - size // 2
    pixels = view.image.read(slice(top, top + size), slice(left, left + size))
    if size > _MOST_SIDE:
        pixels = np.asarray(ResampledArray(pixels, size / _MOST_SIDE))
    levels = view.backdrop.levels(pixels)
    return png_uri(levels) if levels.ndim == 2 else jpeg_uri(levels)
