"""Sets of OME-TIFF files that a companion, a text file, describes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from sklearn_microarch.images._image_errors import as_image_file_error
from sklearn_microarch.images._pixel_size import square_edge
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images._wanted import Wanted, pick_channels
from sklearn_microarch.images.tiff._ome_xml import MAX_XML_BYTES, check_ome_xml
from sklearn_microarch.images.tiff._open_tiff import open_tiff
from sklearn_microarch.images.tiff._pixel_size import ome_edge

_AXES = "ZCT"
Place = tuple[int, int, int]


@dataclass(frozen=True)
class _Set:
    """One image of a companion: its lengths, and the file and page of each plane."""

    attributes: Mapping[str, str]
    lengths: Place
    names: list[str]
    planes: dict[Place, tuple[str, int]]


def open_companion(path: Path, wanted: Wanted, *, max_bytes: int) -> SliceImage:
    """Read one slice of a set of OME-TIFF files, from the file that describes it."""
    with as_image_file_error(str(path)):
        wanted.refuse(("level", "page"), "a set of OME-TIFF files")
        found = _pick_series(_sets(path), wanted.series)
        z, t = (
            _position(name, found.lengths[at], given)
            for name, at, given in (("z", 0, wanted.z), ("t", 2, wanted.t))
        )
        chosen = pick_channels(wanted.channels, found.lengths[1], found.names)
        numbers = range(found.lengths[1]) if chosen is None else chosen
        several = [numbers] if isinstance(numbers, int) else list(numbers)
        planes = [
            _plane(path, found.planes, (z, number, t), max_bytes) for number in several
        ]
        is_one = isinstance(chosen, int) or (chosen is None and len(planes) == 1)
        edges = (ome_edge(found.attributes, "X"), ome_edge(found.attributes, "Y"))
        edge = wanted.stated_size(partial(square_edge, edges, where=str(path)))
        return wanted.image(
            planes[0] if is_one else np.stack(planes),
            path.with_name(path.name.replace(".companion", "")),
            edge=edge,
            notes=[f"a set of {len(dict(found.planes.values()))} files"],
        )


def _sets(path: Path) -> list[_Set]:
    if path.stat().st_size > MAX_XML_BYTES:
        raise ValueError("it is too large for text that describes images")
    xml = path.read_text("utf-8", errors="replace")
    check_ome_xml(xml)
    root = ElementTree.fromstring(xml)
    found = [_read_set(each) for each in root.iter() if _tag(each) == "Pixels"]
    if not found:
        raise ValueError("it describes no image")
    return found


def _read_set(pixels: ElementTree.Element) -> _Set:
    z, c, t = (int(pixels.get(f"Size{axis}", 1)) for axis in _AXES)
    if min(z, c, t) < 1:
        raise ValueError(f"it announces {z} x {c} x {t} planes")
    lengths = (z, c, t)
    order = pixels.get("DimensionOrder", "XYZCT")[2:]
    planes: dict[Place, tuple[str, int]] = {}
    for data in pixels:
        file = next((each for each in data if _tag(each) == "UUID"), None)
        if _tag(data) != "TiffData" or file is None:
            continue
        place = {axis: int(data.get(f"First{axis}", 0)) for axis in _AXES}
        first, count = int(data.get("IFD", 0)), int(data.get("PlaneCount", 1))
        for at in range(min(count, z * c * t)):
            here = (place["Z"], place["C"], place["T"])
            planes[here] = (file.get("FileName", ""), first + at)
            for axis in order:
                place[axis] += 1
                if place[axis] < lengths[_AXES.index(axis)]:
                    break
                place[axis] = 0
    names = [each.get("Name", "") for each in pixels if _tag(each) == "Channel"]
    return _Set(pixels.attrib, lengths, names if any(names) else [], planes)


def _pick_series(sets: list[_Set], number: int | None) -> _Set:
    if number is None and len(sets) == 1:
        return sets[0]
    if number is None or not 0 <= number < len(sets):
        asked = "" if number is None else f"series={number} does not exist; "
        raise ValueError(
            f"{asked}it describes {len(sets)} images, choose one with series=0 to "
            f"series={len(sets) - 1}"
        )
    return sets[number]


def _position(name: str, length: int, given: int | None) -> int:
    choices = f"{name}=0 to {name}={length - 1}" if length > 1 else f"{name}=0"
    if given is None and length > 1:
        raise ValueError(
            f"it holds {length} positions along {name}; choose one with {choices}"
        )
    if not 0 <= (given or 0) < length:
        raise ValueError(f"{name}={given} does not exist; the choices are {choices}")
    return given or 0


def _plane(
    path: Path, planes: Mapping[Place, tuple[str, int]], place: Place, max_bytes: int
) -> np.ndarray:
    if place not in planes:
        z, c, t = place
        raise ValueError(f"it names no file for z={z}, channel {c}, t={t}")
    name, page = planes[place]
    file = path.parent / name
    if not name or not file.is_file():
        raise ValueError(
            f"it names the file {name!r}, which is not in its folder; put the files of "
            "the set into one folder"
        )
    wanted = Wanted(page=page, pixel_size_um=1.0)
    return open_tiff(file, wanted, max_bytes=max_bytes, lazy_from=None).pixels


def _tag(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]
