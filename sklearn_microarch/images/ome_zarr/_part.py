"""One image or label image of an OME-Zarr that is being written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_microarch.images.ome_zarr._levels import (
    build_pyramid,
    halve_by_choice,
    halve_by_mean,
)
from sklearn_microarch.images.ome_zarr._metadata import (
    contrast_window,
    group_attributes,
    multiscales,
    omero,
)
from sklearn_microarch.images.ome_zarr.reading._checksums import keep_checksums

if TYPE_CHECKING:
    import zarr


@dataclass(frozen=True)
class Part:
    """An image with its group, its finest level and what is said of it."""

    # Holds the levels.
    group: "zarr.Group"
    # Level 0, filled by others.
    level: "zarr.Array"
    # Where the group lies.
    folder: Path
    name: str
    # Between pixels, and of the first one: in pixels of the slice.
    cell_size: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)
    # One per channel; empty for a label image.
    channel_names: list[str] = field(default_factory=list)
    # Shown as black and as full colour; None: by each channel's values.
    window: tuple[float, float] | None = None
    # The metadata that make it a label image.
    label: dict[str, Any] | None = None

    def describe(self, pixel_size_um: float | None, version: str) -> dict[str, Any]:
        """Build the pyramid and return the OME metadata, ready for JSON.

        ``pixel_size_um`` is that of the slice.
        """
        is_label = self.label is not None
        halve = halve_by_choice if is_label else halve_by_mean
        levels = build_pyramid(self.group, self.level, halve, self.folder / "0")
        if version == "0.4":
            for at, level in enumerate(levels):
                keep_checksums(level, self.folder / str(at))
        pyramid = multiscales(
            "yx" if is_label else "cyx",
            len(levels),
            pixel_size_um=pixel_size_um,
            cell_size=self.cell_size,
            offset=self.offset,
            name=self.name,
            averaged=not is_label,
            version=version,
        )
        if is_label:
            return {"multiscales": pyramid, "image-label": self.label}
        windows = [
            contrast_window(np.asarray(levels[-1][channel]))
            if self.window is None
            else (*self.window, *self.window)
            for channel in range(len(self.channel_names))
        ]
        return {"multiscales": pyramid, "omero": omero(self.channel_names, windows)}


def write_metadata(
    root: "zarr.Group",
    parts: dict[str, Part],
    *,
    pixel_size_um: float | None,
    version: str,
    provenance: Mapping[str, Any] | None,
) -> None:
    """Build all pyramids, then write what makes the group an OME-Zarr image.

    ``parts`` go by their path in ``root``; "" is the main image.
    """
    described = {
        path: part.describe(pixel_size_um, version) for path, part in parts.items()
    }
    labels = [path.partition("/")[2] for path in parts if path.startswith("labels/")]
    if labels:
        group = root.require_group("labels")
        group.update_attributes(group_attributes({"labels": labels}, version))
    # The metadata of the whole come last, so that nothing unfinished has them.
    for path in reversed(parts):
        attributes = group_attributes(described[path], version)
        if not path and provenance is not None:
            attributes["sklearn_microarch"] = dict(provenance)
        parts[path].group.update_attributes(attributes)
