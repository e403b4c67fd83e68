"""Read one label image of an OME-Zarr image."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.images._image_errors import as_image_file_error, existing_path
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images.ome_zarr._open import open_multiscale
from sklearn_microarch.images.ome_zarr._read_ome_zarr import read_ome_zarr


def read_ome_zarr_labels(
    path: str | Path, name: str, *, level: int = 0
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
        If there is no such label image, or it cannot be read; see
        `read_ome_zarr`.
    ImportError
        If zarr is not installed.
    TypeError
        If ``path`` is no path, ``name`` no string or ``level`` no integer.

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
    labels = read_ome_zarr(folder / name, level=level)
    with as_image_file_error(f"{path}, labels {name!r}"):
        return labels, _properties(open_multiscale(folder / name).ome)


def _properties(ome: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    about = ome.get("image-label", {})
    return {
        int(entry["label-value"]): {
            key: value for key, value in entry.items() if key != "label-value"
        }
        for entry in about.get("properties") or []
    }
