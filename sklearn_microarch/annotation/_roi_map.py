"""Annotated regions of one slice: codes, names, colours, and where they lie."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import joblib
import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import check_same_length
from sklearn_microarch._arguments._numbers import (
    check_option,
    check_strings,
    shown,
)
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.annotation import _regroup
from sklearn_microarch.annotation._grid_places import check_offset, grid_places, nearest
from sklearn_microarch.annotation._region_codes import (
    check_codes,
    count_codes,
    replace_codes,
)
from sklearn_microarch.annotation._region_names import (
    Color,
    check_code,
    check_region_colors,
    check_region_names,
    find_alike,
    listed,
)
from sklearn_microarch.annotation.tables._structure_tree import StructureTree
from sklearn_microarch.exceptions import AnnotationWarning
from sklearn_microarch.images._pixel_size import check_pixel_size
from sklearn_microarch.images._slice_image import SliceImage, as_slice_image

_MAPPINGS = ("names", "colors", "sides")


@dataclass(frozen=True, eq=False, repr=False)
class RoiMap:
    """Regions of one slice: a number for each pixel, and a name for each number.

    It does not change once made, is equal to another of the same content, and can be
    pickled, hashed and cached.

    Parameters
    ----------
    codes : array-like of shape (height, width)
        The region that each pixel is of: whole numbers from 0 to 2**32.
    names : mapping of int to str, or sequence of str
        Name of each code. A sequence names the codes that occur, in ascending order.
        Two codes of one name become one region, that of the lower code. Codes without
        a name are called by their number, with a warning.
    colors : mapping of int to (int, int, int), default=None
        Red, green and blue, from 0 to 255, by code.
    pixel_size_um : float or None, default=None
        Edge of a pixel of `codes`, in micrometres. None: pixel (i, j) is pixel (i, j)
        of the slice, which must have the same shape.
    offset_um : tuple of (float, float), default=(0, 0)
        Row and column, in micrometres, where the centre of pixel (0, 0) lies on the
        slice, counted from the centre of the slice's first pixel.
    unannotated_code : int, default=0
        Code of the pixels that are of no region.
    tree : StructureTree or None, default=None
        Which region is part of which, for :meth:`to_level`.
    sides : mapping of int to {"left", "right"}, default=None
        Side of the brain, by code, where it is known.
    notes : tuple of str, default=()
        What the reading of a file assumed, left out or lost. No part of the content.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of the above; the message names it.

    Warns
    -----
    AnnotationWarning
        If codes have no name, or names differ only in case or blanks.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import RoiMap
    >>> codes = np.zeros((40, 60), dtype=int)
    >>> codes[5:20, 5:30], codes[20:35, 5:30] = 1, 2
    >>> rois = RoiMap(codes, {1: "CTX", 2: "CC"}, pixel_size_um=25)
    >>> rois
    RoiMap(40 x 60 pixels, 2 regions, 25 um per pixel)
    >>> rois.areas()
    {'CTX': 375, 'CC': 375}
    >>> rois.rename({"CC": "corpus callosum"}).region_names
    ['CTX', 'corpus callosum']
    """

    codes: NDArray[np.int64]
    names: Mapping[int, str]
    colors: Mapping[int, Color] = field(default=None, kw_only=True)  # type: ignore[arg-type]
    pixel_size_um: float | None = field(default=None, kw_only=True)
    offset_um: tuple[float, float] = field(default=(0.0, 0.0), kw_only=True)
    unannotated_code: int = field(default=0, kw_only=True)
    tree: StructureTree | None = field(default=None, kw_only=True)
    sides: Mapping[int, str] = field(default=None, kw_only=True)  # type: ignore[arg-type]
    notes: tuple[str, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        unannotated = check_code("unannotated_code", self.unannotated_code)
        codes = check_codes(self.codes, unannotated)
        counts = count_codes(codes)
        found = [code for code in counts if code != unannotated]
        names = check_region_names(self.names, found, unannotated)
        notes = list(check_strings("notes", self.notes))
        names |= _names_of_unnamed(found, names, counts)
        merged = _same_names(names)
        if merged:
            codes = replace_codes(codes, merged)
            counts = count_codes(codes)
            notes.append(_merge_note(merged, names))
            names = {code: name for code, name in names.items() if code not in merged}
        _warn_of_alike(names.values())
        if self.tree is not None and not isinstance(self.tree, StructureTree):
            raise TypeError(
                f"tree={shown(self.tree)} must be the tree of an atlas, as "
                "read_rois(path, tree=...) keeps it, or None."
            )
        offset = check_offset(self.offset_um)
        self._set(
            codes=codes,
            names=names,
            colors=check_region_colors(self.colors),
            pixel_size_um=check_pixel_size(self.pixel_size_um),
            offset_um=offset,
            unannotated_code=unannotated,
            sides=_check_sides(self.sides),
            notes=tuple(dict.fromkeys(notes)),
            _counts=counts,
        )

    def _set(self, **values: object) -> None:
        """Set fields of a frozen object; mappings become read-only."""
        for name, value in values.items():
            kept = MappingProxyType(value) if name in _MAPPINGS else value  # type: ignore[arg-type]
            object.__setattr__(self, name, kept)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the codes, in pixels."""
        return self.codes.shape[0], self.codes.shape[1]

    @property
    def region_names(self) -> list[str]:
        """Names of the regions that occur, by ascending code."""
        return list(self.areas())

    def areas(self) -> dict[str, int]:
        """Return how many pixels each region has.

        Returns
        -------
        areas : dict of str to int
            Pixels of `codes` by name, of the regions that occur, by ascending code.
        """
        counts: dict[int, int] = self._counts  # type: ignore[attr-defined]
        return {
            self.names[code]: count
            for code, count in counts.items()
            if code != self.unannotated_code
        }

    def code_of(self, name: str) -> int:
        """Return the code of a region.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        code : int
            The number that stands for it in `codes`.

        Raises
        ------
        ValueError
            If there is no such region; the message names the most alike.
        """
        return _regroup.find_code(self, name)

    def on(self, image: SliceImage | ArrayLike) -> NDArray[np.int64]:
        """Return the codes on the grid of a slice, the nearest for each pixel.

        Parameters
        ----------
        image : SliceImage or array-like of shape ([n_channels,] height, width)
            The slice.

        Returns
        -------
        codes : ndarray of shape (height, width), dtype int64
            `unannotated_code` where the annotation does not reach.

        Raises
        ------
        ValueError
            If a pixel size is unknown and the shapes differ.
        """
        picture = as_slice_image(image)
        height, width = picture.shape
        rows, cols = grid_places(self, picture, np.arange(height), np.arange(width))
        return self._look_up(nearest(rows)[:, np.newaxis], nearest(cols))

    def labels_at(
        self, image: SliceImage | ArrayLike, rows: ArrayLike, cols: ArrayLike
    ) -> NDArray[np.str_]:
        """Return the names of the regions that pixels of a slice lie in.

        Parameters
        ----------
        image : SliceImage or array-like of shape ([n_channels,] height, width)
            The slice.
        rows, cols : array-like of shape (n,)
            Its pixels. They are looked up on the annotation's own grid.

        Returns
        -------
        labels : ndarray of shape (n,), dtype str
            Names; "" where nothing is annotated.

        Raises
        ------
        ValueError
            If a pixel size is unknown and the shapes differ.
        """
        places = grid_places(self, image, rows, cols)
        check_same_length(rows=places[0], cols=places[1])
        codes = self._look_up(*map(nearest, places))
        known = np.array([self.unannotated_code, *self.names], dtype=np.int64)
        names = np.array(["", *self.names.values()])
        order = np.argsort(known, kind="stable")
        return names[order[np.searchsorted(known[order], codes)]]

    def _look_up(
        self, rows: NDArray[np.int64], cols: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return codes at places that broadcast, unannotated beyond the edge."""
        height, width = self.shape
        codes = self.codes[rows.clip(0, height - 1), cols.clip(0, width - 1)]
        beyond = (rows < 0) | (rows >= height) | (cols < 0) | (cols >= width)
        if beyond.any():
            codes[beyond] = self.unannotated_code
        return codes

    def merge(self, groups: Mapping[str, Sequence[str]]) -> "RoiMap":
        """Return a map in which some regions are one.

        Parameters
        ----------
        groups : mapping of str to sequence of str
            The regions of each new one, by its name: ``{"WM": ["IC", "CC"]}``.

        Returns
        -------
        rois : RoiMap
            A new region has the lowest code of its regions, and that one's colour.

        Raises
        ------
        ValueError
            If a region is unknown or in two groups, or a new name is another's.
        """
        return _regroup.merge(self, groups)

    def exclude(self, names: Sequence[str]) -> "RoiMap":
        """Return a map in which some regions are not annotated.

        Parameters
        ----------
        names : sequence of str
            The regions to leave out.

        Returns
        -------
        rois : RoiMap
            The other regions.

        Raises
        ------
        ValueError
            If a region is unknown.
        """
        return _regroup.exclude(self, names)

    def rename(self, names: Mapping[str, str]) -> "RoiMap":
        """Return a map in which some regions have other names.

        Parameters
        ----------
        names : mapping of str to str
            The new name of each, by its present one. Two of one name become one.

        Returns
        -------
        rois : RoiMap
            The same regions under the new names.

        Raises
        ------
        ValueError
            If a region is unknown, or a new name is empty.
        """
        return _regroup.rename(self, names)

    def to_level(self, levels: Sequence[str | int]) -> "RoiMap":
        """Return a map of coarser regions, by the atlas that the regions are from.

        Parameters
        ----------
        levels : sequence of str or int
            Structures of `tree` by acronym, name or id, such as
            ``["Isocortex", "STR", "TH", "fiber tracts"]``.

        Returns
        -------
        rois : RoiMap
            Each region is the deepest of `levels` that it is or is part of; its code
            is that structure's id. The rest is unannotated; `notes` count it.

        Raises
        ------
        ValueError
            If the map has no `tree`, a structure is unknown, or none is left.
        """
        return _regroup.to_level(self, levels)

    def write(
        self,
        path: str | Path,
        format: str | None = None,
        *,
        image: SliceImage | None = None,
        overwrite: bool = False,
    ) -> Path:
        """Write the regions for another program.

        Parameters
        ----------
        path : str or Path
            The file. Its suffix tells the format: ``.geojson`` (QuPath), ``.tif``
            (label image; names and colours for ImageJ), ``.nii`` and ``.nii.gz``
            (with names and colours for ITK-SNAP in a text file beside it), ``.zarr``
            (OME-Zarr labels) or ``.csv`` (a table of the regions).
        format : {"geojson", "tiff", "nifti", "ome-zarr", "csv"} or None, default=None
            The format, where the suffix does not tell.
        image : SliceImage or None, default=None
            The slice, as it was read. Outlines for QuPath are given in pixels of the
            whole picture it is a part or a level of. None: in pixels of `codes`.
        overwrite : bool, default=False
            Replace what is there.

        Returns
        -------
        path : Path
            Where it was written.

        Raises
        ------
        ValueError
            If the format is unknown, or cannot hold the regions.
        FileExistsError
            If something is there and is not to be replaced. A folder is replaced only
            where this library wrote it and nothing was added.

        Warns
        -----
        AnnotationWarning
            If a format does not hold `offset_um`: TIFF and NIfTI without ``image``.
        """
        from sklearn_microarch.annotation.writers._write_regions import write_regions

        return write_regions(self, path, format, image=image, overwrite=overwrite)

    def replace(self, **changes: object) -> "RoiMap":
        """Return a copy with some fields changed.

        Parameters
        ----------
        **changes : object
            New values, under the names of the constructor's parameters.

        Returns
        -------
        rois : RoiMap
            Checked as a new one is.

        Raises
        ------
        TypeError, ValueError
            If there is no such field, or its value is refused.
        """
        return replace(self, **changes)  # type: ignore[arg-type]

    def _content(self) -> dict[str, object]:
        """Return what equality and hash go by."""
        state = self.__getstate__()
        return {key: value for key, value in state.items() if key != "notes"}

    def __getstate__(self) -> dict[str, object]:
        state = {key: value for key, value in vars(self).items() if key[0] != "_"}
        return state | {name: dict(state[name]) for name in _MAPPINGS}

    def __setstate__(self, state: dict[str, object]) -> None:
        # A memory-mapped array would hash as another thing.
        codes = np.asarray(state["codes"])
        codes.flags.writeable = False
        self._set(**(state | {"codes": codes}), _counts=count_codes(codes))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RoiMap):
            return NotImplemented
        mine, theirs = self._content(), other._content()
        return all(
            np.array_equal(self.codes, other.codes)
            if key == "codes"
            else mine[key] == theirs[key]
            for key in mine
        )

    def __hash__(self) -> int:
        if not hasattr(self, "_hash"):
            content = self._content()
            # Trees that are equal need not hash alike; equal maps must.
            content.pop("tree")
            object.__setattr__(self, "_hash", int(joblib.hash(content), 16))
        number: int = self._hash  # type: ignore[attr-defined]
        return number

    def __repr__(self) -> str:
        unit = (
            "pixel size unknown"
            if self.pixel_size_um is None
            else f"{self.pixel_size_um:g} um per pixel"
        )
        height, width = self.shape
        n_regions = len(self.region_names)
        regions = "1 region" if n_regions == 1 else f"{n_regions} regions"
        return f"RoiMap({height} x {width} pixels, {regions}, {unit})"


def _names_of_unnamed(
    found: list[int], names: dict[int, str], counts: dict[int, int]
) -> dict[int, str]:
    """Return names for codes that have none, and warn of them."""
    unnamed = [code for code in found if code not in names]
    if not unnamed:
        return {}
    taken = set(names.values())
    given = {
        code: f"code {code}" if str(code) in taken else str(code) for code in unnamed
    }
    shown = listed(f"{code} ({counts[code]} pixels)" for code in unnamed)
    warn_user(
        f"codes without a name are regions called by their number: {shown}. Name them "
        "in names, leave them out with rois.exclude([...]), or say with "
        "unannotated_code which code means no region.",
        AnnotationWarning,
    )
    return given


def _same_names(names: dict[int, str]) -> dict[int, int]:
    """Return the lowest code of its name, by each higher code of that name."""
    first: dict[str, int] = {}
    for code, name in names.items():
        first.setdefault(name, code)
    return {code: first[name] for code, name in names.items() if first[name] != code}


def _merge_note(merged: dict[int, int], names: dict[int, str]) -> str:
    parts = listed(
        f"{names[code]!r} ({code} into {kept})" for code, kept in merged.items()
    )
    return f"codes of one name are one region: {parts}."


def _warn_of_alike(names: Iterable[str]) -> None:
    """Warn of names that are hardly meant as two."""
    groups = find_alike(names)
    if groups:
        shown = listed(" and ".join(map(repr, group)) for group in groups)
        warn_user(
            f"names differ only in case or blanks and are regions of their own: {shown}"
            ". If they are one region, use rois.merge({name: [...]}).",
            AnnotationWarning,
        )


def _check_sides(sides: Mapping[int, str] | None) -> dict[int, str]:
    """Return sides by code."""
    if sides is None:
        return {}
    if not isinstance(sides, Mapping):
        raise TypeError(
            f"sides={shown(sides)} must be a mapping of code to 'left' or 'right'."
        )
    checked = {}
    for code, side in sides.items():
        check_option(f"sides[{shown(code)}]", side, ["left", "right"])
        checked[check_code("sides", code)] = side
    return dict(sorted(checked.items()))
