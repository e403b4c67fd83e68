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
    """Cut the patches of one new slice.

    Parameters
    ----------
    sampler : PatchSampler
        Fitted.
    image : SliceImage
        The slice.
    mask : array-like of shape (height, width), dtype bool, or None
        Cut only here, within the tissue.
    stride : int or None, unit: pixels
        Distance of neighbouring centres; None takes the sampler's own.
    any_pixel_size : bool
        Take a slice of another pixel size for one like those of the fit. The patches
        then bear the pixel size of the fit, the image keeps its own.
    remedy : str
        What to do about another pixel size, for the message.

    Returns
    -------
    patches : Patches
        As `PatchSampler.cut` returns them.

    Raises
    ------
    PixelSizeMismatchError
        If the slice has another pixel size and that is not allowed.
    ValueError
        As `PatchSampler.cut` does.
    """
    if any_pixel_size and image.pixel_size_um is not None:
        image = image.replace(pixel_size_um=sampler.pixel_size_um_)
    try:
        return sampler.cut(image, stride=stride, mask=mask)
    except PixelSizeMismatchError as error:
        raise PixelSizeMismatchError(f"{error} {remedy}") from error
