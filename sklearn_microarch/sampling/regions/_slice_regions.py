"""Annotations of slices, whatever they were given as, under one set of codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.exceptions import RegionNamesWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._lay_out import check_rois, name_codes, roi_maps
from sklearn_microarch.sampling.regions._placed_codes import (
    Names,
    PlacedCodes,
    place_array,
    place_roi_map,
)

Rois = RoiMap | ArrayLike | Sequence[RoiMap | ArrayLike]


@dataclass(frozen=True, eq=False)
class SliceRegions:
    """The regions of some slices, of which equal ones have equal codes in all."""

    placed: list[PlacedCodes]
    # None where regions are called by their codes.
    names: Mapping[int, str] | None

    @cached_property
    def codes(self) -> list[int]:
        """The codes that occur, in ascending order."""
        found: set[int] = set()
        for one in self.placed:
            found |= set(np.unique(one.codes).tolist()) - {one.unannotated_code, -1}
        return sorted(found)

    def labels(self, codes: NDArray[np.int64]) -> NDArray:
        """Return codes (n,), -1 for none, as what the user calls them."""
        return codes if self.names is None else name_codes(codes, self.names)

    def title(self, code: int) -> int | str:
        """Return what the user calls a region."""
        return self.labels(np.array([code])).tolist()[0]

    def codes_at(self, positions: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the code (n,) at each centre (n, 3), -1 for none."""
        codes = np.full(len(positions), -1, dtype=np.int64)
        for index, one in enumerate(self.placed):
            here = positions[:, 0] == index
            codes[here] = one.at(positions[here, 1], positions[here, 2])
        return codes

    def labels_at(self, positions: NDArray[np.integer]) -> NDArray:
        """Return the region (n,) at each centre (n, 3)."""
        return self.labels(self.codes_at(positions))


def place_regions(
    rois: Rois,
    images: Sequence[SliceImage],
    names: Names = None,
    *,
    unannotated_code: int = 0,
) -> SliceRegions:
    """Lay annotations over their slices: a `RoiMap`, or codes, for each.

    A sequence of names is given to the codes that occur, in ascending order.
    """
    maps = roi_maps(rois, images)
    if maps is not None:
        if names is not None:
            raise TypeError(
                f"names={shown(names)} is given, but a RoiMap has its own names; use "
                "rois.rename({old: new}) instead."
            )
        return _place_roi_maps(maps, images)
    placed = [
        place_array(codes, image, unannotated_code)
        for codes, image in zip(check_rois(rois, images), images, strict=True)
    ]
    regions = SliceRegions(placed, None)
    if names is None:
        return regions
    return SliceRegions(placed, _names_by_code(names, regions))


def _place_roi_maps(
    maps: Sequence[RoiMap], images: Sequence[SliceImage]
) -> SliceRegions:
    found = sorted({name for rois in maps for name in rois.region_names})
    number = {name: code for code, name in enumerate(found, start=1)}
    placed = []
    for rois, image in zip(maps, images, strict=True):
        known = sorted(rois.names)
        order = np.array([rois.unannotated_code, *known])
        joint = np.array([0, *(number.get(rois.names[code], 0) for code in known)])
        sort = np.argsort(order, kind="stable")
        codes = joint[sort][np.searchsorted(order[sort], rois.codes)]
        placed.append(place_roi_map(rois, codes, image))
    return SliceRegions(placed, {code: name for name, code in number.items()})


def _names_by_code(names: Names, regions: SliceRegions) -> Mapping[int, str]:
    if isinstance(names, Mapping):
        return names
    listed = isinstance(names, Sequence) or np.ndim(names) == 1  # type: ignore[arg-type]
    if isinstance(names, str | bytes) or not listed:
        raise TypeError(
            f"names={shown(names)} must be a mapping of codes to names, or a sequence "
            "of them."
        )
    given, codes = [str(name) for name in names], regions.codes  # type: ignore[union-attr]
    if len(given) != len(codes):
        raise ValueError(
            f"names holds {len(given)} names ({', '.join(given)}), but rois has "
            f"{len(codes)} regions, of codes {codes}; give one for each in ascending "
            "order of their codes, or a mapping such as {1: 'CTX'}."
        )
    table = dict(zip(codes, given, strict=True))
    pairs = ", ".join(f"{code} is {name}" for code, name in table.items())
    warn_user(
        f"names was given as a sequence, without codes: {pairs}. Give a mapping, such "
        f"as {{{codes[0] if codes else 1}: {given[0] if given else 'CTX'!r}}}, to be "
        "sure of it.",
        RegionNamesWarning,
    )
    return table
