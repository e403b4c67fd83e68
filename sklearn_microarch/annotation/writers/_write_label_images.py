"""Regions as label images: TIFF for ImageJ, NIfTI for ITK-SNAP, OME-Zarr."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from sklearn_microarch._whole import replace_file
from sklearn_microarch.annotation._optional import optional
from sklearn_microarch.annotation._region_codes import strips
from sklearn_microarch.annotation.writers._region_table import (
    drawn_colors,
    names_as_text,
)
from sklearn_microarch.images.ome_zarr._ome_zarr_writer import OmeZarrWriter
from sklearn_microarch.images.ome_zarr._read_ome_zarr_provenance import (
    record_of_regions,
)

if TYPE_CHECKING:
    from sklearn_microarch.annotation._roi_map import RoiMap

_UM_PER_MM = 1000.0


def _as_unsigned(rois: "RoiMap") -> NDArray[np.unsignedinteger]:
    """Return codes in the shortest unsigned type; 0 is background everywhere."""
    codes = rois.codes
    if rois.unannotated_code != 0:
        taken = [code for code in (0,) if code in rois.names]
        if taken:
            raise ValueError(
                f"the code 0 is the region {rois.names[0]!r}, and label images keep 0 "
                "for the background; give it another code first."
            )
        codes = np.where(codes == rois.unannotated_code, 0, codes)
    largest = int(codes.max())
    if largest >= 2**32:
        raise ValueError("a label image holds codes below 2**32.")
    dtype = next(
        t for t in (np.uint8, np.uint16, np.uint32) if largest <= np.iinfo(t).max
    )
    return codes.astype(dtype)


def write_label_tiff(rois: "RoiMap", path: Path) -> None:
    """Write a label image with names and, up to 255, colours as ImageJ has them."""
    codes = _as_unsigned(rois)
    edge = rois.pixel_size_um
    about: dict[str, Any] = {"Info": names_as_text(rois)}
    tags: dict[str, Any] = {}
    if codes.dtype.itemsize > 2:
        # ImageJ has no integers of 32 bits; others read them.
        text = names_as_text(rois).encode()
        tags = {"compression": "zlib", "description": text, "metadata": None}
        if edge is not None:
            tags |= {
                "resolution": (1e4 / edge, 1e4 / edge),
                "resolutionunit": "CENTIMETER",
            }
    else:
        if edge is not None:
            tags["resolution"] = (1 / edge, 1 / edge)
            about["unit"] = "um"
        if codes.dtype == np.uint8:
            about["LUTs"] = [_lookup_table(rois)]
        else:
            about["Ranges"] = (0.0, float(codes.max()))
        tags |= {"imagej": True, "metadata": about}
    with replace_file(path) as file:
        tifffile.imwrite(file, codes, photometric="minisblack", **tags)


def _lookup_table(rois: "RoiMap") -> NDArray[np.uint8]:
    """Return ImageJ's colours of 0 to 255, (3, 256)."""
    table = np.zeros((3, 256), dtype=np.uint8)
    for code, color in drawn_colors(rois).items():
        if 0 <= code < 256:
            table[:, code] = color
    return table


def write_nifti(rois: "RoiMap", path: Path) -> None:
    """Write one plane, stored [x, y, z], and a label description for ITK-SNAP."""
    nibabel = optional("nibabel", "Writing NIfTI files")
    codes = _as_unsigned(rois)
    edge = rois.pixel_size_um
    size = 1.0 if edge is None else edge / _UM_PER_MM
    image = nibabel.Nifti1Image(
        codes.T[:, :, np.newaxis], np.diag([size, size, size, 1])
    )
    image.header.set_xyzt_units(xyz="unknown" if edge is None else "mm")
    image.header.set_intent("label")
    # nibabel writes to files of its own naming only.
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        ending = ".nii.gz" if path.name.endswith(".gz") else ".nii"
        made = Path(folder, f"labels{ending}")
        nibabel.save(image, made)
        with replace_file(path) as file:
            file.write(made.read_bytes())
    with replace_file(label_description(path)) as file:
        file.write(itksnap_labels(rois).encode())


def label_description(path: Path) -> Path:
    """Return the file beside a NIfTI file in which ITK-SNAP finds its names."""
    stem = path.name.removesuffix(".gz").removesuffix(".nii")
    return path.with_name(f"{stem}.label")


def itksnap_labels(rois: "RoiMap") -> str:
    """Return a label description: index, colour, opacity, two switches, name."""
    lines = [
        "# ITK-SnAP Label Description File",
        '    0     0    0    0        0  0  0    "Clear Label"',
    ]
    for code, (red, green, blue) in drawn_colors(rois).items():
        name = rois.names[code].replace('"', "'")
        lines.append(
            f'{code:5d} {red:5d} {green:4d} {blue:4d}        1  1  1    "{name}"'
        )
    return "\n".join([*lines, ""])


def write_zarr_labels(rois: "RoiMap", path: Path, *, overwrite: bool) -> None:
    """Write OME-Zarr labels with names and colours, on an empty picture."""
    codes = _as_unsigned(rois)
    edge = rois.pixel_size_um
    row, col = (0.0, 0.0) if edge is None else (v / edge for v in rois.offset_um)
    colors = drawn_colors(rois)
    with OmeZarrWriter(
        path,
        shape=rois.shape,
        pixel_size_um=edge,
        offset=(row, col),
        name=path.name.partition(".")[0],
        provenance=record_of_regions(rois.region_names),
        overwrite=overwrite,
    ) as writer:
        # Labels belong to a picture, from whose first pixel they are counted.
        writer.add_image(["slice"], dtype="uint8", offset=(0.0, 0.0))
        labels = writer.add_label(
            "regions",
            dtype=codes.dtype,
            properties={code: {"name": rois.names[code]} for code in colors},
            colors={code: (*color, 255) for code, color in colors.items()},
        )
        at = 0
        for strip in strips(codes):
            labels[at : at + len(strip)] = strip
            at += len(strip)
