"""Open the TIFF files of one slice's maps, without loading them."""

from pathlib import Path
from typing import Any

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._wanted import Wanted
from sklearn_microarch.images.tiff._open_tiff import open_tiff
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping.reading._as_maps import as_maps
from sklearn_microarch.mapping.reading._stored_map import StoredMap
from sklearn_microarch.mapping.sinks._tiff_folder import (
    RECORD_END,
    place_of_stem,
    read_record,
    stem_of,
)

# What `MicroarchMaps` calls what is in a file.
_FIELDS = {
    "factors": "factors",
    "regions": "region_probabilities",
    "region_labels": "predicted_regions",
    "clusters": "clusters",
    "novelty": "novelty",
}
_SEVERAL = ("factors", "regions")


def open_tiff_maps(folder: Path, name: str | None) -> MicroarchMaps:
    """Open the maps of the slice of a name, or of the only one there is.

    Those that a killed program had complete are moved to their place first.
    """
    for work in folder.glob(".*_maps.unfinished"):
        stem = work.name.removeprefix(".").removesuffix("_maps.unfinished")
        place_of_stem(folder, stem).restore()
    stem = _choose(folder, name)
    record = read_record(folder, stem)
    assert record is not None
    held = {
        "factors": record["factors"],
        "regions": record["regions"],
        "region_labels": record["regions"],
        "clusters": record["clusters"],
        "novelty": record.get("novelty"),
    }
    arrays: dict[str, Any] = {
        _FIELDS[kind]: StoredMap(
            _open(folder / f"{stem}_{kind}.tif").data,
            several=kind in _SEVERAL,
            # 0 is where there is no region.
            shift=-1 if kind == "region_labels" else 0,
        )
        for kind, is_there in held.items()
        if is_there
    }
    image = _open(folder / f"{stem}_slice.tif")
    return as_maps(record, image, arrays, folder / f"{stem}{RECORD_END}")


def _open(path: Path) -> SliceImage:
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing, though the maps beside it say that it belongs to "
            "them; bring it back, or map the slice anew."
        )
    return open_tiff(path, Wanted(), max_bytes=0, lazy_from=0)


def _choose(folder: Path, name: str | None) -> str:
    """Return what the files of the slice asked for are named after."""
    stems = sorted(
        path.name.removesuffix(RECORD_END) for path in folder.glob(f"*{RECORD_END}")
    )
    if not stems:
        raise ImageFileError(
            f"{folder} holds no maps: neither an OME-Zarr image nor a file "
            f"*{RECORD_END}, which map_slice and to_tiff write beside TIFF files."
        )
    if name is not None and stem_of(name) in stems:
        return stem_of(name)
    if name is None and len(stems) == 1:
        return stems[0]
    listed = ", ".join(map(repr, stems[:10])) + (", ..." if len(stems) > 10 else "")
    raise ValueError(
        f"name={shown(name)} must name one of the slices whose maps are in {folder}: "
        f"{listed}."
    )
