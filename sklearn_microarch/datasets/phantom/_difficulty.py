"""How hard the phantom's regions are to tell apart: one table of constants."""

from dataclasses import dataclass

__all__ = ["DIFFICULTIES", "Difficulty"]


@dataclass(frozen=True)
class Difficulty:
    """What a level of difficulty takes from, and adds to, a slice.

    Structure is the same at every level: each cell, vessel and axon lies where it lies.
    What changes is how far plain grey levels betray a region.
    """

    # Share that is left of the differences between regions in grey level, and in the
    # strength of the fine texture.
    grey_spread: float
    grain_spread: float
    # Standard deviation of slow changes of brightness, over 100 um and more, as a
    # share of the shading: without shading there are none.
    unevenness: float
    # Standard deviation of the logarithm of the local contrast of cells and texture,
    # which changes as slowly.
    staining: float
    # Largest share of a wider blur in the image, which comes and goes.
    defocus: float


# fmt: off
DIFFICULTIES = {
    #                       grey  grain  uneven  stain  defocus
    "easy":   Difficulty(  1.00,  1.00,   0.10,  0.00,  0.00),
    "medium": Difficulty(  0.65,  0.90,   0.20,  0.05,  0.10),
    "hard":   Difficulty(  0.40,  0.50,   0.30,  0.15,  0.40),
}
# fmt: on
