"""One mapped slice, read once for all that a page shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import CellGrid
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.report.slices._backdrop import SlicePicture, make_backdrop

_KINDS = (
    "factors",
    "clusters",
    "region_probabilities",
    "predicted_regions",
    "novelty",
)
# Values of all planes of a slice that a page carries at most, before packing.
MOST_VALUES = 12_000_000
# Of the width of the page, for a picture that is small beside the others.
_LEAST_SHARE = 0.3


@dataclass(frozen=True, eq=False)
class SliceView:
    """What is shown of a slice: its picture, and cells of its maps."""

    image: SliceImage
    title: str
    backdrop: SlicePicture
    # Of the cells that are shown.
    grid: CellGrid
    # Of the map's cells one in so many is shown, along rows and columns.
    every: int
    # Maps without values; those read stand below.
    maps: MicroarchMaps
    # (rows, columns, k), NaN where none.
    factors: NDArray | None
    region_probabilities: NDArray | None
    # (rows, columns) places in cluster_names, -1 where none.
    clusters: NDArray | None
    cluster_names: list[str]
    # (rows, columns) places in maps.region_names, -1 where none.
    predicted_regions: NDArray | None
    # (rows, columns), NaN where none.
    novelty: NDArray | None
    # (height, width) of the slice: places in annotated_names, -1 where none.
    annotation: NDArray | None
    annotated_names: list[str]
    # Of the width of the page that pictures of the slice take.
    share: float = 1.0

    @property
    def cell_area_mm2(self) -> float | None:
        """Area that a cell shown stands for; None where the pixel size is unknown."""
        size = self.image.pixel_size_um
        return None if size is None else (size * self.grid.cell_size / 1000) ** 2

    @property
    def mapped(self) -> NDArray[np.bool_] | None:
        """Cells (rows, columns) that hold anything; None where there are no maps."""
        for found in (self.predicted_regions, self.clusters):
            if found is not None:
                return found >= 0
        for values in (self.factors, self.novelty):
            if values is not None:
                known = np.isfinite(values)
                return known.any(axis=2) if known.ndim == 3 else known
        return None

    @property
    def is_across_planes(self) -> bool:
        """Whether it cuts across planes, in which patches lie; see `cut_sections`."""
        return "section" in self.maps.record

    def thinner(self) -> "SliceView":
        """Return the same with every second cell along rows and columns."""
        thinned: dict[str, Any] = {
            kind: None if values is None else values[::2, ::2]
            for kind, values in ((kind, getattr(self, kind)) for kind in _KINDS)
        }
        grid = replace(self.grid, cell_size=2 * self.grid.cell_size)
        return replace(self, grid=grid, every=2 * self.every, **thinned)

    def annotated_cells(self) -> NDArray | None:
        """Return the annotated region (rows, columns) at each cell, -1 where none."""
        if self.annotation is None:
            return None
        rows, cols = (
            np.rint(first + self.grid.cell_size * np.arange(n_cells))
            .astype(int)
            .clip(0, length - 1)
            for first, n_cells, length in zip(
                self.grid.offset, self.grid.shape, self.image.shape, strict=True
            )
        )
        found: NDArray = self.annotation[np.ix_(rows, cols)]
        return found


def to_one_scale(views: Sequence[SliceView]) -> list[SliceView]:
    """Return slices as wide on the page as they are beside the widest one.

    Where a pixel size is unknown all are as wide as the page; none is too narrow.
    """
    sizes = [view.image.pixel_size_um for view in views]
    if None in sizes:
        return list(views)
    widths = np.array([view.image.shape[1] for view in views]) * np.array(sizes)
    shares = np.maximum(widths / widths.max(initial=0), _LEAST_SHARE)
    return [
        replace(view, share=share)
        for view, share in zip(views, shares.tolist(), strict=True)
    ]


def view_slice(maps: MicroarchMaps, rois: RoiMap | None, *, title: str) -> SliceView:
    """Read what a page shows of a slice."""
    every = thinning(maps)
    size = maps.cell_size * every
    grid = CellGrid(maps.image.shape, size, maps.offset)
    read: dict[str, Any] = {kind: _read(getattr(maps, kind), every) for kind in _KINDS}
    clusters, cluster_names = _as_places(read.pop("clusters"))
    annotation, annotated_names = _annotation_of(rois, maps.image)
    return SliceView(
        image=maps.image,
        title=title,
        backdrop=make_backdrop(maps.image),
        grid=grid,
        every=every,
        maps=maps,
        clusters=clusters,
        cluster_names=cluster_names,
        annotation=annotation,
        annotated_names=annotated_names,
        **read,
    )


def thinning(maps: MicroarchMaps) -> int:
    """Return of how many cells, along rows and columns, one is shown."""
    planes = 2 + sum(
        (getattr(maps, kind).shape[2:] or (1,))[0]
        for kind in _KINDS
        if getattr(maps, kind) is not None
    )
    rows, cols = maps.grid.shape
    every = 1
    while planes * -(-rows // every) * -(-cols // every) > MOST_VALUES:
        every += 1
    return every


def slice_titles(images: Sequence[SliceImage]) -> list[str]:
    """Return animal and name of each slice; no two slices are called the same."""
    titles: list[str] = []
    for number, image in enumerate(images, start=1):
        name = image.name or f"slice {number}"
        title = f"{image.specimen}: {name}" if image.specimen else name
        titles.append(f"{title} ({number})" if title in titles else title)
    return titles


def union(several: Sequence[Sequence[str]]) -> list[str]:
    """Return all names once, in the order in which they come."""
    return list(dict.fromkeys(name for names in several for name in names))


def _read(values: NDArray | None, every: int) -> NDArray | None:
    """Return one in so many cells of a map, in memory or on disk."""
    return None if values is None else np.asarray(values[::every, ::every])


def _as_places(clusters: NDArray | None) -> tuple[NDArray | None, list[str]]:
    """Return clusters, numbers or words, as places in their names."""
    if clusters is None:
        return None, []
    if clusters.dtype.kind == "U":
        words, places = np.unique(clusters, return_inverse=True)
        names = [str(word) for word in words if word]
        return places.reshape(clusters.shape) - (len(words) - len(names)), names
    n_clusters = int(clusters.max(initial=-1)) + 1
    return clusters.astype(np.int64), [f"cluster {at}" for at in range(n_clusters)]


def _annotation_of(
    rois: RoiMap | None, image: SliceImage
) -> tuple[NDArray | None, list[str]]:
    if rois is None:
        return None, []
    codes = rois.on(image)
    found = [code for code in np.unique(codes).tolist() if code in rois.names]
    found = [code for code in found if code != rois.unannotated_code]
    if not found:
        return None, []
    at = np.searchsorted(found, codes).clip(max=len(found) - 1)
    places = np.where(np.asarray(found)[at] == codes, at, -1)
    return places, [rois.names[code] for code in found]
