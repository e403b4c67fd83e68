"""Read annotated regions from a file of any known kind."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from sklearn_microarch._arguments._numbers import (
    check_number,
    check_option,
    check_path,
    check_switch,
    shown,
)
from sklearn_microarch.annotation._annotation_errors import as_annotation_error
from sklearn_microarch.annotation._grid_places import check_offset, offset_of
from sklearn_microarch.annotation._region_names import check_code
from sklearn_microarch.annotation._roi_map import RoiMap
from sklearn_microarch.annotation.labels._read_label_image import read_label_image
from sklearn_microarch.annotation.shapes._area_shape import FoundShapes
from sklearn_microarch.annotation.shapes._frame import Frame
from sklearn_microarch.annotation.shapes._read_geojson import read_geojson
from sklearn_microarch.annotation.shapes._read_imagej import read_imagej
from sklearn_microarch.annotation.shapes._rois_of_shapes import (
    ShapeChoices,
    rois_of_shapes,
)
from sklearn_microarch.annotation.tables._label_table import LabelTable
from sklearn_microarch.annotation.tables._read_structure_tree import read_structure_tree
from sklearn_microarch.annotation.tables._structure_tree import StructureTree
from sklearn_microarch.annotation.writers._names_in_tiff import names_in_tiff
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images._image_errors import existing_path
from sklearn_microarch.images._pixel_size import check_pixel_size
from sklearn_microarch.images._slice_image import SliceImage, as_slice_image

# A metre: no pixel is larger.
_LARGEST_UM = 1e6


def read_rois(
    path: str | Path | ArrayLike,
    like: SliceImage | ArrayLike | None = None,
    *,
    names: Mapping[int, str] | Sequence[str] | None = None,
    colors: Mapping[int, tuple[int, int, int]] | None = None,
    table: LabelTable | str | Path | None = None,
    tree: StructureTree | str | Path | None = None,
    scale: float | None = None,
    flip: bool = False,
    z: int | None = None,
    t: int | None = None,
    unannotated_code: int = 0,
    sides: str = "merge",
    pixel_size_um: float | None = None,
    offset_um: tuple[float, float] | None = None,
) -> RoiMap:
    """Read annotated regions from a file of any known kind.

    Outlines: GeoJSON (QuPath, ABBA), ImageJ's ``.roi`` and ``RoiSet.zip``. Label
    images: TIFF, PNG, OME-Zarr, NIfTI (ITK-SNAP), ``.flat`` (QUINT), ``.npy``
    (napari). The kind is told by the content. What was assumed, left out or lost is
    in the `notes` of the result.

    Parameters
    ----------
    path : str, Path or array-like of shape (height, width)
        The file, a folder of OME-Zarr, or codes.
    like : SliceImage, array-like of shape ([n_channels,] height, width) or None, \
