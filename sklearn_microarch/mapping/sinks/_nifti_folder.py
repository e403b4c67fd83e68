"""The NIfTI files of one slice's maps, as ITK-SNAP and FSL open them."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._whole import replace_file
from sklearn_microarch.annotation.writers._write_label_images import (
    itksnap_labels,
    label_description,
)
from sklearn_microarch.images.nifti._nibabel import import_nibabel
from sklearn_microarch.mapping.sinks._tiff_folder import file_stem

if TYPE_CHECKING:
    from sklearn_microarch.mapping._microarch_maps import MicroarchMaps

_UM_PER_MM = 1000.0
# Of nibabel's header extensions, the one for free text.
_COMMENT = 6
# Maps of labels, and what `MicroarchMaps.to_rois` calls them.
_LABELS = {"region_labels": "regions", "clusters": "clusters"}


def write_nifti_folder(
    maps: "MicroarchMaps", folder: Path, *, overwrite: bool
) -> list[Path]:
    """Write each kind of map; FileExistsError before any is, where one may not be."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; name a folder for the maps.")
    planes = _planes(maps)
    stem = file_stem(maps.image)
    paths = {kind: folder / f"{stem}_{kind}.nii.gz" for kind in planes}
    taken = [str(path) for path in paths.values() if path.exists()]
    if taken and not overwrite:
        raise FileExistsError(
            f"{', '.join(taken)} exist; pass overwrite=True to replace them, or "
            "another folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    x, y = (at * (maps.image.pixel_size_um or 0.0) for at in reversed(maps.offset))
    for kind, (values, names) in planes.items():
        _write_plane(
            paths[kind],
            values,
            cell_size_um=maps.cell_size_um,
            first_um=(x, y, maps.image.z_um or 0.0),
            names=names,
        )
    written = list(paths.values())
    for kind, path in paths.items():
        if kind in _LABELS:
            beside = label_description(path)
            with replace_file(beside) as file:
                file.write(itksnap_labels(maps.to_rois(_LABELS[kind])).encode())
            written.append(beside)
    return written


def _planes(maps: "MicroarchMaps") -> dict[str, tuple[NDArray, list[str]]]:
    """Return values and names of channels of each kind of map that there is."""
    planes: dict[str, tuple[NDArray, list[str]]] = {}
    for kind, found, names in (
        ("factors", maps.factors, maps.factor_names),
        ("regions", maps.region_probabilities, maps.region_names),
        ("novelty", maps.novelty, []),
    ):
        if found is not None:
            planes[kind] = np.asarray(found, dtype=np.float32), names
    for kind, source in _LABELS.items():
        found = maps.predicted_regions if source == "regions" else maps.clusters
        if found is not None:
            planes[kind] = _as_labels(maps, source), []
    return planes


def _as_labels(maps: "MicroarchMaps", source: str) -> NDArray[np.integer]:
    """Return labels (rows, columns) of the cells, from 1 on; 0 where there are none."""
    found = maps.predicted_regions if source == "regions" else maps.clusters
    labels = np.asarray(found)
    if labels.dtype.kind == "U":
        raise TypeError(
            f"clusters are of dtype {labels.dtype}; only integer clusters can be "
            "written to a NIfTI file."
        )
    return (labels + 1).astype(np.int32)


def _write_plane(
    path: Path,
    values: NDArray,
    *,
    cell_size_um: float | None,
    first_um: tuple[float, float, float],
    names: Sequence[str] = (),
) -> None:
    """Write one map, (rows, columns) or with k channels last, as [x, y, z(, channel)].

    ``first_um`` says where the first cell lies, x, y and z. Names of channels stand in
    the header, as a comment. Without a known size of cells, lengths count cells.
    """
    nibabel = import_nibabel()
    volume = np.swapaxes(values, 0, 1)[:, :, np.newaxis]
    affine = np.eye(4)
    if cell_size_um is not None:
        affine[:3, :3] *= cell_size_um / _UM_PER_MM
        affine[:3, 3] = np.array(first_um) / _UM_PER_MM
    image = nibabel.Nifti1Image(volume, affine)
    image.header.set_xyzt_units(xyz="unknown" if cell_size_um is None else "mm")
    if values.dtype.kind in "iu":
        image.header.set_intent("label")
    if names:
        words = "channels: " + ", ".join(names)
        extension = nibabel.nifti1.Nifti1Extension(_COMMENT, words.encode())
        image.header.extensions.append(extension)
    with replace_file(path) as file:
        # Without the time of day, so that equal maps are equal files.
        file.write(gzip.compress(image.to_bytes(), mtime=0))
