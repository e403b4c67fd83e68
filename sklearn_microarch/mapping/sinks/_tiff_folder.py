"""The TIFF files of one slice's maps: their names, and writing them together."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from sklearn_microarch._whole import staging_folder
from sklearn_microarch.images import SliceImage, write_tiff
from sklearn_microarch.images._cell_grid import CellGrid

KINDS = ("factors", "regions", "clusters", "region_labels", "novelty")
# Begins the description of each file, and tells that it may be replaced.
_MARK = "Maps of sklearn_microarch"


def check_output_folder(
    folder: str | Path, image: SliceImage, *, overwrite: bool = False
) -> dict[str, Path]:
    """Return where each kind of a slice's maps goes, by kind; raise if it cannot.

    Files are named after the image. FileExistsError where one may not be replaced,
    NotADirectoryError where ``folder`` is a file.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; name a folder for the maps.")
    name = re.sub(r"[^\w.-]+", "_", image.name).strip(".") or "slice"
    paths = {kind: folder / f"{name}_{kind}.tif" for kind in KINDS}
    taken = [path for path in paths.values() if path.exists()]
    if taken and not overwrite:
        raise FileExistsError(
            f"{_listed(taken)} exist; pass overwrite=True to replace them, or "
            "another folder."
        )
    foreign = [path for path in taken if not _holds_maps(path)]
    if foreign:
        raise FileExistsError(
            f"{_listed(foreign)} exist and do not say that they hold maps of this "
            "library, so that they are not replaced even with overwrite=True; choose "
            "another folder, or move them away."
        )
    return paths


def write_planes(
    paths: Mapping[str, Path],
    planes: Mapping[str, tuple[NDArray, list[str] | None]],
    grid: CellGrid,
    cell_size_um: float | None,
    *,
    region_names: list[str],
) -> list[Path]:
    """Write all files, or none; of a kind that is left out, earlier maps go.

    ``planes`` holds values and channel names of each kind, ``paths`` is from
    `check_output_folder`. The names of regions stand in the description of their
    labels, which begin at 1.
    """
    labels = ", ".join(f"{at} {name}" for at, name in enumerate(region_names, start=1))
    more = {"region_labels": f"; labels: 0 none, {labels}"}
    with staging_folder(paths["factors"].parent) as staging:
        for kind, (values, names) in planes.items():
            plane = SliceImage(values, cell_size_um)
            write_tiff(
                staging / paths[kind].name,
                plane,
                channel_names=names,
                description=(
                    f"{_MARK}: {kind}; cell_size={grid.cell_size:g}, "
                    f"offset=({grid.offset[0]:g}, {grid.offset[1]:g}), in pixels of "
                    f"the slice{more.get(kind, '')}"
                ),
            )
        # All are complete: now they can take the place of earlier ones.
        for kind, path in paths.items():
            if kind in planes:
                (staging / path.name).replace(path)
            else:
                path.unlink(missing_ok=True)
    return [paths[kind] for kind in planes]


def _listed(paths: Iterable[Path]) -> str:
    return ", ".join(map(str, paths))


def _holds_maps(path: Path) -> bool:
    """Tell whether a file is a TIFF of maps that this library wrote."""
    if not path.is_file():
        return False
    try:
        with tifffile.TiffFile(path) as tif:
            return f">{_MARK}: " in (tif.ome_metadata or "")
    # Damaged files and those of other kinds fail in any way at all.
    except Exception:
        return False


def channels_first(values: NDArray) -> NDArray[np.float32]:
    """Return maps of shape (rows, columns, k) as k planes."""
    return np.moveaxis(np.asarray(values, dtype=np.float32), -1, 0)


def as_integers(values: NDArray) -> NDArray[np.integer]:
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
