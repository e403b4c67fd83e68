"""One outlined area of a file, and all that a file gives."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    from sklearn_microarch.annotation._region_names import Color


@dataclass(frozen=True)
class AreaShape:
    """An area of a region."""

    name: str  # of the region; "" where the file gives none
    polygon: "Polygon | MultiPolygon"  # x, y from the corner of the first pixel
    color: "Color | None" = None
    side: str | None = None  # "left" or "right"
    what: str = ""  # what it is called in messages
    plane: tuple[int | None, int | None] = (None, None)  # z and t; None: all of them
    code: int | None = None  # where this library wrote it


@dataclass
class FoundShapes:
    """The areas of a file, and what was left out or mended on the way."""

    areas: list[AreaShape] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)  # by kind, such as "point"
    mended: dict[str, list[str]] = field(default_factory=dict)  # what, by the mending

    def leave_out(self, kind: str) -> None:
        """Count something that is no area."""
        self.left_out[kind] = self.left_out.get(kind, 0) + 1

    def mend(self, how: str, what: str) -> None:
        """Remember what was mended."""
        self.mended.setdefault(how, []).append(what)

    @property
    def rest(self) -> str:
        """What was left out, in words: "3 points, 12 cells"."""
        return ", ".join(
            f"{count} {kind}{'' if count == 1 else 's'}"
            for kind, count in self.left_out.items()
        )
