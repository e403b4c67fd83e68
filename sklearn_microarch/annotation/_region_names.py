"""Names and colours of regions: checked, and looked up with a hint for misspelled."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from numbers import Integral

from sklearn_microarch._arguments._numbers import check_integer, check_strings, shown
from sklearn_microarch.annotation._region_codes import LARGEST_CODE

Color = tuple[int, int, int]


def check_region_names(
    names: Mapping[int, str] | Sequence[str] | None,
    codes: Sequence[int],
    unannotated: int,
) -> dict[int, str]:
    """Return names by code, without the unannotated one; a sequence names `codes`."""
    if names is None:
        return {code: str(code) for code in codes}
    if not isinstance(names, Mapping):
        listed = check_strings("names", names)
        if len(listed) != len(codes):
            raise ValueError(
                f"names lists {len(listed)} names, but {len(codes)} codes occur: "
                f"{shown(list(codes))}. Give one name for each, in this order, or a "
                "mapping of code to name."
            )
        names = dict(zip(codes, listed, strict=True))
    checked = {}
    for code, name in names.items():
        number = check_code("names", code)
        if number == unannotated:
            continue
        if not isinstance(name, str):
            raise TypeError(f"names[{number}]={shown(name)} must be a string.")
        if not name.strip():
            raise ValueError(
                f"names[{number}]={name!r} is empty; a region needs a name. Leave the "
                "code out of names, or exclude it."
            )
        checked[number] = name
    return dict(sorted(checked.items()))


def check_code(where: str, code: object) -> int:
    """Return a code as an int."""
    return check_integer(f"a code of {where},", code, minimum=-1, maximum=LARGEST_CODE)


def check_region_colors(colors: Mapping[int, Sequence[int]] | None) -> dict[int, Color]:
    """Return colours by code as three integers from 0 to 255."""
    if colors is None:
        return {}
    if not isinstance(colors, Mapping):
        raise TypeError(
            f"colors={shown(colors)} must be a mapping of code to (red, green, blue)."
        )
    checked = {}
    for code, color in colors.items():
        number = check_code("colors", code)
        levels = list(color) if isinstance(color, Iterable) else []
        if len(levels) != 3 or not all(
            isinstance(level, Integral) and 0 <= level <= 255 for level in levels
        ):
            raise ValueError(
                f"colors[{number}]={shown(color)} must be three integers from 0 to "
                "255: (red, green, blue)."
            )
        checked[number] = (int(levels[0]), int(levels[1]), int(levels[2]))
    return dict(sorted(checked.items()))


def folded(name: str) -> str:
    """Return a name without what the eye overlooks: case and blanks."""
    return "".join(name.casefold().split())


def find_alike(names: Iterable[str]) -> list[list[str]]:
    """Return groups of names that differ only in case or blanks."""
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        groups.setdefault(folded(name), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def near_matches(name: str, known: Iterable[str]) -> str:
    """Return a hint for a message: the known names most like one that is unknown."""
    known = list(dict.fromkeys(known))
    short = {entry.casefold(): entry for entry in known}
    alike = get_close_matches(name.casefold(), short, n=3, cutoff=0.6)
    if alike:
        return "did you mean " + " or ".join(repr(short[key]) for key in alike) + "?"
    listed = ", ".join(map(repr, known[:12])) + (", ..." if len(known) > 12 else "")
    return f"there are: {listed}." if known else "there are none."


def listed(items: Iterable[object], limit: int = 8) -> str:
    """Return items for a message, the first of many."""
    texts = [str(item) for item in items]
    more = f" and {len(texts) - limit} more" if len(texts) > limit else ""
    return ", ".join(texts[:limit]) + more
