"""What a slice is called after its file."""

from pathlib import Path

# An ending that says of what kind a file is, the longest first.
_ENDINGS = (".ome.zarr", ".ome.tiff", ".ome.tif", ".nii.gz", ".zarr")


def name_of_file(path: Path) -> str:
    """Return the name of a file without its ending, as `read_image` calls slices."""
    lower = path.name.lower()
    for ending in _ENDINGS:
        if lower.endswith(ending) and len(path.name) > len(ending):
            return path.name[: -len(ending)]
    return path.stem
