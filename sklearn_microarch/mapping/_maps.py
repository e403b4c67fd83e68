"""The maps of one slice, with what is needed to read them."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images import SliceImage, write_tiff

KINDS = ("factors", "regions", "clusters")


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
        known = ~np.isnan(self.region_probabilities[..., 0])
        regions = np.full(known.shape, -1, dtype=np.int64)
        regions[known] = self.region_probabilities[known].argmax(axis=1)
        return regions

    def to_tiff(self, folder: str | Path, *, overwrite: bool = False) -> list[Path]:
        """Write each kind of map to a TIFF file, with its pixel size.

        Parameters
        ----------
        folder : path-like
            Made when missing. Files are named after the image (without what a file
            name cannot hold): ``*_factors.tif``
            and ``*_regions.tif`` with one named channel each, and
            ``*_clusters.tif`` (int16, -1 where none).
        overwrite : bool, default=False
            Replace files that exist.

        Returns
        -------
        paths : list of Path
            Files written.

        Raises
        ------
        FileExistsError
            If a file exists and ``overwrite`` is False; none is written then.
        TypeError
            If clusters are names, which a TIFF cannot hold.
        """
        planes = {
            "factors": (_channels_first(self.factors), self.factor_names),
            "regions": (
                _channels_first(self.region_probabilities),
                self.region_names,
            ),
            "clusters": (_as_int16(self.clusters), None),
        }
        paths = check_output_folder(folder, self.image, overwrite=overwrite)
        Path(folder).mkdir(parents=True, exist_ok=True)
        written = []
        for kind, (data, names) in planes.items():
            if data is not None:
                plane = SliceImage(data, self.pixel_size_um)
                write_tiff(paths[kind], plane, channel_names=names, overwrite=overwrite)
                written.append(paths[kind])
        return written

    def __repr__(self) -> str:
        height, width = self.image.shape
        return (
            f"MicroarchMaps({self.image.name!r}, {height} x {width}, stride "
            f"{self.stride}, factors={self.factor_names}, regions={self.region_names})"
        )


def check_output_folder(
    folder: str | Path, image: SliceImage, *, overwrite: bool = False
) -> dict[str, Path]:
    """Return where a slice's maps will be written, if they can be.

    Worth a call before hours of mapping.

    Parameters
    ----------
    folder : path-like
        Need not exist.
    image : SliceImage
        Slice to map; its name begins the names of the files.
    overwrite : bool, default=False
        Whether files that exist may be replaced.

    Returns
    -------
    paths : dict of str to Path
        Path of each kind of map: "factors", "regions" and "clusters".

    Raises
    ------
    FileExistsError
        If a file exists that may not be replaced.
    NotADirectoryError
        If ``folder`` is a file.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; name a folder for the maps.")
    name = re.sub(r"[^\w.-]+", "_", image.name).strip(".") or "slice"
    paths = {kind: folder / f"{name}_{kind}.tif" for kind in KINDS}
    taken = [str(path) for path in paths.values() if path.exists()]
    if taken and not overwrite:
        raise FileExistsError(
            f"{', '.join(taken)} exist; pass overwrite=True (--overwrite) to replace "
            "them, or another folder."
        )
    return paths


def _channels_first(values: NDArray | None) -> NDArray | None:
    return None if values is None else np.moveaxis(values, -1, 0).astype(np.float32)


def _as_int16(values: NDArray | None) -> NDArray | None:
    if values is None:
        return None
    if values.dtype.kind not in "iu":
        raise TypeError(
            f"clusters are of dtype {values.dtype}; only integer clusters can be "
            "written to a TIFF file."
        )
    return values.astype(np.int16)
