"""The maps of one slice, with what is needed to read them."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images import SliceImage
from sklearn_microarch.mapping._tiff_folder import (
    as_integers,
    channels_first,
    check_output_folder,
    write_planes,
)


@dataclass(frozen=True, eq=False, repr=False)
class MicroarchMaps:
    """Maps of one slice: factors, clusters and region probabilities.

    Every map covers the whole slice, pixel by pixel; with a stride above 1,
    values stand at every ``stride``-th pixel, and :meth:`thinned` drops the rest.

    Parameters
    ----------
    image : SliceImage
        The slice that was mapped.
    stride : int, unit: pixels
        Distance of neighbouring values.
    clusters : ndarray of shape (height, width) or None
        Cluster of each pixel, -1 (or "") where none.
    factors : ndarray of shape (height, width, p), dtype float, or None
        NaN where there is no value.
    factor_names : list of str
        Such as "factor07_VP".
    region_probabilities : ndarray of shape (height, width, r), dtype float, or None
        NaN where there is no value.
    region_names : list of str
        Region of each of the r channels of ``region_probabilities``.

    See Also
    --------
    map_slice : Makes maps.
    open_maps : Opens maps that were written; what they hold are no ndarrays then,
        but are read where they are indexed.
    """

    image: SliceImage
    stride: int = 1
    clusters: NDArray | None = None
    factors: NDArray | None = None
    factor_names: list[str] = field(default_factory=list)
    region_probabilities: NDArray | None = None
    region_names: list[str] = field(default_factory=list)

    @property
    def pixel_size_um(self) -> float | None:
        """Edge length of a map's pixel, in micrometres; None when unknown."""
        return self.image.pixel_size_um

    def replace(self, **changes: object) -> "MicroarchMaps":
        """Return a copy with some fields changed, for example ``image``.

        Parameters
        ----------
        **changes : object
            New values, under the names of the constructor's parameters.

        Returns
        -------
        maps : MicroarchMaps
            Fields that are not changed are shared.

        Raises
        ------
        TypeError
            If there is no such field.
        """
        return replace(self, **changes)  # type: ignore[arg-type]

    def thinned(self) -> "MicroarchMaps":
        """Return the maps with one pixel per value.

        Returns
        -------
        maps : MicroarchMaps
            Every ``stride``-th row and column, of the image too; the pixel size
            is multiplied by the stride.
        """
        if self.stride == 1:
            return self
        step = slice(None, None, self.stride)

        def thin(values: NDArray | None) -> NDArray | None:
            return None if values is None else values[step, step]

        size = self.pixel_size_um
        image = self.image.replace(
            data=self.image.pixels[..., step, step],
            pixel_size_um=None if size is None else size * self.stride,
        )
        return replace(
            self,
            image=image,
            stride=1,
            clusters=thin(self.clusters),
            factors=thin(self.factors),
            region_probabilities=thin(self.region_probabilities),
        )

    def predicted_regions(self) -> NDArray[np.int64]:
        """Return the most probable region of each pixel.

        Returns
        -------
        regions : ndarray of shape (height, width), dtype int64
            Index into ``region_names``, -1 where there is none.

        Raises
        ------
        ValueError
            If the pipeline has no step that tells regions apart.
        """
        if self.region_probabilities is None:
            raise ValueError(
                "these maps hold no region probabilities: no step of the pipeline is "
                "a classifier."
            )
        probabilities = np.asarray(self.region_probabilities)
        known = ~np.isnan(probabilities[..., 0])
        regions = np.full(known.shape, -1, dtype=np.int64)
        regions[known] = probabilities[known].argmax(axis=1)
        return regions

    def to_tiff(self, folder: str | Path, *, overwrite: bool = False) -> list[Path]:
        """Write each kind of map to a TIFF file, with its pixel size.

        Parameters
        ----------
        folder : path-like
            Made when missing. Files are named after the image (without what a file
            name cannot hold): ``*_factors.tif`` and ``*_regions.tif`` with one named
            channel each (float32), and ``*_clusters.tif`` (int16, or int32 where
            numbers are larger; -1 where none).
        overwrite : bool, default=False
            Whether maps of this slice that are there may be replaced: all three
            kinds, also where these maps have fewer.

        Returns
        -------
        paths : list of Path
            Files written.

        Raises
        ------
        FileExistsError
            If a file exists and ``overwrite`` is False; none is written then.
        NotADirectoryError
            If ``folder`` is a file.
        OSError
            If a file cannot be written; what was in the folder is untouched then.
        TypeError
            If clusters are names, which a TIFF cannot hold.
        ValueError
            If clusters are numbers that need more than 32 bits.

        Notes
        -----
        Files are as large as the slice. Of maps with a stride, ``thinned()`` writes
        files without the empty pixels between the values.
        """
        planes: dict[str, tuple[NDArray, list[str] | None]] = {}
        if self.factors is not None:
            planes["factors"] = channels_first(self.factors), self.factor_names
        if self.region_probabilities is not None:
            probabilities = channels_first(self.region_probabilities)
            planes["regions"] = probabilities, self.region_names
        if self.clusters is not None:
            planes["clusters"] = as_integers(self.clusters), None
        paths = check_output_folder(folder, self.image, overwrite=overwrite)
        return write_planes(paths, planes, self.pixel_size_um)

    def __repr__(self) -> str:
        height, width = self.image.shape
        return (
            f"MicroarchMaps({self.image.name!r}, {height} x {width}, stride "
            f"{self.stride}, factors={self.factor_names}, regions={self.region_names})"
        )
