"""Slices that show one grey level throughout, such as a blank page of a file."""

from collections.abc import Iterable

import numpy as np

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import TissueWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._lazy_array import read_blocks
from sklearn_microarch.sampling._slices import called


def shows_one_grey_level(image: SliceImage) -> bool:
    """Tell whether every pixel is like the first, in each channel.

    A slice of tissue is read up to the first block that holds any of it.
    """
    first = None
    for _, block in read_blocks(image.data):
        if first is None:
            first = np.array(block[..., :1, :1])
        if (block != first).any():
            return False
    return True


def warn_of_one_grey_level(images: Iterable[SliceImage]) -> None:
    """Warn of each slice to train on that shows nothing."""
    for image in images:
        if shows_one_grey_level(image):
            warn_user(
                f"{called(image)} shows one grey level throughout, so its patches are "
                "all alike and teach nothing. Check the file, its page and its "
                "channel, or leave the slice out.",
                TissueWarning,
            )
