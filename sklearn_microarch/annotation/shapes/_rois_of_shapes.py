"""The areas of a file made into a map of regions on the grid of a slice."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sklearn_microarch._arguments._numbers import check_integer
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.annotation._grid_places import offset_of
from sklearn_microarch.annotation._region_codes import count_codes
from sklearn_microarch.annotation._region_names import check_region_colors, listed
from sklearn_microarch.annotation._roi_map import RoiMap
from sklearn_microarch.annotation.shapes._area_shape import AreaShape, FoundShapes
from sklearn_microarch.annotation.shapes._frame import Frame
from sklearn_microarch.annotation.shapes._rasterize import Raster, rasterize_shapes
from sklearn_microarch.annotation.shapes._region_list import RegionList, list_regions
from sklearn_microarch.exceptions import AnnotationWarning, ImageFileError

if TYPE_CHECKING:
    from sklearn_microarch.annotation.tables._structure_tree import StructureTree

_UNNAMED = "unnamed"
_NUMBERED = re.compile(r"(.*\S)-\d{1,3}")
# Shares of a region that are worth a warning, not only a note.
_LOST_TO_OTHERS = 0.02
_LOST_OUTSIDE = 0.02


@dataclass(frozen=True)
class ShapeChoices:
    """What the caller of `read_rois` has chosen, as far as outlines go."""

    names: Mapping[int, str] | Sequence[str] | None = None
    colors: Mapping[int, tuple[int, int, int]] | None = None
    tree: "StructureTree | None" = None
    sides: str = "merge"
    z: int | None = None
    t: int | None = None
    unannotated_code: int = 0


def rois_of_shapes(
    found: FoundShapes, where: str, frame: Frame, choices: ShapeChoices
) -> RoiMap:
    """Return the areas as a map; ImageFileError, which names `where`, for none."""
    if not found.areas:
        held = f" It holds {found.rest}." if found.left_out else " It is empty."
        raise ImageFileError(
            f"{where} holds no areas, such as polygons.{held} Outline regions by "
            "polygons, ovals or rectangles, or with brush or wand."
        )
    notes = _notes_of_reading(found)
    areas = _of_plane(found.areas, where, z=choices.z, t=choices.t)
    areas = _named(areas, notes)
    areas = _of_sides(areas, where, choices.sides, notes)
    regions = list_regions(
        areas, where, choices.names, choices.tree, choices.unannotated_code
    )
    notes += regions.notes
    placed = frame.place(areas, where)
    raster = rasterize_shapes(
        placed,
        frame.shape_for(placed, where),
        codes=regions.codes,
        unannotated=choices.unannotated_code,
        depths=regions.depths,
    )
    raster.codes.flags.writeable = False
    notes += _say_what_is_cut(placed, raster, regions, frame, where)
    notes += _say_what_overlaps(raster, regions, where)
    image = frame.image
    known = image is not None and image.pixel_size_um is not None
    return RoiMap(
        raster.codes,
        regions.names,
        colors=_colors(areas, regions, choices.colors),
        pixel_size_um=image.pixel_size_um
        if image is not None and known
        else frame.edge,
        offset_um=offset_of(image) if image is not None and known else (0.0, 0.0),
        unannotated_code=choices.unannotated_code,
        tree=choices.tree,
        sides=regions.sides,
        notes=tuple(notes),
    )


def _notes_of_reading(found: FoundShapes) -> list[str]:
    notes = [f"left out, being no areas: {found.rest}."] if found.left_out else []
    return notes + [
        f"{how}: {listed(dict.fromkeys(what))}." for how, what in found.mended.items()
    ]


def _of_plane(
    areas: list[AreaShape], where: str, *, z: int | None, t: int | None
) -> list[AreaShape]:
    """Return the areas of one plane, which must be chosen where there are several."""
    for axis, (name, wanted) in enumerate((("z", z), ("t", t))):
        on = sorted({a.plane[axis] for a in areas} - {None})  # type: ignore[type-var]
        if wanted is not None:
            check_integer(name, wanted, minimum=0)
        elif len(on) > 1:
            raise ImageFileError(
                f"{where} has areas on several planes, {name}={listed(on)}; choose one "
                f"with {name}= (counted from 0)."
            )
        if wanted is not None and on:
            areas = [area for area in areas if area.plane[axis] in (None, wanted)]
        if not areas:
            raise ImageFileError(
                f"{where} has no area on the plane {name}={wanted}; there are areas on "
                f"{name}={listed(on)} (counted from 0)."
            )
    return areas


def _named(areas: list[AreaShape], notes: list[str]) -> list[AreaShape]:
    """Return areas that all have a name."""
    unnamed = [area for area in areas if not area.name]
    if unnamed:
        count = "1 area" if len(unnamed) == 1 else f"{len(unnamed)} areas"
        notes.append(
            f"{count} without class and name are read as the region {_UNNAMED!r}."
        )
    names = {area.name for area in areas}
    numbered = [
        name
        for name in sorted(names)
        if (match := _NUMBERED.fullmatch(name)) and match.group(1) in names
    ]
    if numbered:
        notes.append(
            "ImageJ numbers areas of one name, so these may be meant as one region: "
            f"{listed(map(repr, numbered))}; rois.merge makes them one."
        )
    return [area if area.name else replace(area, name=_UNNAMED) for area in areas]


def _of_sides(
    areas: list[AreaShape], where: str, sides: str, notes: list[str]
) -> list[AreaShape]:
    """Return areas named as asked for where a side is stated."""
    stated = {area.side for area in areas} - {None}
    if not stated:
        if sides in ("left", "right"):
            raise ImageFileError(
                f"{where} states no sides (classes such as 'Left: SSp'), so that "
                f"sides={sides!r} cannot be chosen."
            )
        return areas
    if sides == "merge":
        notes.append(
            f"regions are stated by side ({listed(sorted(map(str, stated)))}) and read "
            "without it; sides='split' keeps the sides apart."
        )
        return [replace(area, side=None) for area in areas]
    if sides == "split":
        return [
            replace(area, name=f"{area.side.capitalize()}: {area.name}")
            if area.side
            else area
            for area in areas
        ]
    kept = [replace(area, side=None) for area in areas if area.side == sides]
    if not kept:
        raise ImageFileError(f"{where} has no area on the {sides} side.")
    notes.append(
        f"{len(areas) - len(kept)} areas not on the {sides} side were left out."
    )
    return kept


def _colors(
    areas: Sequence[AreaShape],
    regions: RegionList,
    given: Mapping[int, tuple[int, int, int]] | None,
) -> dict[int, tuple[int, int, int]]:
    """Return the file's colours, and over them the tree's and those given."""
    colors = dict(regions.colors)
    for area, code in zip(areas, regions.codes, strict=True):
        if area.color is not None:
            colors.setdefault(code, area.color)
    colors |= check_region_colors(given)
    return colors


def _say_what_is_cut(
    placed: Sequence[AreaShape],
    raster: Raster,
    regions: RegionList,
    frame: Frame,
    where: str,
) -> list[str]:
    """Say, in notes and warnings, what lies outside the slice or has no pixel."""
    notes = []
    whole: dict[int, float] = {}
    inside: dict[int, float] = {}
    empty: dict[int, int] = {}
    for area, code, pixels in zip(placed, regions.codes, raster.pixels, strict=True):
        size = area.polygon.area
        whole[code] = whole.get(code, 0.0) + size
        inside[code] = inside.get(code, 0.0) + size * frame.share_inside(area)
        empty[code] = empty.get(code, 0) + pixels
    names = regions.names
    cut = {code: 1 - inside[code] / whole[code] for code in whole if whole[code] > 0}
    cut = {code: share for code, share in cut.items() if share > 1e-4}
    if cut:
        text = (
            f"{where}: what lies outside the slice was cut off: "
            + listed(f"{names[code]} ({share:.1%})" for code, share in cut.items())
            + "."
        )
        notes.append(text)
        if frame.is_whole and max(cut.values()) > _LOST_OUTSIDE:
            warn_user(
                f"{text} If the outlines were drawn on a picture of another size, say "
                "so with scale=: pixels of the whole picture for one of theirs.",
                AnnotationWarning,
            )
    lost = [names[code] for code, n in empty.items() if not n and cut.get(code, 0) < 1]
    if lost:
        text = (
            f"{where}: regions too small to hold the centre of a pixel: {listed(lost)}."
        )
        notes.append(text)
        warn_user(text, AnnotationWarning)
    return notes


def _say_what_overlaps(raster: Raster, regions: RegionList, where: str) -> list[str]:
    """Say, in notes and a warning, what regions lost to others upon them."""
    notes = []
    if not raster.overlaps and not raster.under:
        return []
    left = count_codes(raster.codes)
    for losses, how in (
        (raster.under, "areas that lie within others were cut out of them"),
        (raster.overlaps, "where areas overlap, the smaller one was taken"),
    ):
        lost: dict[int, int] = {}
        for (code, by), count in losses.items():
            if not regions.is_part_of(by, code):
                lost[code] = lost.get(code, 0) + count
        if not lost:
            continue
        shares = {
            code: min(1.0, count / (count + left.get(code, 0)))
            for code, count in lost.items()
        }
        worst = sorted(lost, key=lambda code: -shares[code])
        text = f"{where}: {how}: " + listed(
            f"{regions.names[code]} lost {lost[code]} pixels ({shares[code]:.1%})"
            for code in worst
        )
        notes.append(f"{text}.")
        if losses is raster.overlaps and shares[worst[0]] > _LOST_TO_OTHERS:
            warn_user(f"{text}.", AnnotationWarning)
    return notes
