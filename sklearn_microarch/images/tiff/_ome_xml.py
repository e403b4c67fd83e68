"""What an OME-TIFF says of its images, read with care."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

MAX_PLANES = 1_000_000
MAX_XML_BYTES = 64 * 1024**2


def ome_pixels(xml: str) -> list[Mapping[str, str]]:
    """Return the attributes of each image's ``Pixels`` element, in file order."""
    return [
        element.attrib
        for element in ElementTree.fromstring(xml).iter()
        if _tag(element) == "Pixels"
    ]


def check_ome_xml(xml: str) -> None:
    """Raise ValueError for OME-XML that a reader must not follow.

    A reader lists the planes that the text announces before it looks for them in the
    file, so that a few bytes of text could claim all memory. Nor may it name files
    that lie outside the folder.
    """
    if "<!ENTITY" in xml:
        raise ValueError("its OME-XML declares entities")
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        return  # readers ignore such text as well
    own = root.get("UUID")
    for element in root.iter():
        if _tag(element) == "UUID" and (element.text or "").strip() != own:
            _check_file_name(element.get("FileName", ""))
        n_planes = _n_announced_planes(element)
        if not 0 <= n_planes <= MAX_PLANES:
            raise ValueError(
                f"its OME-XML announces {n_planes:g} planes in <{_tag(element)}>, more "
                f"than the {MAX_PLANES} that are believed"
            )


def _check_file_name(name: str) -> None:
    if "/" in name or "\\" in name or name in (".", ".."):
        raise ValueError(
            f"its OME-XML takes pixels from {name!r}, which is no file of its own "
            "folder; put the files of a set into one folder, and write their names "
            "without a path"
        )


def companion_xml(xml: str, folder: Path) -> str | None:
    """Return the text of the file that describes the set a plane belongs to, or None.

    Only one of that name in the same folder, and of believable size, is read.
    """
    found = re.search(r"<(?:\w+:)?BinaryOnly[^>]*\bMetadataFile=\"([^\"/\\\\]+)\"", xml)
    if found is None:
        return None
    path = folder / found.group(1)
    if not path.is_file() or path.stat().st_size > MAX_XML_BYTES:
        return None
    text = path.read_text("utf-8", errors="replace")
    return None if "<!ENTITY" in text or "<!DOCTYPE" in text else text


def _n_announced_planes(element: ElementTree.Element) -> float:
    attributes = element.attrib
    tag = _tag(element)
    if tag == "Pixels":
        return math.prod(int(attributes.get(f"Size{axis}", 1)) for axis in "ZCT")
    if tag == "TiffData":
        return max(int(attributes.get(key, 0)) for key in ("NumPlanes", "PlaneCount"))
    if tag.startswith("Along") and "Start" in attributes:
        span = float(attributes["End"]) - float(attributes["Start"])
        return span / float(attributes.get("Step", 1)) + 1
    return 0


def _tag(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]
