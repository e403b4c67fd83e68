"""Names and colours of the codes of a label image, from whatever states them."""

from collections.abc import Mapping, Sequence

from sklearn_microarch.annotation._region_names import (
    Color,
    check_region_colors,
    check_region_names,
    listed,
)
from sklearn_microarch.annotation.tables._label_table import LabelTable

Names = Mapping[int, str] | Sequence[str] | None


def names_of_codes(
    found: list[int],
    stated: Mapping[int, str],
    table: LabelTable | None,
    names: Names,
    unannotated: int,
) -> tuple[dict[int, str], list[str]]:
    """Return a name for each code, and what to warn of.

    The argument counts more than the table, which counts more than the file.
    """
    codes = [code for code in found if code != unannotated]
    given = {} if names is None else check_region_names(names, codes, unannotated)
    listed_names = {} if table is None else table.names
    chosen = {
        code: given.get(code) or listed_names.get(code) or stated.get(code) or ""
        for code in codes
    }
    warnings = []
    if table is not None and codes:
        warnings = _warn_of_table(codes, chosen, table)
    elif given and not set(given) & set(codes):
        warnings.append(
            f"none of the codes in names ({listed(given, 5)}) occurs in it; it holds "
            f"{listed(codes, 5)}."
        )
    taken = set(chosen.values())
    named = {
        code: name or (f"code {code}" if str(code) in taken else str(code))
        for code, name in chosen.items()
    }
    return named, warnings


def _warn_of_table(
    codes: list[int], chosen: dict[int, str], table: LabelTable
) -> list[str]:
    unknown = [code for code in codes if not chosen[code]]
    if len(unknown) == len(codes):
        return [
            f"none of its ids ({listed(codes, 5)}) is in {table.source}, so that its "
            "regions are called by their numbers; pass the table of this atlas, as "
            "table=, or names={id: name}."
        ]
    if unknown:
        return [
            f"{len(unknown)} of its {len(codes)} ids are not in {table.source} and are "
            f"called by their numbers: {listed(unknown, 5)}. Pass the table of this "
            "version of the atlas, or names={id: name}."
        ]
    return []


def colors_of_codes(
    codes: Sequence[int],
    stated: Mapping[int, Color],
    table: LabelTable | None,
    colors: Mapping[int, Sequence[int]] | None,
) -> dict[int, Color]:
    """Return the colours of codes as far as one is stated."""
    given = check_region_colors(colors)
    listed_colors = {} if table is None else table.colors
    found = {
        code: given.get(code) or listed_colors.get(code) or stated.get(code)
        for code in codes
    }
    return {code: color for code, color in found.items() if color is not None}
