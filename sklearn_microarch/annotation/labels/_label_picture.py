"""What a label image holds once it is decoded, whatever its format."""

from dataclasses import dataclass, field

from numpy.typing import NDArray

from sklearn_microarch.annotation._region_names import Color

# Codes take eight bytes a pixel; a slice of that size may have more.
MAX_PIXELS = 80_000_000
# Of a stream in gzip or PNG, to one that is packed.
MAX_INFLATION = 1040


@dataclass(frozen=True)
class LabelPicture:
    """Pixels of a label image with what its file says of them."""

    # (height, width) numbers, or (height, width, 3 or 4) uint8 colours.
    values: NDArray
    # By code, as far as the file states them.
    names: dict[int, str] = field(default_factory=dict)
    colors: dict[int, Color] = field(default_factory=dict)
    pixel_size_um: float | None = None
    # Of the first pixel's centre from that of the whole picture; None: not stated.
    offset_um: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()
    # Whether values count the rows of an atlas's list.
    counts_rows: bool = False
    # Whether it covers the picture it was made for, whatever the two shapes.
    covers_picture: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width, in pixels."""
        return self.values.shape[0], self.values.shape[1]


def check_pixel_count(
    shape: tuple[int, ...], allowed: tuple[int, int] | None = None
) -> None:
    """Raise ValueError for more pixels than are read, unless of an allowed shape."""
    height, width = shape[0], shape[1]
    if min(shape) < 1:
        raise ValueError(f"it is empty: its shape is {tuple(shape)}")
    most = max(MAX_PIXELS, allowed[0] * allowed[1] if allowed else 0)
    if height * width > most:
        raise ValueError(
            f"it declares {height} x {width} pixels, and at most {most} are read; "
            "export the labels at a lower resolution, or pass the slice they belong "
            "to as like="
        )


def choose_plane(what: str, length: int, given: int | None) -> int:
    """Return the position along z or t; ValueError if it is missing or is none."""
    choices = f"{what}=0 to {what}={length - 1}" if length > 1 else f"{what}=0"
    if given is None and length > 1:
        raise ValueError(
            f"it holds {length} planes along {what}; choose one with {choices}"
        )
    if given is not None and not 0 <= given < length:
        raise ValueError(f"{what}={given} does not exist; the choices are {choices}")
    return given or 0
