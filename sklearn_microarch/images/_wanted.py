"""What is asked of a file that holds more than one picture, whatever its format."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.images._image_errors import check_position
from sklearn_microarch.images._pixel_size import check_pixel_size
from sklearn_microarch.images._slice_image import SliceImage

Channels = int | str | Sequence[int | str] | None
_SAME_SIZE = 0.01


@dataclass(frozen=True)
class Wanted:
    """Which picture of a file, and what is known of it from elsewhere."""

    series: int | None = None
    # "auto": the coarsest level not coarser than pixel_size_um, asked for then.
    level: int | str | None = None
    page: int | None = None
    z: int | None = None
    t: int | None = None
    channels: Channels = None
    pixel_size_um: float | None = None
    name: str | None = None
    specimen: str | None = None

    def __post_init__(self) -> None:
        for axis in ("series", "page", "z", "t"):
            object.__setattr__(self, axis, check_position(axis, getattr(self, axis)))
        object.__setattr__(self, "pixel_size_um", check_pixel_size(self.pixel_size_um))
        _check_level(self.level, self.pixel_size_um)
        _check_channels(self.channels)
        for text in ("name", "specimen"):
            value = getattr(self, text)
            if value is not None and not isinstance(value, str):
                raise TypeError(f"{text}={shown(value)} must be a string or None.")

    def refuse(self, names: Sequence[str], kind: str) -> None:
        """Raise ValueError for a position along what a format does not have."""
        for name in names:
            value = getattr(self, name)
            if value not in (None, 0, "auto"):
                raise ValueError(
                    f"{name}={value!r} does not exist: {kind} holds one; leave {name} "
                    "out"
                )

    def pick_level(self, sizes: Sequence[tuple[int, int]], edge: float | None) -> int:
        """Return the number of the level, given the shapes of all, the finest first.

        ``edge`` is the pixel size of the finest, in micrometres, where known.
        """
        if self.level == "auto":
            return self._nearest_level(sizes, edge)
        number = 0 if self.level is None else int(self.level)
        if not 0 <= number < len(sizes):
            choices = f"choose level=0 (the finest) to level={len(sizes) - 1}"
            raise ValueError(
                f"level={number} does not exist; "
                + ("there is level=0 alone" if len(sizes) == 1 else choices)
            )
        return number

    def _nearest_level(
        self, sizes: Sequence[tuple[int, int]], edge: float | None
    ) -> int:
        if edge is None:
            raise ValueError(
                "level='auto' needs to know the pixel size, which the file does not "
                "state; choose one of the levels by number, level=0 to "
                f"level={len(sizes) - 1}"
            )
        fine = [
            at
            for at, size in enumerate(sizes)
            if edge * downsample_of(sizes[0], size) <= 1.01 * (self.pixel_size_um or 0)
        ]
        return max(fine, default=0)

    @property
    def given_size_um(self) -> float | None:
        """Pixel size that is to be taken instead of what the file states."""
        return None if self.level == "auto" else self.pixel_size_um

    def stated_size(self, read: Callable[[], float | None]) -> float | None:
        """Return the pixel size that ``read`` finds in a file.

        Where one is given, what the file states may be wrong.
        """
        try:
            return read()
        except ValueError:
            if self.given_size_um is None:
                raise
            return None

    def image(
        self,
        data: Any,  # noqa: ANN401 - any array
        path: Path,
        *,
        edge: float | None,
        downsample: float = 1.0,
        notes: Sequence[str] = (),
    ) -> SliceImage:
        """Return the slice; ``edge`` is what the file states of its pixels' size."""
        given = self.given_size_um
        stem = path.name.removesuffix(".gz")
        stem = stem.removesuffix(".zarr") if path.is_dir() else Path(stem).stem
        stem = stem.removesuffix(".ome")
        if given is None and edge is None:
            notes = (*notes, "the file states no pixel size")
        elif given and edge and abs(given / edge - 1) > _SAME_SIZE:
            notes = (
                *notes,
                f"pixel_size_um={given:g} as given, where the file states {edge:g}",
            )
        return SliceImage(
            data,
            pixel_size_um=edge if given is None else given,
            name=(stem or path.name) if self.name is None else self.name,
            specimen=self.specimen,
            downsample=downsample,
            notes=tuple(notes),
        )


def downsample_of(full: tuple[int, int], level: tuple[int, int]) -> float:
    """Return how many full-resolution pixels one of a level's is wide."""
    ratio = (full[0] / level[0] * full[1] / level[1]) ** 0.5
    whole = round(ratio)
    # Levels are rounded to whole pixels.
    near = all(abs(f / whole - n) < 1 for f, n in zip(full, level, strict=True))
    return float(whole) if whole >= 1 and near else ratio


def pick_channels(
    channels: Channels, n_channels: int, names: Sequence[str] = ()
) -> int | list[int] | None:
    """Return the numbers of the channels asked for; one number stands for itself."""
    if channels is None:
        return None
    if isinstance(channels, int | np.integer | str):
        return _channel_number(channels, n_channels, names)
    return [_channel_number(each, n_channels, names) for each in channels]


def _channel_number(channel: object, n_channels: int, names: Sequence[str]) -> int:
    if isinstance(channel, str):
        found = [at for at, name in enumerate(names) if name == channel]
        found = found or [
            at for at, name in enumerate(names) if name.lower() == channel.lower()
        ]
        if len(found) == 1:
            return found[0]
    elif isinstance(channel, int | np.integer) and 0 <= channel < n_channels:
        return int(channel)
    known = ", ".join(
        f"{at} {names[at]!r}" if at < len(names) else str(at)
        for at in range(min(n_channels, 12))
    )
    count = "1 channel" if n_channels == 1 else f"{n_channels} channels"
    raise ValueError(
        f"channels={shown(channel)} does not exist; the image has {count}: {known}"
    )


def take_channels(data: Any, chosen: int | list[int] | None) -> Any:  # noqa: ANN401
    """Return the channels of (n, height, width) or a 2-D image; one alone is 2-D."""
    if chosen is None:
        return data
    if data.ndim == 2:
        return data if isinstance(chosen, int) else np.stack([data] * len(chosen))
    return data[chosen]


def _check_level(level: object, pixel_size_um: float | None) -> None:
    if isinstance(level, str) and level == "auto":
        if pixel_size_um is None:
            raise ValueError(
                "level='auto' takes the coarsest level whose pixels are not larger "
                "than a size; give it as pixel_size_um, or the number of a level."
            )
    elif isinstance(level, str):
        raise ValueError(f"level={shown(level)} must be an integer, 'auto' or None.")
    else:
        check_position("level", level)


def _check_channels(channels: object) -> None:
    if channels is None:
        return
    several = isinstance(channels, list | tuple | range | np.ndarray)
    each = list(channels) if several else [channels]  # type: ignore[call-overload]
    if not each:
        raise ValueError("channels is empty; an image needs a channel.")
    for one in each:
        is_number = isinstance(one, Integral) and not isinstance(one, bool | np.bool_)
        if not (is_number or isinstance(one, str)):
            raise TypeError(
                f"channels={shown(channels)} must be the number or the name of a "
                "channel, or a list of these."
            )
