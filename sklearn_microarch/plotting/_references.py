"""True regions that are outlined on maps, and the colours they were given."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._slice_image import as_slice_image
from sklearn_microarch.plotting._slice_maps import SliceMaps
from sklearn_microarch.plotting.panels._section import SliceGround

Reference = RoiMap | ArrayLike


def codes_under(
    rois: RoiMap, section: SliceGround, background: SliceImage | ArrayLike | None
) -> NDArray[np.int64]:
    """Return the codes (height, width) of an annotation on the pixels of a slice."""
    if background is None:
        blank = np.broadcast_to(np.uint8(0), section.grid.slice_shape)
        background = SliceImage(blank, section.pixel_size_um)
    image = as_slice_image(background, name="background")
    if image.pixel_size_um is None:
        image = image.replace(pixel_size_um=section.pixel_size_um)
    try:
        return rois.on(image)
    except ValueError as error:
        raise ValueError(f"reference: {error}") from error


def colors_of(rois: RoiMap) -> dict[str, tuple[int, int, int]]:
    """Return the colours, from 0 to 255, that an annotation gives to its regions."""
    return {
        name: rois.colors[code]
        for code, name in rois.names.items()
        if code in rois.colors
    }


def check_references(
    reference: Reference | Sequence[Reference | None] | None,
    maps: SliceMaps | Sequence[SliceMaps],
) -> list[Reference | None]:
    """Return one reference, or None, for each slice."""
    if not isinstance(maps, list | tuple):
        return [reference]  # type: ignore[list-item]
    if reference is None:
        return [None] * len(maps)
    if isinstance(reference, RoiMap | str | bytes) or not isinstance(
        reference, Iterable
    ):
        raise TypeError(
            f"reference is a {type(reference).__name__}, but maps is a list of "
            f"{len(maps)}; give a list with a reference, or None, for each."
        )
    found = list(reference)
    if len(found) != len(maps):
        raise ValueError(
            f"reference holds {len(found)} entries for {len(maps)} slices; give one, "
            "or None, for each."
        )
    return found
