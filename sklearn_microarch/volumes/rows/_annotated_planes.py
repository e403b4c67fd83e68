"""Slices to draw rows from, each with its regions, told to workers one at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.exceptions import PixelSizeWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._check_patches import check_images
from sklearn_microarch.sampling._resample import same_pixel_size
from sklearn_microarch.volumes._volume import Volume


@dataclass(frozen=True)
class AnnotatedPlane:
    """One slice and its regions; of a volume, where a worker reads the slice itself."""

    image: SliceImage | Volume
    rois: Any
    # Which plane, where ``image`` is a volume.
    at: int = 0

    def load(self) -> SliceImage:
        """Return the slice."""
        image = self.image
        return image.plane(self.at) if isinstance(image, Volume) else image


class AnnotatedPlanes:
    """All slices with their regions; see `draw_rows` for what is taken."""

    def __init__(self, images: Any, rois: Any) -> None:  # noqa: ANN401 - checked here
        if not isinstance(images, Volume):
            _check_no_stack(images)
            images = check_images(images)
        self._images: Volume | tuple[SliceImage, ...] = images
        self._rois = _one_for_each(rois, len(self._images))

    def __len__(self) -> int:
        return len(self._images)

    def __iter__(self) -> Iterator[AnnotatedPlane]:
        images = self._images
        for at, rois in enumerate(self._rois):
            if not isinstance(images, Volume):
                yield AnnotatedPlane(images[at], rois)
            elif images.source.is_loaded:
                # A worker has no such array.
                yield AnnotatedPlane(images.plane(at), rois)
            else:
                yield AnnotatedPlane(images, rois, at)

    @property
    def specimens(self) -> list[str | None]:
        """Specimen of each slice."""
        if isinstance(self._images, Volume):
            return [self._images.specimen] * len(self)
        return [image.specimen for image in self._images]

    @property
    def n_pixels(self) -> int:
        """Pixels of the largest slice."""
        if isinstance(self._images, Volume):
            return int(np.prod(self._images.shape[1:]))
        return max(int(np.prod(image.data.shape)) for image in self._images)

    def common_pixel_size(self) -> float | None:
        """Return the size that all are brought to: the coarsest, None if unknown."""
        if isinstance(self._images, Volume):
            return self._images.pixel_size_um
        known = [one.pixel_size_um for one in self._images if one.pixel_size_um]
        if 0 < len(known) < len(self):
            warn_user(
                f"the pixel size of {len(self) - len(known)} of {len(self)} images is "
                "unknown; they are taken as they are. Give it: "
                "image.replace(pixel_size_um=...).",
                PixelSizeWarning,
            )
        same = all(same_pixel_size(size, known[0]) for size in known)
        return known[0] if known and same else max(known, default=None)


def _check_no_stack(images: Any) -> None:  # noqa: ANN401
    """Raise where a plain array has three axes, which may be planes or channels."""
    for one in images if isinstance(images, list | tuple) else [images]:
        shape = getattr(one, "shape", ())
        if not isinstance(one, SliceImage) and len(shape) == 3:
            raise ValueError(
                f"images holds an array of shape {shape}; open a stack of planes with "
                "open_volume, and channels as SliceImage(data) with channels first."
            )


def _one_for_each(rois: Any, n_slices: int) -> Sequence[Any]:  # noqa: ANN401
    """Return the regions of each slice; a stack (nz, height, width) has its planes."""
    if isinstance(rois, list | tuple):
        found: Sequence[Any] = rois
    elif not isinstance(rois, RoiMap | SliceImage) and np.ndim(rois) == 3:
        found = rois
    else:
        found = [rois]
    if len(found) != n_slices:
        raise ValueError(
            f"rois holds {len(found)} maps for {n_slices} slices; pass one map per "
            "slice, in their order."
        )
    return found
