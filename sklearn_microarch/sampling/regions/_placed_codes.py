"""Codes of regions on a grid of their own, looked up where patches are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.annotation._grid_places import grid_places
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._purity import candidate_centres, keep_whole_patches
from sklearn_microarch.sampling._resample import (
    ResampledSlice,
    place_as_given,
    shape_as_given,
)

Names = Mapping[int, str] | Sequence[str] | None


@dataclass(frozen=True, eq=False)
class PlacedCodes:
    """Codes (height, width) of one slice's regions, and where they lie on it."""

    codes: NDArray
    # Of pixels that are of no region, beside -1.
    unannotated_code: int
    # Of the slice's grid, (height, width).
    shape: tuple[int, int]
    # Along rows and columns: pixel i of the slice lies at ``first + step * i`` here.
    first: tuple[float, float] = (0.0, 0.0)
    step: tuple[float, float] = (1.0, 1.0)

    @property
    def is_on_grid(self) -> bool:
        """Whether pixel (i, j) of both is the same."""
        return (
            self.codes.shape == self.shape
            and np.allclose(self.first, 0, atol=1e-6)
            and np.allclose(self.step, 1, rtol=0, atol=1e-9)
        )

    def at(self, rows: NDArray, cols: NDArray) -> NDArray[np.int64]:
        """Return the code (n,) at pixels of the slice, -1 where none is."""
        if self.is_on_grid:
            found = self.codes[rows, cols].astype(np.int64)
            return np.where(found != self.unannotated_code, found, -1)
        places = [
            np.floor(first + step * np.asarray(at) + 0.5 + 1e-6).astype(np.int64)
            for at, first, step in zip((rows, cols), self.first, self.step, strict=True)
        ]
        height, width = self.codes.shape
        inside = (
            (places[0] >= 0)
            & (places[0] < height)
            & (places[1] >= 0)
            & (places[1] < width)
        )
        found = self.codes[
            places[0].clip(0, height - 1), places[1].clip(0, width - 1)
        ].astype(np.int64)
        return np.where(inside & (found != self.unannotated_code), found, -1)

    def on_grid(self) -> NDArray:
        """Return the codes on the slice's grid, (height, width), the nearest each."""
        if self.is_on_grid:
            return self.codes
        rows, cols = np.arange(self.shape[0]), np.arange(self.shape[1])
        found = self.at(rows[:, None], cols[None])
        return np.where(found == -1, self.unannotated_code, found)

    def candidates(
        self,
        code: int,
        *,
        patch_size: int,
        purity_window: float,
        min_purity: float,
        border: str,
    ) -> NDArray[np.bool_]:
        """Return where (height, width) a patch of one region may be centred.

        The share of a patch's window that is the region is measured on the codes' own
        pixels, parts of them included.
        """
        if self.is_on_grid:
            return candidate_centres(
                self.codes == code,
                patch_size=patch_size,
                purity_window=purity_window,
                min_purity=min_purity,
                border=border,
            )
        found = np.zeros(self.shape, dtype=bool)
        own = self.codes == code
        occurs = [np.flatnonzero(own.any(axis=1 - axis)) for axis in (0, 1)]
        if not len(occurs[0]):
            return found
        window = max(1, round(patch_size * purity_window))
        before = patch_size // 2 - (patch_size - window) // 2
        parts, bounds = [], []
        for axis in (0, 1):
            step, first = self.step[axis], self.first[axis]
            low = (occurs[axis][0] - 0.5 - first) / step
            high = (occurs[axis][-1] + 0.5 - first) / step
            part = np.arange(
                max(0, int(np.floor(low))),
                min(self.shape[axis], int(np.ceil(high)) + 1),
            )
            # Edges of the windows, counted from the corner of the first own pixel.
            start = first + step * (part - before - 0.5) + 0.5
            parts.append(part)
            bounds.append((start, start + window * step))
        inside = self.at(parts[0][:, None], parts[1][None]) == code
        area = window**2 * self.step[0] * self.step[1]
        share = _area_within(own, *bounds) / area
        place = np.ix_(*parts)
        found[place] = inside & (share >= min_purity - 1e-9)
        return keep_whole_patches(found, patch_size, border)


def _area_within(
    own: NDArray[np.bool_],
    rows: tuple[NDArray, NDArray],
    cols: tuple[NDArray, NDArray],
) -> NDArray[np.float64]:
    """Return the area (n, m), in pixels, of True within each of n x m windows.

    Windows have ``rows`` (start, stop), of shape (n,) each, and ``cols`` of (m,).
    """
    sums = np.zeros((own.shape[0] + 1, own.shape[1] + 1))
    sums[1:, 1:] = own.cumsum(axis=0).cumsum(axis=1)
    for axis, (start, stop) in enumerate((rows, cols)):
        sums = _between(sums, stop, axis) - _between(sums, start, axis)
    return sums


def _between(sums: NDArray, at: NDArray, axis: int) -> NDArray[np.float64]:
    """Return sums at fractions of pixels, linearly between those at borders."""
    place = at.clip(0, sums.shape[axis] - 1)
    low = np.minimum(place.astype(np.intp), sums.shape[axis] - 2)
    share = place - low
    shape = (-1, 1) if axis == 0 else (1, -1)
    below, above = (np.take(sums, low + k, axis=axis) for k in (0, 1))
    return below + (above - below) * share.reshape(shape)


def place_array(
    codes: NDArray, image: SliceImage, unannotated_code: int
) -> PlacedCodes:
    """Place codes that cover a slice as it was given, pixel by pixel."""
    first, step = (place_as_given(image, 0.0), _step(image))
    return PlacedCodes(
        codes, unannotated_code, image.shape, (first, first), (step, step)
    )


def _step(image: SliceImage) -> float:
    return float(place_as_given(image, 1.0) - place_as_given(image, 0.0))


def place_roi_map(rois: RoiMap, codes: NDArray, image: SliceImage) -> PlacedCodes:
    """Place the regions of a map on a slice; ``codes`` are of its shape, 0 for none."""
    given = _as_given(image)
    ends = [
        grid_places(rois, given, *[[place_as_given(image, float(at))]] * 2)
        for at in (0, 1)
    ]
    first = float(ends[0][0][0]), float(ends[0][1][0])
    step = float(ends[1][0][0]) - first[0], float(ends[1][1][0]) - first[1]
    return PlacedCodes(codes, 0, image.shape, first, step)


def _as_given(image: SliceImage) -> SliceImage:
    """Return a slice without pixels that has the place of the one that was given."""
    if not isinstance(image, ResampledSlice):
        return image
    known = image.pixel_size_um
    return SliceImage(
        np.broadcast_to(np.zeros((), dtype=np.uint8), shape_as_given(image)),
        pixel_size_um=None if known is None else known / image.scale,
        name=image.name,
        downsample=image.downsample / image.scale,
        crop=image.crop,
    )
