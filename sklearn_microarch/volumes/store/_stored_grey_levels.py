"""What the planes of a volume are normalized by, kept beside their records."""

from pathlib import Path

import numpy as np

from sklearn_microarch.images import GreyLevels
from sklearn_microarch.images.ome_zarr._zarr import import_zarr
from sklearn_microarch.mapping.reading._plane_record import PLANES
from sklearn_microarch.volumes.normalizing._grey_course import GreyCourse

_GROUP = f"{PLANES}/grey_levels"
_ARRAYS = ("measures", "places", "sharpness")
_COURSE = ("gain", "offset")


def keep_grey_levels(
    folder: Path, levels: GreyLevels | None, course: GreyCourse | None
) -> None:
    """Write them into maps that are being made; None: each plane has its own.

    ``course`` is how they change along z, where they do.
    """
    if levels is None:
        return
    root = import_zarr().open_group(folder, mode="r+", use_consolidated=False)
    group = root.create_group(_GROUP, attributes={"overlap": levels.overlap})
    for name in _ARRAYS:
        values = np.asarray(getattr(levels, name), dtype=np.float64)
        group.create_array(name, data=values)
    if course is not None:
        for name in _COURSE:
            group.create_array(name, data=getattr(course, name))


def kept_grey_course(folder: Path) -> GreyCourse | None:
    """Return how those of earlier maps change along z; None where they do not."""
    if not (folder / _GROUP / _COURSE[0] / "zarr.json").is_file():
        return None
    group = import_zarr().open_group(folder / _GROUP, mode="r")
    return GreyCourse(*(np.ascontiguousarray(group[name][...]) for name in _COURSE))


def kept_grey_levels(folder: Path) -> GreyLevels | None:
    """Return those of earlier maps; None where there are none."""
    if not (folder / _GROUP / "zarr.json").is_file():
        return None
    group = import_zarr().open_group(folder / _GROUP, mode="r")
    measures, places, sharpness = (
        np.ascontiguousarray(group[name][...]) for name in _ARRAYS
    )
    return GreyLevels(measures, places, sharpness, float(group.attrs["overlap"]))
