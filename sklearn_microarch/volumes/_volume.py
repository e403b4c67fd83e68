"""A stack of parallel planes, of which one at a time is in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_microarch._arguments._numbers import check_integer
from sklearn_microarch._walk import find_steps
from sklearn_microarch.images import GreyLevels, SliceImage, share_grey_levels
from sklearn_microarch.volumes.normalizing._follow_grey_levels import follow_grey_levels
from sklearn_microarch.volumes.normalizing._grey_course import GreyCourse
from sklearn_microarch.volumes.normalizing._sampled_planes import sampled_planes
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
    grey_course : object or None, default=None
        How gain and offset change along z: has ``gain`` and ``offset`` of shape
        (n_planes, n_channels). None: not at all. See `follow_grey_levels`.

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
    grey_course: GreyCourse | None = None
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
            grey_levels=self._levels_of(at),
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
        planes = self._sampled(n_planes)
        shared = share_grey_levels(list(planes.values()))[0].grey_levels
        return replace(self, grey_levels=shared, grey_course=None)

    def follow_grey_levels(self, model: Pipeline, n_planes: int = 24) -> Self:
        """Return the volume with planes normalized smoothly along z.

        For volumes that bleach while they are scanned, or darken with depth. Gain and
        offset change from plane to plane as a smooth curve does, and not with what a
        plane shows.

        Parameters
        ----------
        model : Pipeline
            Fitted; its network tells the gain and offset of a plane, whatever tissue
            it shows.
        n_planes : int, default=24
            How many planes are looked at, evenly over the volume.

        Returns
        -------
        volume : Volume
            With ``grey_levels`` and ``grey_course``.

        Raises
        ------
        ImageFileError
            If none of these planes can be read; those that cannot are passed over.
        NotFittedError
            If the model is not fitted.
        TypeError
            If the model has no network that normalizes slices.
        ValueError
            If ``n_planes`` is below 1, or no plane has the shape of the first one.

        Warns
        -----
        NormalizationWarning
            If less than 3 of these planes show enough tissue; planes are alike then. If
            gains scatter from plane to plane by more than 10 %, and more than their
            curve explains; the message says how much, and what to do.

        Notes
        -----
        The curves, of the logarithm of gain and of what a usual grey level becomes, are
        robust locally weighted regressions [1]_, whose lines reach over two thirds of
        the planes that were looked at. A few planes that are exposed otherwise do not
        move them, and stay as they are: normalize serial sections one by one. The grey
        levels of all planes that were looked at, brought to one exposure by these
        curves, are one table. A plane is normalized by that table, exposed as the
        curve says.

        References
        ----------
        .. [1] W. S. Cleveland (1979), Robust locally weighted regression and smoothing
           scatterplots, Journal of the American Statistical Association 74, 829-836.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn_microarch import CNNFeatureExtractor, PatchSampler
        >>> from sklearn_microarch.datasets import make_thalamocortical_phantom
        >>> from sklearn_microarch.volumes import open_volume
        >>> found = make_thalamocortical_phantom(shape=(256, 1024), random_state=0)
        >>> image, rois = found.images[0], found.rois[0]
        >>> sampler = PatchSampler(24, n_patches_per_roi=60, random_state=0)
        >>> network = CNNFeatureExtractor(max_epochs=1, n_features=8, random_state=0)
        >>> model = make_pipeline(sampler, network)
        >>> model = model.fit(*sampler.sample(image, rois))
        >>> fading = np.linspace(1, 0.7, 5)[:, np.newaxis, np.newaxis]
        >>> grey = (fading * image.data).astype(np.uint8)
        >>> volume = open_volume(grey, pixel_size_um=1.17, spacing_um=5)
        >>> gain = volume.follow_grey_levels(model).grey_course.gain[:, 0]
        >>> bool(0.65 < gain[4] / gain[0] < 0.75)
        True
        """
        network = find_steps(model, "follow_grey_levels").network
        if getattr(network, "normalization", None) != "slice":
            raise TypeError(
                "model has no network with normalization='slice', so that grey levels "
                "are taken as they are; there is nothing to follow."
            )
        levels, course = follow_grey_levels(network, self._sampled(n_planes), len(self))
        return replace(self, grey_levels=levels, grey_course=course)

    def _sampled(self, n_planes: int) -> dict[int, SliceImage]:
        n_planes = check_integer("n_planes", n_planes, minimum=1)
        alone = replace(self, grey_levels=None, grey_course=None)
        return sampled_planes(alone.plane, len(self), n_planes)

    def _levels_of(self, at: int) -> GreyLevels | None:
        if self.grey_levels is None or self.grey_course is None:
            return self.grey_levels
        return self.grey_course.levels_of(at, self.grey_levels)


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
