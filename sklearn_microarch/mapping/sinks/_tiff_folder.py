"""The TIFF files of one slice's maps: their names, and writing them together."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from sklearn_microarch._whole import Place
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import SliceImage, write_tiff
from sklearn_microarch.images.lazy._block_cache import read_bands
from sklearn_microarch.images.ome_zarr._read_ome_zarr_provenance import says_maps
from sklearn_microarch.images.tiff._write_tiff import as_ome_type
from sklearn_microarch.mapping._facts import record_of

if TYPE_CHECKING:
    from sklearn_microarch.mapping._microarch_maps import MicroarchMaps

KINDS = ("factors", "regions", "clusters", "region_labels", "novelty", "slice")
# What ends the name of the file that says how the maps came about.
RECORD_END = "_maps.json"
# Begins the description of each file, and tells that it may be replaced.
_MARK = "Maps of sklearn_microarch"
# (n_channels, rows, columns) or (rows, columns), and the channels' names.
Planes = dict[str, tuple[NDArray, list[str] | None]]


def file_stem(image: SliceImage) -> str:
    """Return what files of a slice are named after: its name, as files can have it."""
    return stem_of(image.name)


def stem_of(name: str) -> str:
    """Return a slice's name as files can have it."""
    return re.sub(r"[^\w.-]+", "_", name).strip(".") or "slice"


def check_output_folder(
    folder: str | Path, image: SliceImage, *, overwrite: bool = False
) -> dict[str, Path]:
    """Return where each kind of a slice's maps goes, by kind; raise if it cannot.

    Files are named after the image; "record" is the one that says how the maps came
    about. FileExistsError where one may not be replaced, NotADirectoryError where
    ``folder`` is a file.
    """
    folder = _check_folder(folder)
    paths = _paths(folder, file_stem(image))
    taken = [path for path in paths.values() if path.exists()]
    if taken and not overwrite:
        raise FileExistsError(
            f"{_listed(taken)} exist; pass overwrite=True to replace them, or "
            "another folder."
        )
    for path in taken:
        _check_holds_maps(path)
    return paths


def place_of_maps(folder: Path, image: SliceImage) -> Place:
    """Return where the files of a slice's maps go together."""
    return place_of_stem(_check_folder(folder), file_stem(image))


def place_of_stem(folder: Path, stem: str) -> Place:
    """Return where the files that are named after ``stem`` stand."""
    return Place(folder, f"{stem}_maps", shown=folder, may_replace=_check_holds_maps)


def check_slice_fits(image: SliceImage) -> None:
    """Raise where the pixels of a slice are of a type that no TIFF file holds."""
    if image.dtype.kind == "f":
        as_ome_type(np.empty(0, dtype=image.dtype))
    elif image.dtype.itemsize == 8:
        # By its values, band by band.
        for _, pixels in read_bands(image):
            as_ome_type(pixels)


def write_maps(maps: "MicroarchMaps", place: Place) -> list[Path]:
    """Write all files to a place that is held; of a kind that is left out, they go.

    Each file says what it holds in its description, that of labels, which begin at 1,
    also the names of the regions.
    """
    paths = _paths(place.folder, file_stem(maps.image))
    planes = _planes_of(maps)
    for kind, (values, names) in planes.items():
        is_slice = kind == "slice"
        size = maps.image.pixel_size_um if is_slice else maps.cell_size_um
        write_tiff(
            place.new / paths[kind].name,
            SliceImage(values, size),
            channel_names=names,
            description=f"{_MARK}: {kind}{_placement(maps, kind)}",
        )
    record = json.dumps(record_of(maps), indent=1, ensure_ascii=False)
    (place.new / paths["record"].name).write_text(f"{record}\n", encoding="utf-8")
    place.commit(gone=(path.name for path in paths.values()))
    return [paths[kind] for kind in (*planes, "record")]


def read_record(folder: Path, stem: str) -> dict[str, Any] | None:
    """Return what is said of maps in a folder; None where nothing is.

    ImageFileError where it cannot be read.
    """
    path = _paths(folder, stem)["record"]
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        raise ImageFileError(f"{path} is damaged: {error}.") from error
    if not says_maps(record):
        raise ImageFileError(
            f"{path} is no record of maps that this library wrote; map the slice anew, "
            "into another folder."
        )
    found: dict[str, Any] = record
    return found


def _check_folder(folder: str | Path) -> Path:
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; name a folder for the maps.")
    return folder


def _paths(folder: Path, stem: str) -> dict[str, Path]:
    paths = {kind: folder / f"{stem}_{kind}.tif" for kind in KINDS}
    return paths | {"record": folder / f"{stem}{RECORD_END}"}


def _planes_of(maps: "MicroarchMaps") -> Planes:
    """Return what stands in each file, but for the record."""
    planes: Planes = {}
    if maps.factors is not None:
        planes["factors"] = _channels_first(maps.factors), maps.factor_names
    if maps.region_probabilities is not None:
        probabilities = _channels_first(maps.region_probabilities)
        planes["regions"] = probabilities, maps.region_names
    if maps.clusters is not None:
        planes["clusters"] = _as_integers(maps.clusters), None
    if maps.predicted_regions is not None:
        labels = np.asarray(maps.predicted_regions) + 1
        planes["region_labels"] = labels.astype(np.uint16), None
    if maps.novelty is not None:
        planes["novelty"] = np.asarray(maps.novelty, dtype=np.float32), None
    planes["slice"] = maps.image.pixels, None
    return planes


def _placement(maps: "MicroarchMaps", kind: str) -> str:
    """Return where values lie on the slice and, of labels, what they mean."""
    if kind == "slice":
        return ", the slice that was mapped"
    row, col = maps.offset
    words = (
        f"; cell_size={maps.cell_size:g}, offset=({row:g}, {col:g}), in pixels of "
        "the slice"
    )
    if kind == "region_labels":
        names = enumerate(maps.region_names, start=1)
        words += f"; labels: 0 none, {', '.join(f'{at} {name}' for at, name in names)}"
    return words


def _listed(paths: Iterable[Path]) -> str:
    return ", ".join(map(str, paths))


def _check_holds_maps(path: Path) -> None:
    """Raise FileExistsError unless a file holds maps that this library wrote."""
    if not _holds_maps(path):
        raise FileExistsError(
            f"{path} exists and does not say that it holds maps of this library, so "
            "that it is not replaced even with overwrite=True; choose another folder, "
            "or move it away."
        )


def _holds_maps(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        if path.suffix == ".json":
            return says_maps(json.loads(path.read_text(encoding="utf-8")))
        with tifffile.TiffFile(path) as tif:
            return f">{_MARK}: " in (tif.ome_metadata or "")
    # Damaged files and those of other kinds fail in any way at all.
    except Exception:
        return False


def _channels_first(values: NDArray) -> NDArray[np.float32]:
    """Return maps of shape (rows, columns, k) as k planes."""
    return np.moveaxis(np.asarray(values, dtype=np.float32), -1, 0)


def _as_integers(values: NDArray) -> NDArray[np.integer]:
    """Return a map in as few bits as a TIFF file needs; TypeError for no integers."""
    if values.dtype.kind not in "iu":
        raise TypeError(
            f"clusters are of dtype {values.dtype}; only integer clusters can be "
            "written to a TIFF file."
        )
    values = np.asarray(values)
    small = np.iinfo(np.int16)
    fit = values.min() >= small.min and values.max() <= small.max
    # What is larger, write_tiff stores in 32 bits.
    return values.astype(np.int16) if fit else values
