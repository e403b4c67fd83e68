"""The maps of one slice, with what is needed to read them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import (
    check_option,
    check_path,
    check_switch,
    shown,
)
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.annotation._grid_places import offset_of
from sklearn_microarch.drift import DriftCheck
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import CellGrid, check_placement
from sklearn_microarch.mapping._check_map import check_map, check_map_names
from sklearn_microarch.mapping._most_probable import most_probable
from sklearn_microarch.mapping.sinks._nifti_folder import write_nifti_folder
from sklearn_microarch.mapping.sinks._tiff_folder import (
    check_output_folder,
    place_of_maps,
    write_maps,
)
from sklearn_microarch.sampling._lay_out import map_fill

# What `map_slice` computes for each cell.
KINDS = ("factors", "clusters", "region_probabilities", "novelty")


@dataclass(frozen=True, eq=False, repr=False)
class MicroarchMaps:
    """Maps of one slice: factors, clusters and regions, one cell per value.

    Cell (i, j) of each map is a sample at pixel ``offset + cell_size * (i, j)`` of the
    slice, counted from the centre of its first pixel. In memory, in TIFF files and in
    OME-Zarr the arrays are the same.

    Parameters
    ----------
    image : SliceImage
        The slice that was mapped, as it was given.
    cell_size : float, default=1.0, unit: pixels of the slice
        Distance of neighbouring cells: the stride it was mapped with, in pixels of
        the slice as it was given, also where it was mapped at another pixel size.
    offset : tuple of (float, float), default=(0.0, 0.0), unit: pixels of the slice
        Row and column of the first cell.
    clusters : ndarray of shape (rows, columns), dtype int or str, or None
        Cluster of each cell, -1 (or "") where none.
    factors : ndarray of shape (rows, columns, p), dtype float, or None
        Loadings; NaN where there is no value.
    factor_names : list of str
        Such as "factor07_VP"; one for each of the p channels of ``factors``. Empty:
        "factor00" and so on.
    region_probabilities : ndarray of shape (rows, columns, r), dtype float, or None
        NaN where there is no value.
    region_names : list of str
        Region of each of the r channels of ``region_probabilities``. Empty: "region 0"
        and so on.
    predicted_regions : ndarray of shape (rows, columns), dtype int64, or None
        The most probable region of each cell, as an index into ``region_names``; -1
        where there is none. None: found from ``region_probabilities``, where there
        are any.
    novelty : ndarray of shape (rows, columns), dtype float, or None
        How far each cell is from all tissue that the network was trained on, above 1
        unlike any; NaN where there is no value. See `CNNFeatureExtractor.novelty`.
    drift : DriftCheck or None, default=None
        Whether the slice is like those the model knows; None where nobody looked.
    about : mapping of str to number or str
        What tables say of the slice: ``gain``, ``offset``, ``shading`` and
        ``sharpness`` of its exposure, ``patch_size`` in pixels of the slice,
        ``drift_verdict`` and ``model_fingerprint``, as far as they are known.
    record : mapping of str to object
        How the maps came about, as it stands beside maps in files: model, slice,
        settings and versions. Empty where that is not known.

    Raises
    ------
    TypeError
        If ``image`` is no `SliceImage`, or another argument is of the wrong kind.
    ValueError
        If the cells of a map are not as many as fit on the slice, or its names not as
        many as its channels.

    See Also
    --------
    map_slice : Makes maps.
    open_maps : Opens maps that were written; what they hold are no ndarrays then,
        but are read where they are indexed.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import SliceImage
    >>> from sklearn_microarch.mapping import MicroarchMaps
    >>> image = SliceImage(np.zeros((20, 30)), pixel_size_um=1.17, name="z309")
    >>> maps = MicroarchMaps(image, cell_size=8, clusters=np.arange(12).reshape(3, 4))
    >>> maps.cell_size_um
    9.36
    >>> maps.expand().clusters[:, 9].tolist()[:8]
    [1, 1, 1, 1, 1, 5, 5, 5]
    """

    image: SliceImage
    cell_size: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)
    clusters: NDArray | None = None
    factors: NDArray | None = None
    factor_names: list[str] = field(default_factory=list)
    region_probabilities: NDArray | None = None
    region_names: list[str] = field(default_factory=list)
    predicted_regions: NDArray | None = None
    novelty: NDArray | None = None
    drift: DriftCheck | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.image, SliceImage):
            raise TypeError(
                f"image is a {type(self.image).__name__}; it must be the SliceImage "
                "that was mapped."
            )
        if not (self.drift is None or isinstance(self.drift, DriftCheck)):
            raise TypeError(f"drift={shown(self.drift)} must be a DriftCheck or None.")
        size, first = check_placement(self.cell_size, self.offset)
        self._set(cell_size=size, offset=first)
        for kind in (*KINDS, "predicted_regions"):
            values = getattr(self, kind)
            if values is not None:
                self._set(**{kind: check_map(kind, values, self.grid)})
        for argument, values, made_up in (
            ("factor_names", self.factors, "factor{:02d}"),
            ("region_names", self.region_probabilities, "region {}"),
        ):
            given = getattr(self, argument)
            names = check_map_names(argument, given, values, made_up=made_up)
            self._set(**{argument: names})
        # Of maps on disk, the regions lie there too.
        if self.predicted_regions is None and isinstance(
            self.region_probabilities, np.ndarray
        ):
            regions = most_probable(self.region_probabilities)
            self._set(predicted_regions=regions)

    def _set(self, **values: object) -> None:
        # What is frozen for users, the constructor may still put in order.
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def cell_size_um(self) -> float | None:
        """Distance of neighbouring cells, in micrometres; None when unknown."""
        size = self.image.pixel_size_um
        return None if size is None else size * self.cell_size

    @property
    def grid(self) -> CellGrid:
        """Where the cells lie on the slice."""
        return CellGrid(self.image.shape, self.cell_size, self.offset)

    def replace(self, **changes: object) -> "MicroarchMaps":
        """Return a copy with some fields changed, for example ``image``.

        Parameters
        ----------
        **changes : object
            New values, under the names of the constructor's parameters.

        Returns
        -------
        maps : MicroarchMaps
            Fields that are not changed are shared; ``predicted_regions`` follow new
            ``region_probabilities``.

        Raises
        ------
        TypeError, ValueError
            If there is no such field, or its value is refused; see `MicroarchMaps`.
        """
        if "region_probabilities" in changes:
            changes.setdefault("predicted_regions", None)
        return replace(self, **changes)  # type: ignore[arg-type]

    def expand(self) -> "MicroarchMaps":
        """Return maps on the slice's own grid: each pixel has its nearest cell's value.

        Returns
        -------
        maps : MicroarchMaps
            In memory, of shape (height, width) of the slice, with a ``cell_size`` of
            1. Where a pixel lies a cell's size or more from the nearest cell, and
            where that cell has no value: -1, NaN or "". Of two cells as near, the
            first counts.
        """
        changes: dict[str, object] = {"cell_size": 1.0, "offset": (0.0, 0.0)}
        for kind in (*KINDS, "predicted_regions"):
            values = getattr(self, kind)
            if values is not None:
                dtype, fill = map_fill(values.dtype)
                cells = np.asarray(values).astype(dtype, copy=False)
                changes[kind] = self.grid.expand(cells, fill)
        return replace(self, **changes)  # type: ignore[arg-type]

    def to_tiff(self, folder: str | Path, *, overwrite: bool = False) -> list[Path]:
        """Write each kind of map to a TIFF file, one pixel per cell.

        Parameters
        ----------
        folder : path-like
            Made when missing. Files are named after the image (without what a file
            name cannot hold): ``*_factors.tif`` and ``*_regions.tif`` with one named
            channel each (float32), and ``*_clusters.tif`` (int16, or int32 where
            numbers are larger; -1 where none); ``*_region_labels.tif`` has the most
            probable region of each cell, from 1 on, whose names its description
            tells; ``*_novelty.tif`` (float32) has the novelty. The pixel size is that
            of a cell; the description of each file states cell size and offset.
            ``*_slice.tif`` is the slice itself, and ``*_maps.json`` says how the maps
            came about; `open_maps` opens all of them together.
        overwrite : bool, default=False
            Whether maps of this slice that are there may be replaced: all
            kinds, also where these maps have fewer. Files that hold no maps of this
            library are never replaced.

        Returns
        -------
        paths : list of Path
            Files written.

        Raises
        ------
        FileExistsError
            If a file exists that may not be replaced; none is written then.
        NotADirectoryError
            If ``folder`` is a file.
        OutputInUseError
            If another process or thread writes maps of that name there.
        OSError
            If a file cannot be written; what was in the folder is untouched then.
        TypeError
            If clusters are names, which a TIFF cannot hold, ``folder`` is no path, or
            ``overwrite`` no bool.
        ValueError
            If clusters are numbers that need more than 32 bits, or a name holds
            control characters.
        """
        folder = check_path("folder", folder)
        overwrite = check_switch("overwrite", overwrite)
        place = place_of_maps(folder, self.image)
        with place.hold():
            check_output_folder(folder, self.image, overwrite=overwrite)
            return write_maps(self, place)

    def to_nifti(self, folder: str | Path, *, overwrite: bool = False) -> list[Path]:
        """Write each kind of map to a NIfTI file, one voxel per cell.

        Parameters
        ----------
        folder : path-like
            Made when missing. Files are named as those of :meth:`to_tiff`, ending in
            ``.nii.gz``. Volumes are stored x, y, z with one plane; ``*_factors`` and
            ``*_regions`` (float32) have their channels along a fourth axis, and their
            names in the header, as a comment. ``*_region_labels`` and ``*_clusters``
            (int32) begin at 1, and have names and colours for ITK-SNAP in a file
            ``.label`` beside them. The affine is in millimetres: cells have their size,
            and lie where they lie on the slice, x to the right and y down, z at
            ``image.z_um``.
        overwrite : bool, default=False
            Whether files that exist may be replaced.

        Returns
        -------
        paths : list of Path
            Files written.

        Raises
        ------
        FileExistsError
            If a file exists and ``overwrite`` is False; none is written then.
        ImportError
            If nibabel is not installed.
        NotADirectoryError
            If ``folder`` is a file.
        OSError
            If a file cannot be written.
        TypeError
            If clusters are names, ``folder`` is no path, or ``overwrite`` no bool.
        """
        folder = check_path("folder", folder)
        overwrite = check_switch("overwrite", overwrite)
        return write_nifti_folder(self, folder, overwrite=overwrite)

    def to_rois(self, kind: str = "regions") -> RoiMap:
        """Return predicted regions or clusters as an annotation.

        So that they can be written for other programs, ``maps.to_rois().write(
        "z309.geojson", image=maps.image)``, corrected there, and read back.

        Parameters
        ----------
        kind : {"regions", "clusters"}, default="regions"
            Which map: the most probable regions, or the clusters, named
            "cluster 0" and so on where they are numbers.

        Returns
        -------
        rois : RoiMap
            Of the cells, where the pixel size of the slice is known; else of all its
            pixels, each with its nearest cell's region. Code 0 is where none is.

        Raises
        ------
        ValueError
            If the maps hold no such map, or ``kind`` is none of the two.
        """
        check_option("kind", kind, ("regions", "clusters"))
        maps = self if self.cell_size_um is not None else self.expand()
        found = maps.predicted_regions if kind == "regions" else maps.clusters
        if found is None:
            raise ValueError(
                f"these maps hold no {kind}: no step of the pipeline gives them."
            )
        codes, names = _as_codes(np.asarray(found), kind, self.region_names)
        size = self.image.pixel_size_um
        row, col = (0.0, 0.0)
        if size is not None:
            # A level or a part of a picture is placed on the whole of it.
            row, col = (
                first + at * size
                for first, at in zip(offset_of(self.image), self.offset, strict=True)
            )
        return RoiMap(
            codes, names, pixel_size_um=self.cell_size_um, offset_um=(row, col)
        )

    def __repr__(self) -> str:
        rows, cols = self.grid.shape
        return (
            f"MicroarchMaps({self.image.name!r}, {rows} x {cols} cells of "
            f"{self.cell_size:g} px, factors={self.factor_names}, "
            f"regions={self.region_names})"
        )


def _as_codes(
    found: NDArray, kind: str, region_names: list[str]
) -> tuple[NDArray[np.int64], dict[int, str]]:
    """Return codes from 1 on, 0 where there is nothing, and the name of each."""
    if found.dtype.kind == "U":
        words, codes = np.unique(found, return_inverse=True)
        shift = 0 if words[0] == "" else 1
        names = {at + shift: str(word) for at, word in enumerate(words) if word}
        return codes.reshape(found.shape) + shift, names
    codes = found.astype(np.int64) + 1
    if kind == "regions":
        return codes, dict(enumerate(region_names, start=1))
    numbers = np.unique(found[found >= 0]).tolist()
    return codes, {int(number) + 1: f"cluster {number}" for number in numbers}
