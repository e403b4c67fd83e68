"""What maps are written as."""

from collections.abc import Sequence
from pathlib import Path

from sklearn_microarch._arguments._numbers import check_strings, shown

# What maps are stored as; the other formats are made of these.
STORED = ("tiff", "ome-zarr")
FORMATS = (*STORED, "geojson", "nifti", "csv")


def check_formats(formats: Sequence[str] | None, out: Path) -> list[str]:
    """Return the formats in their own order, with one that maps are stored as."""
    given = [formats] if isinstance(formats, str) else _listed(formats)
    unknown = [name for name in given if name not in FORMATS]
    if unknown:
        raise ValueError(
            f"formats={shown(formats)}: {', '.join(map(str, unknown))} is none; known "
            f"are {', '.join(FORMATS)}."
        )
    stored = "ome-zarr" if out.suffix == ".zarr" else "tiff"
    if out.suffix == ".zarr" and "tiff" in given:
        raise ValueError(
            f"{out} names an OME-Zarr image, which holds no TIFF files; name a folder."
        )
    if not set(given) & set(STORED):
        given.append(stored)
    return [name for name in FORMATS if name in given]


def _listed(formats: Sequence[str] | None) -> list[str]:
    return [] if formats is None else check_strings("formats", formats)
