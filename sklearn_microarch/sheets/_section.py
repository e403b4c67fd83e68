"""One section of a study: its files, its animal, and how its picture is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sklearn_microarch._arguments._collections import check_mapping
from sklearn_microarch._arguments._numbers import (
    check_number,
    check_path,
    check_strings,
    check_switch,
    shown,
)
from sklearn_microarch.annotation import RoiMap, read_rois
from sklearn_microarch.images import SliceImage, read_image
from sklearn_microarch.images._pixel_size import check_pixel_size
from sklearn_microarch.sheets._name_of_file import name_of_file

_SIDES = (None, "left", "right")


@dataclass(frozen=True)
class Section:
    """One section of a study: its files, its animal, and how its picture is read.

    Parameters
    ----------
    image : path-like
        File or folder of the slice, of any format `read_image` knows.
    rois : path-like or None, default=None
        Its annotation, of any kind `read_rois` knows. None: not annotated.
    animal : str, default=""
        The animal the section was cut from; "" where it is not known.
    name : str, default=""
        What the section is called. "": as the file of its slice, without ending.
    group : str or None, default=None
        Group the animal belongs to, such as "control".
    side : {"left", "right"} or None, default=None
        Side of the brain.
    z_um : float or None, default=None, unit: micrometres
        Height of the section in the brain.
    normalize_by : str or None, default=None
        Sections with the same word were stained and scanned together, and share their
        grey levels.
    channel : int, str or None, default=None
        The channel to read, by number from 0 or by name. None: all.
    pixel_size_um : float or None, default=None, unit: micrometres
        Edge of a pixel, instead of what the file says.
    flip : bool, default=False
        The section lay on its face: the picture is mirrored left to right when it is
        read, and so is the annotation, which was drawn on the picture as it is stored.
    exclude : sequence of str, default=()
        Regions of the annotation that are taken for not annotated.
    details : mapping of str to str or number, default={}
        What else is known (sex, age, batch), carried into every table.
    rois_settings : mapping of str to object, default={}
        Further arguments of `sklearn_microarch.read_rois`, such as ``table``.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type, or out of range.

    See Also
    --------
    Sheet : Sections of a study together.
    read_sheet : Reads them from a CSV file.

    Examples
    --------
    >>> from sklearn_microarch.sheets import Section
    >>> section = Section("scans/m1_s1.ome.tif", animal="m1", details={"sex": "f"})
    >>> section.name
    'm1_s1'
    """

    image: Path
    rois: Path | None = None
    animal: str = ""
    name: str = ""
    group: str | None = None
    side: str | None = None
    z_um: float | None = None
    normalize_by: str | None = None
    channel: int | str | None = None
    pixel_size_um: float | None = None
    flip: bool = False
    exclude: tuple[str, ...] = ()
    details: Mapping[str, str | float] = field(default_factory=dict)
    rois_settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        image = check_path("image", self.image)
        checked: dict[str, object] = {
            "image": image,
            "rois": None if self.rois is None else check_path("rois", self.rois),
            "name": _check_word("name", self.name) or name_of_file(image),
            "animal": _check_word("animal", self.animal) or "",
            "pixel_size_um": check_pixel_size(self.pixel_size_um),
            "flip": check_switch("flip", self.flip),
            "exclude": tuple(check_strings("exclude", self.exclude)),
            "details": check_mapping("details", self.details),
            "rois_settings": check_mapping("rois_settings", self.rois_settings),
        }
        for word in ("group", "normalize_by"):
            checked[word] = _check_word(word, getattr(self, word))
        if self.z_um is not None:
            checked["z_um"] = check_number("z_um", self.z_um, low=-1e9, high=1e9)
        if not isinstance(self.side, str | None) or self.side not in _SIDES:
            raise ValueError(
                f"side={shown(self.side)} must be 'left', 'right' or None."
            )
        for argument, value in checked.items():
            object.__setattr__(self, argument, value)

    def read_image(self, **picture_settings: Any) -> SliceImage:  # noqa: ANN401
        """Read the slice.

        Parameters
        ----------
        **picture_settings : object
            Arguments of `read_image`, such as ``page=2``; they go before what the
            section says.

        Returns
        -------
        image : SliceImage
            With name, specimen (the animal), group, side, height and details.

        Raises
        ------
        OSError, ImageFileError
            If the file cannot be read; see `read_image`.
        ImportError
            If a package that the format needs is not installed.
        TypeError, ValueError
            If an argument is of the wrong type or out of range.
        """
        known = {"channels": self.channel, "pixel_size_um": self.pixel_size_um}
        settings = {name: value for name, value in known.items() if value is not None}
        image = read_image(self.image, name=self.name, **settings | picture_settings)
        return self._turned(image).replace(
            specimen=self.animal or None,
            group=self.group,
            side=self.side,
            z_um=self.z_um,
            details=self.details,
        )

    def read_rois(self, image: SliceImage) -> RoiMap | None:
        """Read the annotation of the slice.

        Parameters
        ----------
        image : SliceImage
            The slice, as `read_image` returns it.

        Returns
        -------
        rois : RoiMap or None
            The regions without those of ``exclude``; None where there is no annotation.

        Raises
        ------
        OSError, ImageFileError
            If the file cannot be read; see `sklearn_microarch.read_rois`.
        ImportError
            If a package that the kind of file needs is not installed.
        ValueError
            If ``exclude`` names a region that the annotation does not have.
        """
        if self.rois is None:
            return None
        rois = read_rois(self.rois, like=image, flip=self.flip, **self.rois_settings)
        unknown = [name for name in self.exclude if name not in rois.region_names]
        if unknown:
            raise ValueError(
                f"{self.rois} has no region {', '.join(map(repr, unknown))}, which is "
                f"to be excluded; it has {', '.join(rois.region_names)}."
            )
        return rois.exclude(self.exclude) if self.exclude else rois

    def _turned(self, image: SliceImage) -> SliceImage:
        if not self.flip:
            return image
        return image.replace(
            data=np.ascontiguousarray(image.pixels[..., ::-1]),
            notes=(*image.notes, "mirrored left to right, as flip asks for"),
        )


def _check_word(argument: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{argument}={shown(value)} must be a word.")
    return value
