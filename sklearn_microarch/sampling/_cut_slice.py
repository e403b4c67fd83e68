"""Cut a new slice whose pixel size may differ from that of the fit, where allowed."""

from numpy.typing import ArrayLike

from sklearn_microarch.exceptions import PixelSizeMismatchError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._patch_sampler import PatchSampler
from sklearn_microarch.sampling._patches import Patches


def cut_slice(
    sampler: PatchSampler,
    image: SliceImage,
    *,
    mask: ArrayLike | None,
    stride: int | None,
    any_pixel_size: bool,
    remedy: str,
) -> Patches:
    """Cut the patches of one new slice, within a mask (height, width).

    ``any_pixel_size`` takes a slice of another pixel size for one like those of the
    fit, not resampled: the patches then bear that of the fit. ``remedy`` ends the
    message where a slice cannot be resampled.
    """
    if any_pixel_size and image.pixel_size_um is not None:
        image = image.replace(pixel_size_um=sampler.pixel_size_um_)
    try:
        return sampler.cut(image, stride=stride, mask=mask)
    except PixelSizeMismatchError as error:
        raise PixelSizeMismatchError(f"{error} {remedy}") from error
