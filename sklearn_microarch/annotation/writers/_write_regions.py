"""Write regions for another program, in the format that a suffix or a name tells."""

from pathlib import Path
from typing import TYPE_CHECKING

from sklearn_microarch._arguments._numbers import (
    check_option,
    check_path,
    check_switch,
)
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.annotation._grid_places import offset_of
from sklearn_microarch.annotation.writers._region_table import write_region_table
from sklearn_microarch.annotation.writers._write_geojson import write_geojson
from sklearn_microarch.annotation.writers._write_label_images import (
    label_description,
    write_label_tiff,
    write_nifti,
    write_zarr_labels,
)
from sklearn_microarch.exceptions import AnnotationWarning
from sklearn_microarch.images._slice_image import SliceImage

if TYPE_CHECKING:
    from sklearn_microarch.annotation._roi_map import RoiMap

FORMATS = {
    "geojson": (".geojson", ".json"),
    "tiff": (".tif", ".tiff"),
    "nifti": (".nii", ".nii.gz"),
    "ome-zarr": (".zarr",),
    "csv": (".csv",),
}


def write_regions(
    rois: "RoiMap",
    path: str | Path,
    format: str | None,
    *,
    image: SliceImage | None,
    overwrite: bool,
) -> Path:
    """Write regions and return where; see `RoiMap.write`."""
    place = check_path("path", path)
    chosen = _format_of(place) if format is None else format
    check_option("format", chosen, FORMATS)
    if image is not None and not isinstance(image, SliceImage):
        raise TypeError("image must be a SliceImage, as read_image gives it, or None.")
    check_switch("overwrite", overwrite)
    if not rois.region_names:
        raise ValueError("there is no region to write: all pixels are unannotated.")
    if chosen == "ome-zarr":
        write_zarr_labels(_on(rois, image), place, overwrite=overwrite)
        return place
    written = [place, label_description(place)] if chosen == "nifti" else [place]
    _check_free(written, overwrite=overwrite)
    if chosen in ("tiff", "nifti") and image is None and any(rois.offset_um):
        row, col = rois.offset_um
        warn_user(
            f"{place} does not hold where the regions lie on the slice, "
            f"offset_um=({row:g}, {col:g}). Write them on the slice's own grid, with "
            "image=; or state offset_um where they are read.",
            AnnotationWarning,
        )
    if chosen == "geojson":
        write_geojson(rois, place, image)
    elif chosen == "tiff":
        write_label_tiff(_on(rois, image), place)
    elif chosen == "nifti":
        write_nifti(_on(rois, image), place)
    else:
        write_region_table(rois, place)
    return place


def _check_free(files: list[Path], *, overwrite: bool) -> None:
    """Raise where files cannot be written, or are there and not to be replaced."""
    folder = files[0].parent
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}; make it first.")
    for file in files:
        if file.exists() and not overwrite:
            raise FileExistsError(
                f"{file} exists; pass overwrite=True to replace it, or another path."
            )


def _format_of(path: Path) -> str:
    name = path.name.lower()
    for chosen, suffixes in FORMATS.items():
        if name.endswith(suffixes):
            return chosen
    known = ", ".join(suffix for suffixes in FORMATS.values() for suffix in suffixes)
    raise ValueError(
        f"path={str(path)!r}: no format is told by the suffix; name the file with one "
        f"of {known}, or pass format="
    )


def _on(rois: "RoiMap", image: SliceImage | None) -> "RoiMap":
    """Return regions on the grid of a slice, or on their own without one."""
    if image is None:
        return rois
    known = image.pixel_size_um is not None
    return rois.replace(
        codes=rois.on(image),
        pixel_size_um=image.pixel_size_um,
        offset_um=offset_of(image) if known else (0.0, 0.0),
    )
