"""Regions joined, left out, renamed, or rolled up to coarser ones of their atlas."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sklearn_microarch._arguments._numbers import check_strings, shown
from sklearn_microarch.annotation._region_codes import replace_codes
from sklearn_microarch.annotation._region_names import listed, near_matches

if TYPE_CHECKING:
    from sklearn_microarch.annotation._roi_map import RoiMap
    from sklearn_microarch.annotation.tables._structure_tree import StructureTree


def find_code(rois: "RoiMap", name: str, *, argument: str = "name") -> int:
    """Return the code of a region by its name."""
    if not isinstance(name, str):
        raise TypeError(
            f"{argument}={shown(name)} must be the name of a region, a string."
        )
    for code, known in rois.names.items():
        if known == name:
            return code
    hint = near_matches(name, rois.names.values())
    raise ValueError(f"{argument}: there is no region {shown(name)}; {hint}")


def merge(rois: "RoiMap", groups: Mapping[str, Sequence[str]]) -> "RoiMap":
    """Return a map in which the regions of each group are one."""
    if not isinstance(groups, Mapping):
        raise TypeError(
            f"groups={shown(groups)} must be a mapping of a new name to the regions it "
            'takes in, such as {"WM": ["IC", "CC"]}.'
        )
    new: dict[int, int] = {}
    names = dict(rois.names)
    for name, members in groups.items():
        found = sorted(
            find_code(rois, member, argument=f"groups[{name!r}]")
            for member in check_strings(f"groups[{name!r}]", members)
        )
        if not found:
            raise ValueError(f"groups[{name!r}] lists no region.")
        twice = [rois.names[code] for code in found if code in new]
        if twice:
            raise ValueError(f"groups: {listed(twice)} is in two of them.")
        new |= dict.fromkeys(found, found[0])
        names[found[0]] = name
    for name, members in groups.items():
        if name in rois.names.values() and find_code(rois, name) not in new:
            raise ValueError(
                f"groups[{name!r}]: there is a region {name!r} already; list it too, "
                f"as in {{{name!r}: {[name, *members]!r}}}, or choose another name."
            )
    return _with_codes(rois, new, names)


def exclude(rois: "RoiMap", names: Sequence[str]) -> "RoiMap":
    """Return a map without some regions."""
    found = [
        find_code(rois, name, argument="names")
        for name in check_strings("names", names)
    ]
    return _with_codes(rois, dict.fromkeys(found, rois.unannotated_code), rois.names)


def rename(rois: "RoiMap", names: Mapping[str, str]) -> "RoiMap":
    """Return a map in which regions bear new names."""
    if not isinstance(names, Mapping):
        raise TypeError(
            f"names={shown(names)} must be a mapping of present names to new ones."
        )
    renamed = dict(rois.names)
    for name, new in names.items():
        renamed[find_code(rois, name, argument="names")] = new
    return rois.replace(names=renamed)


def to_level(rois: "RoiMap", levels: Sequence[str | int]) -> "RoiMap":
    """Return a map of coarser regions of the atlas."""
    tree = rois.tree
    if tree is None:
        raise ValueError(
            "the regions have no tree, so that it is not known which is part of which; "
            "give one: read_rois(path, tree='structures.json')."
        )
    wanted = {_find_level(tree, level): level for level in _listed_levels(levels)}
    by_text = structures_by_text(tree)
    structures = {
        code: structure_of(tree, by_text, code, name)
        for code, name in rois.names.items()
    }
    known = [id_ for id_ in structures.values() if id_ is not None]
    rolled = tree.roll_up(known, wanted)
    areas = rois.areas()
    new: dict[int, int] = {}
    names: dict[int, str] = {}
    sides: dict[int, str] = {}
    targets: dict[int, int] = {}
    lost: dict[str, int] = {}
    free = max([*tree.names, *rois.names]) + 1
    for code, name in rois.names.items():
        target = rolled.get(structures[code])  # type: ignore[arg-type]
        if target is None:
            new[code] = rois.unannotated_code
            if name in areas:
                lost[name] = areas[name]
            continue
        side = rois.sides.get(code)
        kept = target if side != "right" else free + list(wanted).index(target)
        level = wanted[target]
        text = level.strip() if isinstance(level, str) else level_name(tree, target)
        new[code], targets[code] = kept, target
        names[kept] = text if side is None else f"{side.capitalize()}: {text}"
        if side is not None:
            sides[kept] = side
    if len(lost) == len(areas):
        raise ValueError(
            f"no region ({listed(map(repr, areas))}) is part of "
            f"{listed(map(repr, levels))}; name structures further up in the tree."
        )
    notes = [*rois.notes]
    if lost:
        total = sum(lost.values())
        share = total / sum(areas.values())
        notes.append(
            f"{total} annotated pixels ({share:.1%}) are part of none of the asked "
            "levels and unannotated now: "
            + listed(f"{name} ({count})" for name, count in lost.items())
            + "."
        )
    return rois.replace(
        codes=replace_codes(rois.codes, new),
        names=names,
        colors={
            new[code]: tree.colors[target]
            for code, target in targets.items()
            if target in tree.colors
        },
        sides=sides,
        notes=tuple(notes),
    )


def _listed_levels(levels: Sequence[str | int]) -> list[str | int]:
    several = isinstance(levels, Iterable) and not isinstance(levels, str | bytes)
    found = list(levels) if several else []
    if not found:
        raise ValueError(
            f"levels={shown(levels)} must be a list of structures, such as "
            '["Isocortex", "fiber tracts"].'
        )
    return found


def _find_level(tree: "StructureTree", level: str | int) -> int:
    try:
        return tree.find(level)
    except (TypeError, ValueError) as error:
        raise type(error)(f"levels: {error}") from error


def level_name(tree: "StructureTree", code: int) -> str:
    """Return what a structure is called as a region: its acronym, or else its name."""
    return tree.acronyms.get(code) or tree.names[code]


def structure_of(
    tree: "StructureTree", by_text: Mapping[str, int], code: int, name: str
) -> int | None:
    """Return the id of the structure that a region is, by its name or else its code."""
    bare = name.partition(": ")[2] if name.startswith(("Left: ", "Right: ")) else name
    found = by_text.get(bare.casefold())
    return code if found is None and code in tree.names else found


def structures_by_text(tree: "StructureTree") -> dict[str, int]:
    """Return ids by acronym and name without regard to case; acronyms come first."""
    by_text: dict[str, int] = {}
    for texts in (tree.acronyms, tree.names):
        for id_, text in texts.items():
            by_text.setdefault(text.casefold(), id_)
    return by_text


def _with_codes(
    rois: "RoiMap", new: Mapping[int, int], names: Mapping[int, str]
) -> "RoiMap":
    """Return a map in which codes are replaced; those replaced lose their entries."""
    gone = {code for code, kept in new.items() if code != kept}
    return rois.replace(
        codes=replace_codes(rois.codes, new),
        names={code: name for code, name in names.items() if code not in gone},
        colors={code: color for code, color in rois.colors.items() if code not in gone},
        sides={code: side for code, side in rois.sides.items() if code not in gone},
    )
