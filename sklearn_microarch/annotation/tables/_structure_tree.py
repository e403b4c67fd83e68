"""A tree of brain structures: which region is part of which."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from numbers import Integral

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.annotation._region_names import near_matches
from sklearn_microarch.annotation.tables._label_table import Color, LabelTable


@dataclass(frozen=True, repr=False)
class StructureTree:
    """Structures of an atlas with their parents, by id; ValueError for a loop."""

    names: Mapping[int, str]
    # A parent that is not among the structures, or None, makes a root.
    parents: Mapping[int, int | None]
    acronyms: Mapping[int, str] = field(default_factory=dict)
    colors: Mapping[int, Color] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key in ("names", "acronyms", "colors"):
            object.__setattr__(self, key, dict(getattr(self, key)))
        parents = {id_: self.parents.get(id_) for id_ in self.names}
        known = {
            id_: above if above in self.names else None
            for id_, above in parents.items()
        }
        object.__setattr__(self, "parents", known)
        self._check_loops()

    def _check_loops(self) -> None:
        sound: set[int | None] = {None}
        for id_ in self.names:
            way: dict[int | None, None] = {}
            at: int | None = id_
            while at not in sound:
                if at in way:
                    raise ValueError(
                        f"the structure {self.names[id_]!r} ({id_}) is among its own "
                        "ancestors; a tree has no loops"
                    )
                way[at] = None
                at = self.parents[at]  # type: ignore[index]
            sound.update(way)

    @property
    def ids(self) -> list[int]:
        """Ids of all structures, in the order of the file."""
        return list(self.names)

    def ancestors(self, id_: int) -> list[int]:
        """Return the ids above a structure, its parent first, the root last."""
        found = []
        above = self.parents[self.find(id_)]
        while above is not None:
            found.append(above)
            above = self.parents[above]
        return found

    def find(self, wanted: str | int) -> int:
        """Return the id of an acronym, a name or an id; ValueError if there is none.

        Looked up in this order as it is written, then without regard to case.
        """
        if isinstance(wanted, Integral) and not isinstance(wanted, bool):
            if int(wanted) in self.names:
                return int(wanted)
            raise ValueError(f"there is no structure with the id {shown(wanted)}.")
        if not isinstance(wanted, str):
            raise TypeError(
                f"{shown(wanted)} must be an acronym, a name or an id of a structure."
            )
        text = wanted.strip()
        for fold in (str, str.casefold):
            for texts in (self.acronyms, self.names):
                same = [id_ for id_, own in texts.items() if fold(own) == fold(text)]
                if len(same) > 1:
                    raise ValueError(
                        f"{wanted!r} stands for the structures "
                        f"{', '.join(f'{self.names[i]!r} ({i})' for i in same[:4])}; "
                        "name one by its id."
                    )
                if same:
                    return same[0]
        if (
            text.isascii()
            and text.isdigit()
            and len(text) < 20
            and int(text) in self.names
        ):
            return int(text)
        known = [*self.acronyms.values(), *self.names.values()]
        raise ValueError(
            f"there is no structure {wanted!r}; {near_matches(text, known)}"
        )

    def get(self, wanted: str | int) -> int | None:
        """Return what `find` returns, None where there is no such structure."""
        try:
            return self.find(wanted)
        except ValueError:
            return None

    def roll_up(
        self, ids: Iterable[int], wanted: Iterable[str | int]
    ) -> dict[int, int | None]:
        """Return, for each id, which wanted structure it is, or is part of.

        The deepest of several; None where it is part of none or not in the tree.
        """
        chosen = {self.find(structure) for structure in wanted}
        return {int(id_): self._first_in(int(id_), chosen) for id_ in ids}

    def _first_in(self, id_: int, chosen: set[int]) -> int | None:
        at: int | None = id_ if id_ in self.names else None
        while at is not None and at not in chosen:
            at = self.parents[at]
        return at

    def __repr__(self) -> str:
        return f"StructureTree({len(self.names)} structures)"

    def __hash__(self) -> int:
        return hash((tuple(self.names.items()), tuple(self.parents.items())))


def tree_of_table(table: LabelTable) -> StructureTree:
    """Return the tree that a table states; ValueError if it states none."""
    if not table.parents:
        raise ValueError(
            "it states no parents, so that regions cannot be put together by a tree; "
            "use the atlas's structures.json, structures.csv or structure graph"
        )
    return StructureTree(table.names, table.parents, table.acronyms, table.colors)


def table_of_tree(tree: StructureTree) -> LabelTable:
    """Return a table that calls structures by their acronyms where they have one."""
    names = {id_: tree.acronyms.get(id_) or name for id_, name in tree.names.items()}
    acronyms, parents = dict(tree.acronyms), dict(tree.parents)
    return LabelTable(
        names, dict(tree.colors), tree.ids, acronyms, parents, "the tree of structures"
    )
