"""What an OME-TIFF says of its images, read with care."""

import math
from collections.abc import Mapping
from xml.etree import ElementTree

MAX_PLANES = 1_000_000


def ome_pixels(xml: str) -> list[Mapping[str, str]]:
    """Return the attributes of each image's ``Pixels`` element, in file order."""
    return [
        element.attrib
        for element in ElementTree.fromstring(xml).iter()
        if _tag(element) == "Pixels"
    ]


def check_ome_xml(xml: str) -> None:
    """Raise ValueError for OME-XML that makes a reader allocate without bound.

    A reader lists the planes that the text announces before it looks for them in the
    file, so that a few bytes of text could claim all memory.
    """
    if "<!ENTITY" in xml:
        raise ValueError("its OME-XML declares entities")
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        return  # readers ignore such text as well
    for element in root.iter():
        n_planes = _n_announced_planes(element)
        if not 0 <= n_planes <= MAX_PLANES:
            raise ValueError(
                f"its OME-XML announces {n_planes:g} planes in <{_tag(element)}>, more "
                f"than the {MAX_PLANES} that are believed"
            )


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
