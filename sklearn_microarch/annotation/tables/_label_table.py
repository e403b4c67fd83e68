"""A table of regions: ids with names, and colours, acronyms and parents if stated."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sklearn_microarch._arguments._numbers import shown

LARGEST_ID = 2**32
Color = tuple[int, int, int]


@dataclass(frozen=True)
class TableRow:
    """What one line of a table says; `where` names the line in messages."""

    id: int
    name: str
    color: Color | None = None
    acronym: str = ""
    parent: int | None = None
    where: str = ""


@dataclass(frozen=True, repr=False)
class LabelTable:
    """Names and colours of regions by id, as a file lists them."""

    # By id; also of the background where the file names it.
    names: dict[int, str]
    # Red, green and blue from 0 to 255; only of ids that have one.
    colors: dict[int, Color] = field(default_factory=dict)
    # Ids in the order of the file, which the maps of QUINT count by.
    rows: list[int] = field(default_factory=list)
    acronyms: dict[int, str] = field(default_factory=dict)
    # Of every id where the file states a tree, else empty; None: a root.
    parents: dict[int, int | None] = field(default_factory=dict)
    # The file, for messages.
    source: str = "the table"

    def __repr__(self) -> str:
        return f"LabelTable({len(self.names)} regions of {self.source})"


def make_table(
    rows: Iterable[TableRow], *, source: str, has_tree: bool = False
) -> LabelTable:
    """Return a table; ValueError for none, or one id with two names."""
    names: dict[int, str] = {}
    colors: dict[int, Color] = {}
    acronyms: dict[int, str] = {}
    parents: dict[int, int | None] = {}
    order = []
    for row in rows:
        before = names.setdefault(row.id, row.name)
        if before != row.name:
            raise ValueError(
                f"it has two names for the id {row.id}, {before!r} and {row.name!r}"
                f"{row.where and f' ({row.where})'}; give each region its own id"
            )
        order.append(row.id)
        if row.color is not None:
            colors.setdefault(row.id, row.color)
        if row.acronym:
            acronyms.setdefault(row.id, row.acronym)
        if has_tree:
            parents.setdefault(row.id, row.parent)
    if not order:
        raise ValueError("it lists no region")
    return LabelTable(names, colors, order, acronyms, parents, source)


def parse_id(value: object, where: str) -> int:
    """Return an id from a number or its text; ValueError if it is none."""
    text = str(value).strip() if isinstance(value, str | int | float) else ""
    whole = text.removesuffix(".0")
    if isinstance(value, bool) or not (whole.isascii() and whole.isdigit()):
        raise ValueError(f"{where} has the id {shown(value)}, which is no whole number")
    number = int(whole) if len(whole) < 20 else LARGEST_ID + 1
    if number > LARGEST_ID:
        raise ValueError(f"{where} has the id {shown(whole)}; ids are at most 2**32")
    return number
