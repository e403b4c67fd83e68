"""The regions that areas are of: their codes, names and place in the atlas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from sklearn_microarch.annotation._region_names import (
    check_region_names,
    listed,
    near_matches,
)
from sklearn_microarch.annotation._regroup import structures_by_text
from sklearn_microarch.annotation.shapes._area_shape import AreaShape
from sklearn_microarch.exceptions import ImageFileError

if TYPE_CHECKING:
    from sklearn_microarch.annotation._region_names import Color
    from sklearn_microarch.annotation.tables._structure_tree import StructureTree


@dataclass
class RegionList:
    """Regions of the areas of a file."""

    codes: list[int]  # of each area
    names: dict[int, str]
    colors: "dict[int, Color]" = field(default_factory=dict)
    sides: dict[int, str] = field(default_factory=dict)
    ancestors: dict[int, list[int]] = field(default_factory=dict)  # ids in the tree
    structures: dict[int, int] = field(default_factory=dict)  # id by code
    notes: list[str] = field(default_factory=list)

    @property
    def depths(self) -> dict[int, int]:
        """How deep in the tree each code is, 1 for the root."""
        return {code: len(above) + 1 for code, above in self.ancestors.items()}

    def is_part_of(self, code: int, whole: int) -> bool:
        """Return whether a region is, by the tree, within another one."""
        return self.structures.get(whole) in self.ancestors.get(code, ())


def list_regions(
    areas: Sequence[AreaShape],
    where: str,
    names: Mapping[int, str] | Sequence[str] | None,
    tree: "StructureTree | None",
    unannotated: int,
) -> RegionList:
    """Return regions with the codes of `names`, or of the tree, or numbered from 1."""
    wanted = {area.name: area for area in areas}
    known = _given_codes(list(wanted), where, names, unannotated)
    if names is None:
        known = _stated_codes(areas, unannotated)
    structures = _structures(wanted, tree)
    taken = set(known.values()) | {unannotated}
    for name, id_ in structures.items():
        if name not in known and id_ not in taken:
            known[name] = id_
            taken.add(id_)
    if tree is not None:
        taken |= set(tree.names)
    free = (code for code in count(1) if code not in taken)
    codes = {name: known[name] if name in known else next(free) for name in wanted}
    named = {code: name for name, code in known.items()} | {
        code: name for name, code in codes.items()
    }
    regions = RegionList([codes[area.name] for area in areas], named)
    regions.sides = {codes[n]: area.side for n, area in wanted.items() if area.side}
    if tree is not None:
        for name, id_ in structures.items():
            code = codes[name]
            regions.structures[code] = id_
            regions.ancestors[code] = tree.ancestors(id_)
            if id_ in tree.colors:
                regions.colors[code] = tree.colors[id_]
        _note_unknown(regions, wanted, structures, tree)
    return regions


def _given_codes(
    found: list[str],
    where: str,
    names: Mapping[int, str] | Sequence[str] | None,
    unannotated: int,
) -> dict[str, int]:
    """Return the codes that `names` gives, which must name all regions."""
    if names is None:
        return {}
    numbers = range(1, len(found) + 1)
    checked = check_region_names(names, list(numbers), unannotated)
    given: dict[str, int] = {}
    for code, name in checked.items():
        given.setdefault(name, code)
    missing = [name for name in found if name not in given]
    if missing:
        raise ImageFileError(
            f"{where} has the regions {listed(map(repr, missing))}, which are none of "
            f"names: {near_matches(missing[0], given)} Add them to names, or leave "
            "names out and use rois.rename and rois.exclude."
        )
    return given


def _stated_codes(areas: Sequence[AreaShape], unannotated: int) -> dict[str, int]:
    """Return the codes that this library has written, the lowest of each name."""
    stated: dict[str, int] = {}
    for area in areas:
        if area.code is not None and area.code != unannotated:
            stated[area.name] = min(area.code, stated.get(area.name, area.code))
    # A code that two names claim was edited by hand.
    return stated if len(set(stated.values())) == len(stated) else {}


def _structures(
    wanted: Mapping[str, AreaShape], tree: "StructureTree | None"
) -> dict[str, int]:
    """Return ids of the structures that regions are, by their names."""
    if tree is None:
        return {}
    by_text = structures_by_text(tree)
    found = {}
    for name, area in wanted.items():
        bare = name.partition(": ")[2] if area.side else name
        id_ = by_text.get(bare.casefold())
        if id_ is None and bare.isascii() and bare.isdigit() and len(bare) < 20:
            id_ = int(bare) if int(bare) in tree.names else None
        if id_ is not None:
            found[name] = id_
    return found


def _note_unknown(
    regions: RegionList,
    wanted: Mapping[str, AreaShape],
    structures: Mapping[str, int],
    tree: "StructureTree",
) -> None:
    unknown = [name for name in wanted if name not in structures]
    if unknown:
        hint = near_matches(unknown[0], [*tree.acronyms.values(), *tree.names.values()])
        regions.notes.append(
            f"no structures of the tree: {listed(map(repr, unknown))}; for "
            f"{unknown[0]!r}, {hint}"
        )
