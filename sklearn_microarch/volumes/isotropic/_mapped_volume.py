"""What the maps of a volume say of its size, and which planes they have."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import read_ome_zarr_provenance
from sklearn_microarch.mapping.reading._plane_record import (
    read_plane_record,
    says_volume,
)


@dataclass(frozen=True)
class MappedVolume:
    """A mapped volume of known size."""

    record: dict[str, Any]
    # Planes, and rows and columns of pixels.
    shape: tuple[int, int, int]
    spacing_um: float
    pixel_size_um: float
    # Of each plane.
    mapped: list[bool]


def read_mapped_volume(path: Path) -> MappedVolume:
    """Return what is said of a volume; ValueError where it has no size, or no plane."""
    record = read_ome_zarr_provenance(path)
    if not says_volume(record):
        raise ValueError(
            f"{path} does not hold maps of a volume, as map_volume writes them."
        )
    about = record["image"]
    try:
        nz, height, width = (int(length) for length in about["shape"])
        sizes = about["spacing_um"], about["pixel_size_um"]
    except (KeyError, TypeError, ValueError) as error:
        raise ImageFileError(
            f"{path} is damaged: its record does not say how large the volume is."
        ) from error
    for name, size in zip(("spacing_um", "pixel_size_um"), sizes, strict=True):
        if size is None:
            raise ValueError(
                f"the {name} of {path} is unknown, so that it has no size in "
                f"micrometres; give it to map_volume: {name}=..."
            )
    mapped = [read_plane_record(path, z) is not None for z in range(nz)]
    if not any(mapped):
        raise ValueError(f"no plane of {path} is mapped; call map_volume again.")
    spacing, pixel = (float(size) for size in sizes)
    return MappedVolume(record, (nz, height, width), spacing, pixel, mapped)
