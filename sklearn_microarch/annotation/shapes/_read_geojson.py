"""Read the areas of a GeoJSON file, as QuPath and programs around it write them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sklearn_microarch.annotation.shapes._area_shape import AreaShape, FoundShapes
from sklearn_microarch.annotation.shapes._load_json import load_json
from sklearn_microarch.annotation.shapes._make_polygon import check_ring, make_polygon
from sklearn_microarch.annotation.shapes._object_class import (
    class_of,
    code_of,
    color_of,
    side_of,
)

_MOST_OBJECTS = 200_000
_DEEPEST = 20
# QuPath's kinds that are no annotation, in its newer and its older words.
_NO_ANNOTATION = {
    "cell": "cell",
    "detection": "detection",
    "tile": "tile",
    "tma_core": "TMA core",
    "PathCellObject": "cell",
    "PathCellAnnotation": "cell",
    "PathDetectionObject": "detection",
    "PathTileObject": "tile",
    "TMACoreObject": "TMA core",
}
_NO_AREA = {
    "Point": "point",
    "MultiPoint": "point group",
    "LineString": "line",
    "MultiLineString": "line group",
}
_AREAS = ("Polygon", "MultiPolygon", "GeometryCollection")


def read_geojson(path: Path) -> FoundShapes | None:
    """Return the areas of a collection, a list, an object, or a bare geometry.

    None for JSON of no kind known here: it may hold labels of pixels.
    """
    found = FoundShapes()
    objects = _objects_of(load_json(path))
    if objects is None:
        return None
    if len(objects) > _MOST_OBJECTS:
        raise ValueError(
            f"it holds {len(objects)} objects; export the annotations without cells "
            "and detections"
        )
    for number, entry in enumerate(objects, start=1):
        _add_object(entry, number, found)
    return found


def _objects_of(content: object) -> list | None:
    """Return the objects of whatever stands at the top, None for an unknown layout.

    ValueError, which says what it is, where it is known to hold no outlines.
    """
    if isinstance(content, Mapping):
        kind = content.get("type")
        if kind == "FeatureCollection":
            features = content.get("features")
            if not isinstance(features, list):
                raise ValueError("its FeatureCollection has no list of features")
            return features
        if kind == "Feature" or (
            isinstance(kind, str) and kind in _AREAS + tuple(_NO_AREA)
        ):
            return [content]
        # QuPath's projects and scripts wrap collections at times.
        if isinstance(content.get("features"), list):
            return list(content["features"])
    elif isinstance(content, list) and any(
        isinstance(entry, Mapping) and ("geometry" in entry or "coordinates" in entry)
        for entry in content
    ):
        return content
    known = _what_else(content)
    if known is None:
        return None
    raise ValueError(known)


def _what_else(content: object) -> str | None:
    """Return what a JSON file without outlines is, and what to do; None: unknown."""
    first = content[0] if isinstance(content, list) and content else content
    keys = set(first) if isinstance(first, Mapping) else set()
    if "pathClasses" in keys or keys == {"name", "color"}:
        return (
            "it is QuPath's list of classes, with names and colours but no outlines; "
            "export the annotations: File > Export objects as GeoJSON"
        )
    if {"acronym", "id"} <= keys or {"structure_id_path"} <= keys or "msg" in keys:
        return (
            "it is an atlas's tree of structures, not an annotation; give it beside "
            "the annotation: read_rois(annotation, tree=path)"
        )
    for sign, program in (
        ("images", "COCO"),
        ("_via_img_metadata", "VIA"),
        ("shapes", "labelme"),
    ):
        if sign in keys:
            return (
                f"it looks like a file of {program}, which is not read; convert it to "
                "GeoJSON or a label image"
            )
    if keys:
        return None
    seems = repr(content)
    if isinstance(content, list) and not content:
        seems = "an empty list"
    return f"it is JSON but no GeoJSON: {seems[:120]}"


def _add_object(entry: object, number: int, found: FoundShapes) -> None:
    """Add the area of one object, or count why it is none."""
    if not isinstance(entry, Mapping):
        raise ValueError(f"object {number} is no GeoJSON object")
    geometry = (
        entry
        if "coordinates" in entry or "geometries" in entry
        else (entry.get("geometry"))
    )
    own = entry.get("properties")
    properties: Mapping = own if isinstance(own, Mapping) else {}
    kind = _NO_ANNOTATION.get(
        str(properties.get("objectType") or entry.get("id") or "")
    )
    if kind is not None:
        found.leave_out(kind)
        return
    if not isinstance(geometry, Mapping):
        found.leave_out("empty object")
        return
    name = class_of(properties, entry)
    what = f"object {number}" + (f" ({name})" if name else "")
    parts = list(_parts_of(geometry, what, found, 0))
    if not parts:
        return
    polygon = make_polygon(parts, what, found)
    if polygon is None:
        found.mend("outlines without an area were left out", what)
        return
    side, bare = side_of(name)
    found.areas.append(
        AreaShape(
            bare,
            polygon,
            color_of(properties),
            side,
            what,
            _plane_of(geometry),
            code_of(properties),
        )
    )


def _parts_of(
    geometry: Mapping, what: str, found: FoundShapes, depth: int
) -> Iterator[list]:
    """Yield the parts of a geometry, each an outline and its holes."""
    kind = geometry.get("type")
    if kind in _NO_AREA:
        found.leave_out(_NO_AREA[str(kind)])
        return
    if kind not in _AREAS:
        raise ValueError(f"{what} has a geometry of unknown type {str(kind)[:40]!r}")
    if kind == "GeometryCollection":
        for part in _list_in(geometry, "geometries", what):
            if not isinstance(part, Mapping) or depth > _DEEPEST:
                raise ValueError(f"{what} holds a part that is no geometry")
            yield from _parts_of(part, what, found, depth + 1)
        return
    outlines = _list_in(geometry, "coordinates", what)
    for rings in outlines if kind == "MultiPolygon" else [outlines]:
        if not isinstance(rings, list):
            raise ValueError(f"{what} has an outline that is no list of points")
        if rings:
            yield [check_ring(ring, what) for ring in rings]


def _list_in(geometry: Mapping, key: str, what: str) -> list:
    inner = geometry.get(key)
    if not isinstance(inner, list):
        raise ValueError(f"{what} has a geometry without {key}")
    return inner


def _plane_of(geometry: Mapping) -> tuple[int | None, int | None]:
    """Return z and t that QuPath states, which leaves them out for the first."""
    plane = geometry.get("plane")
    if not isinstance(plane, Mapping):
        return 0, 0
    z, t = (
        value if isinstance(value, int) and not isinstance(value, bool) else 0
        for value in (plane.get("z"), plane.get("t"))
    )
    return z, t
