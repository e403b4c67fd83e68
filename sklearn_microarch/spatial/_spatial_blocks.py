"""Blocks of a slice, in which rows are resampled together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._purity import check_stride
from sklearn_microarch.spatial._check_arguments import check_patches
from sklearn_microarch.spatial._separation import separation_of


@dataclass(frozen=True, eq=False)
class SliceBlocks:
    """The block of each row, and how much the blocks depend on each other.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,), dtype int64
        Block of each row, 0 .. n_blocks - 1.
    draw_share : float
        Share of the blocks drawn in a resample: 1 for independent blocks, less
        where patches reach over from one block to the next.
    block_size : int, unit: pixels
        Edge length.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches
    >>> from sklearn_microarch.spatial import spatial_blocks
    >>> patches = Patches(np.zeros((40, 60)), [[8, 8], [9, 14], [30, 50]], 16)
    >>> blocks = spatial_blocks(patches, block_size=32)
    >>> blocks.labels.tolist(), blocks.block_size
    ([0, 0, 1], 32)
    """

    labels: NDArray[np.int64]
    draw_share: float
    block_size: int


def spatial_blocks(
    patches: Patches,
    *,
    block_size: int | None = None,
    z_um: ArrayLike | None = None,
) -> SliceBlocks:
    r"""Sort patches into square blocks of their slices, by their centres.

    Overlapping patches are right or wrong together, so that rows are no
    independent trials; blocks nearly are. What dependence is left, between
    patches on both sides of a block's edge, is made up for by drawing fewer
    blocks (see Notes).

    Parameters
    ----------
    patches : Patches
        Of one or several images. Slices that show the same tissue, those of one
        specimen closer in z than a patch, share their blocks.
    block_size : int or None, default=None, unit: pixels
        Edge length, at least that of a patch; None takes that of a patch. Blocks
        are counted from the first pixel of an image.
    z_um : array-like of shape (n_images,), default=None, unit: micrometres
        Height of each image in its specimen. None: unknown, so that all slices of
        one specimen count as near.

    Returns
    -------
    blocks : SliceBlocks
        For `block_bootstrap`.

    Raises
    ------
    TypeError
        If ``patches`` are no `Patches`, or ``block_size`` is no integer.
    ValueError
        If blocks are smaller than patches, or ``z_um`` does not fit the images.
    PixelSizeMismatchError
        If the images' pixel sizes differ by more than 1 %.

    Notes
    -----
    Suppose that what two rows have in common falls with their distance as the
    area that their patches share: along each axis as :math:`1 - d / p` for
    patches of :math:`p` pixels. Blocks of :math:`b` pixels then show only a share
    :math:`1 - p / 3b` of the variance along each axis: 44 % in all where
    :math:`b = p`, which makes plain intervals a third too narrow. A resample
    therefore draws

    .. math:: (1 - p / 3b)^2

    times as many blocks as there are, which raises the variance by the inverse
    [1]_. Where rows depend on each other over less than a patch, or a region is
    narrower than one, the interval is wider than needed.

    References
    ----------
    .. [1] P. J. Bickel, F. Götze and W. R. van Zwet, "Resampling fewer than n
       observations: gains, losses, and remedies for losses", Statistica Sinica
       7(1), 1997.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches
    >>> from sklearn_microarch.spatial import spatial_blocks
    >>> patches = Patches(np.zeros((40, 60)), [[8, 8], [9, 14], [9, 17], [30, 50]], 16)
    >>> blocks = spatial_blocks(patches)
    >>> blocks.labels
    array([0, 0, 1, 2])
    >>> round(blocks.draw_share, 3)
    0.444
    """
    check_patches("patches", patches, "spatial_blocks")
    size = patches.patch_size
    if block_size is not None:
        size = check_stride(block_size, name="block_size")
    if size < patches.patch_size:
        raise ValueError(
            f"block_size={size} is less than the {patches.patch_size} pixels of a "
            "patch, so that neighbouring blocks would show the same tissue; enlarge it."
        )
    at = patches.positions // np.array([1, size, size])
    at[:, 0] = separation_of(patches, z_um=z_um).stacks[patches.positions[:, 0]]
    _, labels = np.unique(at, axis=0, return_inverse=True)
    return SliceBlocks(
        labels=labels.reshape(-1).astype(np.int64),
        draw_share=(1 - patches.patch_size / (3 * size)) ** 2,
        block_size=size,
    )
