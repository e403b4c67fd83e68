"""How many planes a TIFF file holds, and how far apart they are."""

from collections.abc import Mapping
from math import isfinite, prod
from pathlib import Path
from typing import Any

import tifffile

from sklearn_microarch.images._image_errors import as_image_file_error
from sklearn_microarch.images._pixel_size import um_per_unit
from sklearn_microarch.images.tiff._ome_xml import check_ome_xml, ome_pixels
from sklearn_microarch.images.tiff._open_tiff import select_series
from sklearn_microarch.images.tiff._pixel_size import ome_edge
from sklearn_microarch.images.tiff._planes import channel_and_stack_axes


def describe_tiff_stack(path: Path) -> tuple[int, float | None]:
    """Return the number of planes, and their distance in micrometres where stated.

    ImageFileError where it is no TIFF, or a stack of times and depths.
    """
    with as_image_file_error(str(path)), tifffile.TiffFile(path) as tif:
        if tif.ome_metadata is not None:
            check_ome_xml(tif.ome_metadata)
        series, _ = select_series(tif, None)
        axes = series.get_axes(squeeze=False)
        shape = series.get_shape(squeeze=False)
        _, stack = channel_and_stack_axes(axes, shape)
        several = [axis for axis in stack if shape[axis] > 1]
        if len(several) > 1:
            listed = ", ".join(f"{axes[axis]}={shape[axis]}" for axis in several)
            raise ValueError(
                f"it holds planes along several axes ({listed}); a volume has one. "
                "Save what is one volume as a file of its own"
            )
        return prod(shape[axis] for axis in stack), _distance(tif)


def _distance(tif: tifffile.TiffFile) -> float | None:
    if tif.ome_metadata is not None:
        found = {ome_edge(pixels, "Z") for pixels in ome_pixels(tif.ome_metadata)}
        return found.pop() if len(found) == 1 else None
    metadata: Mapping[str, Any] = tif.imagej_metadata or {}
    um = um_per_unit(str(metadata.get("unit", "")))
    try:
        distance = float(metadata["spacing"]) * um if um is not None else None
    except (KeyError, TypeError, ValueError):
        return None
    if distance is None or not isfinite(distance) or distance <= 0:
        return None
    return distance
