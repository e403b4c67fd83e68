"""Letters at the sides of a slice: which way is dorsal, where something states it."""

from collections.abc import Mapping

from matplotlib.axes import Axes

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.images import SliceImage
from sklearn_microarch.plotting.panels._grid import Box

Letters = dict[str, str]
# Where a letter stands: as a share of height and width from the top left corner, and
# how far inwards, in points to the right and upwards.
_PLACES = {
    "top": ((0.0, 0.5), (0, -3), "center", "top"),
    "bottom": ((1.0, 0.5), (0, 3), "center", "bottom"),
    "left": ((0.5, 0.0), (3, 0), "left", "center"),
    "right": ((0.5, 1.0), (-3, 0), "right", "center"),
}
_LONGEST = 12


def check_orientation_letters(orientation: object) -> Letters:
    """Return what lies at which side of a picture; None: nothing is stated."""
    if orientation is None:
        return {}
    if not isinstance(orientation, Mapping):
        raise TypeError(
            f"orientation={shown(orientation)} must be a mapping of sides of the "
            'picture to letters, such as {"top": "D", "left": "L"}, or None.'
        )
    for side, letter in orientation.items():
        if side not in _PLACES:
            raise ValueError(
                f"orientation: {shown(side)} is no side of a picture; sides are "
                f"{', '.join(_PLACES)}."
            )
        if not _is_letter(letter):
            raise ValueError(
                f"orientation: {side}={shown(letter)} must be a letter or a short word "
                f'of at most {_LONGEST} letters, such as "D" or "dorsal".'
            )
    return dict(orientation)


def letters_of(image: SliceImage) -> Letters:
    """Return what the details of a slice state, such as {"top": "D"}; else nothing."""
    stated = {side: image.details.get(side) for side in _PLACES}
    return {
        side: letter
        for side, letter in stated.items()
        if isinstance(letter, str) and _is_letter(letter)
    }


def _is_letter(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST


def draw_letters(ax: Axes, letters: Letters, box: Box) -> None:
    """Write letters inside the edges of the part of a slice that a panel shows."""
    for side, letter in letters.items():
        (down, across), shift, horizontal, vertical = _PLACES[side]
        ax.annotate(
            letter.strip(),
            (
                box.left - 0.5 + across * box.width,
                box.top - 0.5 + down * box.height,
            ),
            xytext=shift,
            textcoords="offset points",
            ha=horizontal,
            va=vertical,
            color="white",
            fontsize="small",
            parse_math=False,
            # As the scale bar: legible over tissue and over nothing.
            bbox={"facecolor": "black", "alpha": 0.5, "edgecolor": "none", "pad": 1.5},
            gid=f"orientation {side}",
        )
