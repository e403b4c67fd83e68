"""A stack of parallel planes, of which one at a time is in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from sklearn_microarch._arguments._numbers import check_integer
from sklearn_microarch.images import (
    GreyLevels,
    SliceImage,
    measure_grey_levels,
    share_grey_levels,
)
from sklearn_microarch.volumes.planes._plane_source import PlaneSource


@dataclass(frozen=True, eq=False)
class Volume:
    """A stack of parallel planes, of which one at a time is in memory.

    Made by `open_volume`.

    Parameters
    ----------
    source : object
        Where the planes come from: has ``n_planes``, ``plane(at)``, ``describe()``.
    name : str
        Name of the volume; plane 7 is called ``name_z0007``.
    pixel_size_um : float or None
        Edge length of a pixel of a plane, in micrometres. None: unknown.
    spacing_um : float or None
        Distance of two planes, in micrometres. None: unknown.
    specimen : str or None, default=None
        Specimen (animal) that the volume shows.
    grey_levels : GreyLevels or None, default=None
        What all planes are normalized by; None: each by its own.

    Attributes
    ----------
    shape : tuple of int
        Number of planes, and height and width of each, in pixels.
    dtype : dtype
        Of the pixels.

    See Also
    --------
    map_volume : Map the planes.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch.volumes import open_volume
    >>> grey = np.random.default_rng(0).integers(0, 255, (5, 40, 60), dtype=np.uint8)
    >>> volume = open_volume(grey, pixel_size_um=1.17, spacing_um=5, name="brain")
    >>> len(volume), volume.shape, volume.plane(3).z_um
    (5, (5, 40, 60), 15.0)
    """

    source: PlaneSource
    name: str
    pixel_size_um: float | None
    spacing_um: float | None
    specimen: str | None = None
    grey_levels: GreyLevels | None = None
    # Of the first plane that can be read; the others must be like it.
    shape: tuple[int, int, int] = field(init=False)
    dtype: np.dtype = field(init=False)
    n_channels: int | None = field(init=False)

    def __post_init__(self) -> None:
        first = first_readable(self.source.plane, len(self))
        object.__setattr__(self, "shape", (len(self), *first.shape))
        object.__setattr__(self, "dtype", first.dtype)
        object.__setattr__(self, "n_channels", first.n_channels)

    def __len__(self) -> int:
        """Return the number of planes."""
        return self.source.n_planes

    def plane(self, at: int) -> SliceImage:
        """Return one plane, as `map_volume` maps it.

        Parameters
        ----------
        at : int
            Which, from 0.

        Returns
        -------
        image : SliceImage
            Its ``z_um`` is the distance from the first plane, where that is known.

        Raises
        ------
        ImageFileError
            If its file is missing or damaged.
        ValueError
            If there is no such plane, or it has not the shape, the channels, the dtype
            or the pixel size of the first one.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_microarch.volumes import open_volume
        >>> grey = np.zeros((5, 40, 60))
        >>> volume = open_volume(grey, pixel_size_um=1.17, spacing_um=5)
        >>> volume.plane(3)
        SliceImage('volume_z0003', 40 x 60 float64, 1.17 um per pixel)
        """
        at = check_integer("at", at, minimum=0, maximum=len(self) - 1)
        image = self.source.plane(at)
        found = (image.shape, image.n_channels, image.dtype)
        wanted = (self.shape[1:], self.n_channels, self.dtype)
        if found != wanted:
            raise ValueError(
                f"plane {at} of {self.source.describe()} is {_described(found)}, but "
                f"the first one is {_described(wanted)}; planes of a volume are alike. "
                "Bring it to the others' size, or leave it out."
            )
        return image.replace(
            name=f"{self.name}_z{at:04d}",
            specimen=self.specimen,
            pixel_size_um=self.pixel_size_um,
            z_um=None if self.spacing_um is None else at * self.spacing_um,
            grey_levels=self.grey_levels,
            notes=(),
        )

    def share_grey_levels(self, n_planes: int = 24) -> Self:
        """Return the volume with all planes normalized alike.

        The gain and offset of a plane are then those of the whole volume, and do not
        change with what a plane shows.

        Parameters
        ----------
        n_planes : int, default=24
            How many planes are looked at, evenly over the volume.

        Returns
        -------
        volume : Volume
            With ``grey_levels``.

        Raises
        ------
        ImageFileError
            If none of these planes can be read; those that cannot are passed over.
        ValueError
            If ``n_planes`` is below 1, or no plane has the shape of the first one.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_microarch.volumes import open_volume
        >>> grey = np.random.default_rng(0).normal(100, 20, (3, 256, 512))
        >>> volume = open_volume(grey, pixel_size_um=1.17, spacing_um=5)
        >>> shared = volume.share_grey_levels()
        >>> shared.plane(0).grey_levels is shared.plane(2).grey_levels
        True
        """
        n_planes = check_integer("n_planes", n_planes, minimum=1)
        alone = replace(self, grey_levels=None)
        at = np.linspace(0, len(self) - 1, min(n_planes, len(self))).round()
        planes, errors = [], []
        for one in np.unique(at).astype(int).tolist():
            try:
                plane = alone.plane(one)
                # Here, where a plane that cannot be read is told from the others.
                measure_grey_levels(plane)
                planes.append(plane)
            except (OSError, ValueError) as error:
                errors.append(error)
        if not planes:
            raise errors[0]
        return replace(self, grey_levels=share_grey_levels(planes)[0].grey_levels)


def first_readable(plane_of: Callable[[int], SliceImage], n_planes: int) -> SliceImage:
    """Return the first plane that can be read; raise the first error where none can."""
    errors = []
    for at in range(n_planes):
        try:
            return plane_of(at)
        except (OSError, ValueError) as error:
            errors.append(error)
    raise errors[0]


def _described(about: tuple[tuple[int, ...], int | None, np.dtype]) -> str:
    shape, n_channels, dtype = about
    channels = "" if n_channels is None else f" of {n_channels} channels"
    return f"{shape[0]} x {shape[1]} {dtype}{channels}"
