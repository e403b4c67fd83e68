"""Other placements of an annotation: mirrored, turned, scaled, shifted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_MIRRORS = {
    "": (1, 1),
    "left-right": (1, -1),
    "up-down": (-1, 1),
    "left-right and up-down": (-1, -1),
}


@dataclass(frozen=True)
class Placement:
    """What is done to an annotation: mirrored, scaled, turned, then shifted.

    Mirrored, scaled and turned about a point that stays where it is; the shift is
    counted from there, down and to the right.
    """

    mirror: str = ""
    turn_degrees: float = 0.0
    scale: float = 1.0
    shift_um: tuple[float, float] = (0.0, 0.0)

    @property
    def kind(self) -> str:
        """The largest change, in a word."""
        if self.mirror:
            return "mirror"
        if not 0.7 < self.scale < 1.5:
            return "scale"
        if self.scale != 1:
            return "small scale"
        return "turn" if self.turn_degrees else "shift"

    def matrix(self) -> NDArray[np.float64]:
        """Return the matrix (2, 2) that takes a new place back to an old one."""
        angle = np.deg2rad(self.turn_degrees)
        cos, sin = np.cos(angle), np.sin(angle)
        # Degrees count counter-clockwise as seen: rows run down.
        turned = np.array([[cos, sin], [-sin, cos]])
        return np.diag(_MIRRORS[self.mirror]) @ turned / self.scale

    def describe(self, *, unit: str = "um", per_um: float = 1.0) -> str:
        """Return the change in words; ``per_um`` units are a micrometre."""
        words = []
        if self.mirror:
            words.append(f"mirrored {self.mirror}")
        if self.scale != 1:
            words.append(f"scaled by {self.scale:g}")
        if self.turn_degrees:
            way = "counter-clockwise" if self.turn_degrees > 0 else "clockwise"
            words.append(f"turned by {abs(self.turn_degrees):g} degrees {way}")
        down, right = (per_um * length for length in self.shift_um)
        moves = []
        if round(down):
            moves.append(f"{abs(down):.0f} {unit} {'down' if down > 0 else 'up'}")
        if round(right):
            way = "right" if right > 0 else "left"
            moves.append(f"{abs(right):.0f} {unit} to the {way}")
        if moves:
            words.append("moved " + " and ".join(moves))
        return ", ".join(words) or "as it is"


def place(
    labels: NDArray[np.int64],
    placement: Placement,
    about: tuple[float, float],
    *,
    beyond: int = 0,
) -> NDArray[np.int64]:
    """Return labels (rows, columns) mirrored, scaled and turned about a cell.

    ``beyond`` stands where nothing was.
    """
    if placement.mirror == "" and placement.scale == 1 and not placement.turn_degrees:
        return labels
    matrix = placement.matrix()
    centre = np.array(about)
    offset = centre - matrix @ centre
    return np.asarray(
        ndimage.affine_transform(
            labels, matrix, offset, order=0, mode="constant", cval=beyond
        )
    )


def shift(
    labels: NDArray[np.int64], down: int, right: int, *, beyond: int = 0
) -> NDArray[np.int64]:
    """Return labels moved by whole cells; ``beyond`` moves in from outside."""
    moved = np.full_like(labels, beyond)
    height, width = labels.shape
    rows, from_rows = _parts(down, height)
    cols, from_cols = _parts(right, width)
    moved[rows, cols] = labels[from_rows, from_cols]
    return moved


def _parts(step: int, length: int) -> tuple[slice, slice]:
    """Return where a moved line lies, and which part of it that is."""
    step = max(-length, min(step, length))
    to = slice(max(0, step), length + min(0, step))
    return to, slice(max(0, -step), length - max(0, step))
