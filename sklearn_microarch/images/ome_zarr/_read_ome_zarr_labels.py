"""Read one label image of an OME-Zarr image."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sklearn_microarch._arguments._numbers import check_switch, shown
from sklearn_microarch.images._image_errors import as_image_file_error, existing_path
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images._wanted import Wanted
from sklearn_microarch.images.ome_zarr._read_ome_zarr_provenance import (
    read_ome_zarr_provenance,
)
from sklearn_microarch.images.ome_zarr.reading._open import (
    Multiscale,
    open_multiscale,
)
from sklearn_microarch.images.ome_zarr.reading._open_ome_zarr import open_ome_zarr
from sklearn_microarch.images.ome_zarr.reading._pixel_size import level_pixel_size


def read_ome_zarr_labels(
    path: str | Path,
    name: str,
    *,
    level: int = 0,
    t: int | None = None,
    z: int | None = None,
    allow_missing_chunks: bool | None = None,
) -> tuple[SliceImage, dict[int, dict[str, Any]]]:
    """Open a label image of an OME-Zarr image, without loading it.

    Parameters
    ----------
    path : str or pathlib.Path
        Folder of the image the labels belong to.
    name : str
        Name of the label image.
    level : int, default=0
        Level of the pyramid; 0 is the finest.
    t, z : int or None, default=None
        Position along time and depth, from 0. None where there is only one.
    allow_missing_chunks : bool or None, default=None
        Whether chunks without a file are background, as most programs leave out
        those that hold nothing else. None: unless this library wrote the image with
        a record of how it came about, since then every chunk has a file.

    Returns
    -------
    labels : SliceImage
        ``data`` of shape (height, width), of integers; 0 is background.
    properties : dict of int to dict
        What is known of each label, by its value.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ImageFileError
        If there is no such label image, it is no image of whole numbers, it is
        larger than the image, or it cannot be read; see `read_ome_zarr`.
    ImportError
        If zarr is not installed.
    TypeError
        If ``path`` is no path, ``name`` no string, ``level``, ``t`` or ``z`` no
        integer, or ``allow_missing_chunks`` no switch.

    See Also
    --------
    read_ome_zarr : Read the image itself.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn_microarch.images import OmeZarrWriter, read_ome_zarr_labels
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = f"{folder.name}/z159.ome.zarr"
    >>> about = {1: {"name": "cortex"}}
    >>> with OmeZarrWriter(path, shape=(40, 60), pixel_size_um=1.17) as writer:
    ...     writer.add_image(["grey"], dtype="uint8")[:] = 7
    ...     writer.add_label("regions", properties=about)[:20] = 1
    >>> labels, properties = read_ome_zarr_labels(path, "regions")
    >>> labels, properties
    (SliceImage('regions', 40 x 60 uint16, 1.17 um per pixel), {1: {'name': 'cortex'}})
    >>> int((labels.pixels == 1).sum())
    1200
    >>> folder.cleanup()
    """
    path = existing_path(path, "OME-Zarr image")
    if not isinstance(name, str):
        raise TypeError(f"name={shown(name)} must be the name of a label image.")
    folder = path / "labels"
    names = (
        sorted(p.name for p in folder.iterdir() if p.is_dir())
        if folder.is_dir()
        else []
    )
    with as_image_file_error(f"{path}, labels {name!r}"):
        if name not in names:
            raise ValueError(f"there are no such labels; it has {names or 'none'}")
    wanted = Wanted(level=level, t=t, z=z)
    if allow_missing_chunks is None:
        record = read_ome_zarr_provenance(path) if _is_group(path) else {}
        allow_missing_chunks = not record
    allow_missing_chunks = check_switch("allow_missing_chunks", allow_missing_chunks)
    labels = open_ome_zarr(
        folder / name, wanted, allow_missing_chunks=allow_missing_chunks
    )
    with as_image_file_error(f"{path}, labels {name!r}"):
        if labels.dtype.kind not in "bui":
            raise ValueError(
                f"they are {labels.dtype}, but labels are whole numbers; read them as "
                "an image, with read_ome_zarr"
            )
        described = open_multiscale(folder / name)
        _check_not_larger(path, described)
        return labels, _properties(described.ome)


def _is_group(path: Path) -> bool:
    return any((path / name).is_file() for name in ("zarr.json", ".zgroup"))


def _check_not_larger(path: Path, labels: Multiscale) -> None:
    """Raise ValueError when labels reach beyond the image that they belong to."""
    try:
        image = open_multiscale(path)
        size = image.level(0).shape[-2:]
    except ValueError:
        # Labels without an image beside them are compared with nothing.
        return
    own = labels.level(0).shape[-2:]
    edge, own_edge = (
        level_pixel_size(each, 0, where=str(each.path)) for each in (image, labels)
    )
    if edge is not None and own_edge is not None:
        # A pixel more at each side, where a level's edge was rounded.
        reach = [n * own_edge - 2 * max(edge, own_edge) for n in own]
        if _near(own, size, own_edge / edge):
            return
        if all(a <= b * edge for a, b in zip(reach, size, strict=True)) and all(
            a <= b for a, b in zip(own, size, strict=True)
        ):
            return
        what = (
            f" at {own_edge:g} um, and the image {size[0]} x {size[1]} at {edge:g} um"
        )
    elif all(a <= b for a, b in zip(own, size, strict=True)):
        return
    else:
        what = f", and the image {size[0]} x {size[1]}"
    raise ValueError(
        f"they have {own[0]} x {own[1]} pixels{what}; they belong to another image"
    )


def _near(own: tuple[int, ...], size: tuple[int, ...], ratio: float) -> bool:
    return all(
        abs(a * ratio - b) <= 2 * max(ratio, 1) for a, b in zip(own, size, strict=True)
    )


def _properties(ome: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    about = ome.get("image-label") or {}
    return {
        int(entry["label-value"]): {
            key: value for key, value in entry.items() if key != "label-value"
        }
        for entry in about.get("properties") or []
    }
