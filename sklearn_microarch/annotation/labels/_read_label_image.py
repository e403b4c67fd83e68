"""Read a label image of any kind as regions of a slice."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._numbers import check_integer
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.annotation._annotation_errors import as_annotation_error
from sklearn_microarch.annotation._region_codes import LARGEST_CODE
from sklearn_microarch.annotation._region_names import (
    check_region_colors,
    check_region_names,
)
from sklearn_microarch.annotation._roi_map import RoiMap
from sklearn_microarch.annotation.labels._color_codes import codes_of_colors
from sklearn_microarch.annotation.labels._flat_labels import decode_flat, ids_of_rows
from sklearn_microarch.annotation.labels._label_kind import label_kind
from sklearn_microarch.annotation.labels._label_picture import LabelPicture
from sklearn_microarch.annotation.labels._labkit_labels import decode_labkit
from sklearn_microarch.annotation.labels._lay_on_slice import lay_on_slice
from sklearn_microarch.annotation.labels._name_labels import (
    colors_of_codes,
    names_of_codes,
)
from sklearn_microarch.annotation.labels._nifti_labels import decode_nifti
from sklearn_microarch.annotation.labels._npy_labels import decode_npy, picture_of_array
from sklearn_microarch.annotation.labels._png_labels import decode_png
from sklearn_microarch.annotation.labels._tiff_labels import decode_tiff
from sklearn_microarch.annotation.labels._whole_codes import (
    codes_that_occur,
    seems_picture,
    whole_codes,
)
from sklearn_microarch.annotation.labels._zarr_labels import decode_zarr
from sklearn_microarch.annotation.tables._label_table import LabelTable
from sklearn_microarch.annotation.tables._read_table import as_table
from sklearn_microarch.annotation.tables._structure_tree import (
    StructureTree,
    table_of_tree,
    tree_of_table,
)
from sklearn_microarch.exceptions import AnnotationWarning, ImageFileError
from sklearn_microarch.images._image_errors import check_position, existing_path
from sklearn_microarch.images._pixel_size import check_pixel_size
from sklearn_microarch.images._slice_image import SliceImage, as_slice_image


def read_label_image(
    path_or_array: str | Path | SliceImage | ArrayLike,
    *,
    like: SliceImage | None = None,
    z: int | None = None,
    t: int | None = None,
    names: Mapping[int, str] | Sequence[str] | None = None,
    colors: Mapping[int, Sequence[int]] | None = None,
    table: LabelTable | str | Path | None = None,
    tree: StructureTree | None = None,
    unannotated_code: int = 0,
    pixel_size_um: float | None = None,
    offset_um: tuple[float, float] | None = None,
) -> RoiMap:
    """Return the regions of a label image; ImageFileError, which names it, if none.

    `table` names ids, or the colours or rows of an atlas's list; without one `tree`
    does, and without both regions are called by their numbers or colours.
    """
    z, t = check_position("z", z), check_position("t", t)
    pixel_size_um = check_pixel_size(pixel_size_um)
    unannotated = check_integer(
        "unannotated_code", unannotated_code, minimum=-(2**31), maximum=LARGEST_CODE
    )
    slice_ = None if like is None else as_slice_image(like, name="like")
    shape = None if slice_ is None else slice_.shape
    is_path = isinstance(path_or_array, str | os.PathLike)
    path = existing_path(path_or_array, "annotation") if is_path else None
    where = "the array given as path" if path is None else str(path)
    found = None if table is None else as_table(table)
    with as_annotation_error(where):
        picture = (
            _of_array(path_or_array, shape, z=z, t=t)
            if path is None
            else _decode(path, shape, z=z, t=t, pixel_size_um=pixel_size_um)
        )
        if found is None and path is not None:
            found, picture = _table_beside(path, picture)
        named = picture.counts_rows or picture.names or names is not None
        if found is None and tree is not None and not named:
            found = table_of_tree(tree)
        if picture.values.ndim == 3 and found is None:
            found = _table_of_arguments(names, colors)
        picture = _with_codes(picture, found, unannotated)
        picture, warning = lay_on_slice(
            picture, slice_, pixel_size_um=pixel_size_um, offset_um=offset_um
        )
        codes = whole_codes(picture.values, unannotated)
        occurring = codes_that_occur(codes)
        plain = found is None and names is None and not picture.names
        if plain:
            _check_no_picture(codes, len(occurring))
    if occurring == [unannotated]:
        warning = f"it holds no region: all its pixels are code {unannotated}."
    chosen, warnings = names_of_codes(
        occurring, picture.names, found, names, unannotated
    )
    for text in [warning, *warnings]:
        if text:
            warn_user(f"{where}: {text}", AnnotationWarning)
    notes = list(picture.notes)
    if plain and chosen:
        notes.append("it has no names: regions are called by their numbers.")
    if tree is None and found is not None and found.parents:
        tree = tree_of_table(found)
    return RoiMap(
        codes,
        chosen,
        colors=colors_of_codes(list(chosen), picture.colors, found, colors),
        pixel_size_um=picture.pixel_size_um,
        offset_um=picture.offset_um or (0.0, 0.0),
        unannotated_code=unannotated,
        tree=tree,
        notes=tuple(notes),
    )


def _check_no_picture(codes: NDArray[np.int64], n_values: int) -> None:
    if seems_picture(codes):
        raise ValueError(
            f"it holds {n_values} values that change from pixel to pixel: it seems to "
            "be a picture, not labels. If it is labels, pass a table= or names= of its "
            "codes"
        )


def _decode(
    path: Path,
    shape: tuple[int, int] | None,
    *,
    z: int | None,
    t: int | None,
    pixel_size_um: float | None,
) -> LabelPicture:
    kind = label_kind(path)
    if kind in ("png", "flat"):
        for axis, given in (("z", z), ("t", t)):
            if given is not None and given != 0:
                raise ValueError(f"{axis}={given} does not exist; it is one plane")
        decode_plane = decode_png if kind == "png" else decode_flat
        return decode_plane(path, shape=shape)
    if kind in ("npy", "labkit"):
        decode_array = decode_npy if kind == "npy" else decode_labkit
        return decode_array(path, shape=shape, z=z, t=t)
    decode_stack = {"tiff": decode_tiff, "zarr": decode_zarr, "nifti": decode_nifti}
    return decode_stack[kind](path, shape=shape, z=z, t=t, pixel_size_um=pixel_size_um)


def _of_array(
    labels: object,
    shape: tuple[int, int] | None,
    *,
    z: int | None,
    t: int | None,
) -> LabelPicture:
    if isinstance(labels, SliceImage):
        pixels = labels.pixels
        if labels.n_channels in (3, 4) and z is None:
            pixels = np.moveaxis(pixels, 0, -1)
        picture = picture_of_array(pixels, shape=shape, z=z, t=t)
        return replace(picture, pixel_size_um=labels.pixel_size_um)
    values: NDArray = as_array("path", labels)  # type: ignore[arg-type]
    return picture_of_array(values, shape=shape, z=z, t=t)


def _table_beside(
    path: Path, picture: LabelPicture
) -> tuple[LabelTable | None, LabelPicture]:
    """Return the label description that ITK-SNAP keeps under the same name, if any."""
    stem = path.name.removesuffix(".gz").removesuffix(".nii")
    if stem == path.name or path.is_dir():
        return None, picture
    for ending in (".label", ".txt", ".label.txt", "-labels.txt", "_labels.txt"):
        beside = path.with_name(stem + ending)
        if beside.is_file():
            try:
                table = as_table(beside)
            # A text of the same name may be about anything.
            except ImageFileError:
                continue
            note = f"names and colours are from {beside.name} beside it."
            return table, replace(picture, notes=(*picture.notes, note))
    return None, picture


def _table_of_arguments(
    names: Mapping[int, str] | Sequence[str] | None,
    colors: Mapping[int, Sequence[int]] | None,
) -> LabelTable | None:
    """Return the colours and names that were given as arguments, None without."""
    if colors is None:
        return None
    checked = check_region_colors(colors)
    named = check_region_names(names, list(checked), -1)
    named = {code: named.get(code, str(code)) for code in checked}
    return LabelTable(named, checked, list(checked), source="colors")


def _with_codes(
    picture: LabelPicture, table: LabelTable | None, unannotated: int
) -> LabelPicture:
    """Return a picture whose values are ids."""
    if picture.values.ndim == 3:
        return codes_of_colors(picture, table, unannotated)
    if picture.counts_rows:
        return replace(picture, values=ids_of_rows(picture.values, table))
    if table is not None:
        _check_holds(picture.values.dtype, table)
    return picture


def _check_holds(dtype: np.dtype, table: LabelTable) -> None:
    """Raise ValueError for integers too short for the ids of a table."""
    largest = max(table.names)
    if dtype.kind in "iu" and largest > np.iinfo(dtype).max:
        raise ValueError(
            f"its values are {dtype}, at most {np.iinfo(dtype).max}, but "
            f"{table.source} has ids to {largest} ({table.names[largest]!r}): larger "
            "ids were cut when it was saved, and may stand for other regions now. Save "
            "it as 32-bit integers (uint32); if no such region was in it, pass the "
            "names of its ids alone, as names={id: name}"
        )