default=None
        The slice that is annotated. Outlines become pixels of its grid; they are
        taken to count pixels of the full-resolution picture, of which the slice may
        be a level or a part (`downsample`, `crop`). None: a grid as large as the
        outlines reach.
    names : mapping of int to str, sequence of str, or None, default=None
        Name of each code. With outlines it fixes the code of each region.
    colors : mapping of int to (int, int, int), or None, default=None
        Red, green and blue, from 0 to 255, by code; they replace those of the file.
    table : str, Path or None, default=None
        File with names and colours of the codes of a label image, such as ITK-SNAP's
        label descriptions or an atlas's table.
    tree : str, Path or None, default=None
        File with the atlas's tree of structures (Allen's JSON or CSV, BrainGlobe's
        ``structures.json``). Regions get its ids as codes; where they nest by it, as
        in ABBA's files, each pixel is of the deepest.
    scale : float or None, default=None
        For outlines drawn on a copy of another size: pixels of the full-resolution
        picture for one pixel of the copy.
    flip : bool, default=False
        The annotation is mirrored left to right, as a section laid on its face.
    z, t : int or None, default=None
        Plane and time, counted from 0, where a file has several.
    unannotated_code : int, default=0
        Code of the pixels that are of no region.
    sides : {"merge", "split", "left", "right"}, default="merge"
        What to do with ABBA's classes such as "Left: SSp": take both sides for one
        region, for two, or read one side only.
    pixel_size_um : float or None, default=None
        Edge, in micrometres, of a pixel of the label image, or of the picture that
        outlines were drawn on. None: what the file states, or as for the slice.
    offset_um : tuple of (float, float) or None, default=None
        Row and column, in micrometres, where the centre of the annotation's first
        pixel lies on the slice. None: the corners of both coincide.

    Returns
    -------
    rois : RoiMap
        The regions.

    Raises
    ------
    ImageFileError
        If the file is of no known kind, is damaged, or holds no areas; the message
        names the file, what it holds, and what helps.
    FileNotFoundError
        If there is no such file.
    ImportError
        If a library that the kind of file needs is not installed.
    TypeError, ValueError
        If an argument is none of the above.

    Warns
    -----
    AnnotationWarning
        If regions lie outside the slice, fill a small corner of it, or overlap.

    Notes
    -----
    A pixel is of the region that its centre lies in; a centre exactly on an outline is
    outside. Where areas overlap, the smaller one is taken, and of two of one size the
    later in the file; where they nest by the tree, the deepest.

    Examples
    --------
    >>> import json, tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from sklearn_microarch import SliceImage, read_rois
    >>> square = [[[2, 2], [12, 2], [12, 8], [2, 8], [2, 2]]]
    >>> cortex = {
    ...     "type": "Feature",
    ...     "geometry": {"type": "Polygon", "coordinates": square},
    ...     "properties": {"classification": {"name": "CTX", "color": [0, 150, 0]}},
    ... }
    >>> image = SliceImage(np.zeros((10, 20)), pixel_size_um=2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "section.geojson")
    ...     _ = path.write_text(json.dumps({"type": "FeatureCollection",
    ...                                     "features": [cortex]}))
    ...     rois = read_rois(path, like=image)
    >>> rois
    RoiMap(10 x 20 pixels, 1 region, 2 um per pixel)
    >>> rois.areas()
    {'CTX': 60}
    """
    unannotated = check_code("unannotated_code", unannotated_code)
    check_option("sides", sides, ["merge", "split", "left", "right"])
    image = None if like is None else as_slice_image(like, name="like")
    tree = _checked_tree(tree)
    pixel_size_um = check_pixel_size(pixel_size_um)
    if pixel_size_um is not None:
        check_number("pixel_size_um", pixel_size_um, high=_LARGEST_UM)
    if table is not None and not isinstance(table, LabelTable | str | Path):
        raise TypeError(f"table={shown(table)} must be the path of a file, or None.")
    if offset_um is not None:
        offset_um = check_offset(offset_um)
    if path is None:
        raise TypeError("path=None must be a file, a folder of OME-Zarr, or codes.")
    is_file = isinstance(path, str | Path)
    found = _read_shapes(existing_path(path, "annotation")) if is_file else None
    if found is not None:
        frame = _frame(image, scale, pixel_size_um, offset_um)
        choices = ShapeChoices(names, colors, tree, sides, z, t, unannotated)
        with as_annotation_error(path):
            rois = rois_of_shapes(found, str(path), frame, choices)
    else:
        if scale is not None:
            raise ValueError(
                f"scale={scale!r} is for outlines; for a label image state the size of "
                "its pixels: pixel_size_um."
            )
        if is_file and table is None and names is None and Path(str(path)).is_file():
            table = names_in_tiff(Path(str(path)))
        rois = read_label_image(
            path,
            like=image,
            z=z,
            t=t,
            names=names,
            colors=colors,
            table=table,
            tree=tree,
            unannotated_code=unannotated,
            pixel_size_um=pixel_size_um,
            offset_um=offset_um,
        )
    return _flipped(rois, image) if check_switch("flip", flip) else rois


def _checked_tree(tree: StructureTree | str | Path | None) -> StructureTree | None:
    if isinstance(tree, str | Path):
        return read_structure_tree(check_path("tree", tree))
    if tree is not None and not isinstance(tree, StructureTree):
        raise TypeError(f"tree={shown(tree)} must be the path of a file, or None.")
    return tree


def _read_shapes(path: Path) -> FoundShapes | None:
    """Return the areas of a file of outlines; None where it is none."""
    if path.is_dir():
        return None
    with as_annotation_error(path):
        with path.open("rb") as file:
            start = file.read(4096)
        if start.startswith(b"PK\x03\x04"):
            return _read_zip(path)
        if start.startswith(b"Iout"):
            return read_imagej(path)
        text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
        if text[:1] in (b"{", b"[") or start[:4] in (b"\xff\xfe{\0", b"\xff\xfe[\0"):
            found = read_geojson(path)
            if found is None and path.suffix.lower() == ".geojson":
                raise ValueError(
                    "it is JSON but no GeoJSON: it has no features or geometry"
                )
            return found
        if path.suffix.lower() in (".geojson", ".roi"):
            reason = (
                "it is empty" if not text else "its first bytes are of another kind"
            )
            raise ValueError(f"{reason}, though it is named {path.suffix}")
    return None


def _read_zip(path: Path) -> FoundShapes | None:
    """Return the areas of a zip file; None where it may be a label image."""
    with zipfile.ZipFile(path) as archive:
        members = [name.lower() for name in archive.namelist()]
    if any(name.endswith(".roi") for name in members):
        return read_imagej(path)
    if any(name.endswith((".geojson", ".json")) for name in members) and not any(
        name.endswith((".zattrs", "zarr.json")) for name in members
    ):
        return read_geojson(path)
    if not any(name.endswith((".npy", ".zattrs", "zarr.json")) for name in members):
        shown = ", ".join(members[:6]) or "nothing"
        raise ImageFileError(
            f"{path} is a zip file without ImageJ's ROIs or GeoJSON; it holds {shown}. "
            "Unpack it and pass the annotation itself."
        )
    return None


def _frame(
    image: SliceImage | None,
    scale: float | None,
    pixel_size_um: float | None,
    offset_um: tuple[float, float] | None,
) -> Frame:
    """Return where outlines lie, from what was stated."""
    if scale is not None:
        scale = check_number("scale", scale, low=1e-6, high=1e6)
    if scale is not None and pixel_size_um is not None:
        raise ValueError("both scale and pixel_size_um are given; give one of them.")
    stated = pixel_size_um is not None or offset_um is not None
    if image is not None and stated and image.pixel_size_um is None:
        raise ValueError(
            "pixel_size_um and offset_um place outlines on a slice of known pixel "
            "size, and that of like is unknown; give it: "
            "like.replace(pixel_size_um=...)."
        )
    if offset_um is not None and image is None:
        raise ValueError("offset_um needs the slice: like=image.")
    return Frame(image, scale, pixel_size_um, offset_um)


def _flipped(rois: RoiMap, image: SliceImage | None) -> RoiMap:
    """Return a map mirrored left to right about the middle of the slice."""
    offset = rois.offset_um
    own = rois.pixel_size_um
    if image is not None and own is not None and image.pixel_size_um is not None:
        row, col = offset
        _, first = offset_of(image)
        last = first + (image.shape[1] - 1) * image.pixel_size_um
        offset = (row, first + last - col - (rois.shape[1] - 1) * own)
    codes = np.ascontiguousarray(rois.codes[:, ::-1])
    notes = (*rois.notes, "mirrored left to right, as asked for by flip=True.")
    return rois.replace(codes=codes, offset_um=offset, notes=notes)
