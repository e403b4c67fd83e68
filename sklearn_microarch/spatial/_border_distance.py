"""How deep inside its region each pixel lies."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from sklearn_microarch._arguments._numbers import check_integer
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._lay_out import check_plane, codes_on_slices
from sklearn_microarch.spatial._check_arguments import check_patches


def border_distance(
    rois: RoiMap | ArrayLike, *, unannotated_code: int = 0
) -> NDArray[np.float32]:
    """Distance of each annotated pixel to the border of its region.

    Pixels near a border are hard to tell apart, since their patches show two
    regions, and labels are least certain there. Scores by distance say how much
    of the error is of this kind. Regions eroded by a radius are the pixels at a
    greater distance: each region is trimmed, also against its neighbours.

    Parameters
    ----------
    rois : RoiMap or array-like of shape (height, width), dtype int
        Regions: a `RoiMap`, on its own grid, or integer codes.
    unannotated_code : int, default=0
        Code outside the annotation; that of a `RoiMap` is its own.

    Returns
    -------
    distance : ndarray of shape (height, width), dtype float32, unit: pixels
        To the nearest pixel of another code; 0 outside the annotation. The
        slice's own edge is no border.

    Raises
    ------
    TypeError
        If ``rois`` does not hold integers, or ``unannotated_code`` is none.
    ValueError
        If ``rois`` is not 2-D, is empty, or is masked.

    Examples
    --------
    >>> from sklearn_microarch.spatial import border_distance
    >>> border_distance([[0, 4, 4, 4, 5]]).tolist()
    [[0.0, 1.0, 2.0, 1.0, 1.0]]
    """
    if isinstance(rois, RoiMap):
        return _distance(rois.codes, rois.unannotated_code)
    codes = check_plane("rois", rois.pixels if isinstance(rois, SliceImage) else rois)
    if codes.ndim != 2 or not codes.size:
        raise ValueError(
            f"rois has shape {codes.shape}; it must be (height, width), of at least "
            "one pixel."
        )
    if codes.dtype.kind not in "iub":
        raise TypeError(
            f"rois has dtype {codes.dtype}; an ROI map holds integer codes."
        )
    return _distance(codes, _check_code(unannotated_code))


def border_distance_at(
    patches: Patches,
    rois: RoiMap | ArrayLike | Sequence[RoiMap | ArrayLike],
    *,
    unannotated_code: int = 0,
) -> NDArray[np.float32]:
    """Distance of each patch's centre to the border of the region it lies in.

    Parameters
    ----------
    patches : Patches
        Of one or several images.
    rois : RoiMap, array-like of shape (height, width), or one per image
        Regions: a `RoiMap`, or integer codes.
    unannotated_code : int, default=0
        Code outside the annotation; that of a `RoiMap` is its own.

    Returns
    -------
    distance : ndarray of shape (n,), dtype float32, unit: pixels
        As in `border_distance`: the edge of the slice is no border.

    Raises
    ------
    TypeError
        If ``patches`` are no `Patches`, or maps do not hold integers.
    ValueError
        If the maps do not fit the images; see `Patches.labels`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches
    >>> from sklearn_microarch.spatial import border_distance_at
    >>> patches = Patches(np.zeros((4, 6)), [[2, 1], [2, 4]], 2)
    >>> border_distance_at(patches, np.repeat([[1, 1, 1, 2, 2, 2]], 4, axis=0))
    array([2., 2.], dtype=float32)
    """
    check_patches("patches", patches, "border_distance_at")
    code = _check_code(unannotated_code)
    maps = codes_on_slices(rois, patches.images, unannotated_code=code)
    distance = np.zeros(len(patches), dtype=np.float32)
    for index in np.unique(patches.positions[:, 0]):
        here = patches.positions[:, 0] == index
        _, rows, cols = patches.positions[here].T
        distance[here] = _distance(maps[index], code)[rows, cols]
    return distance


def _check_code(unannotated_code: object) -> int:
    """Return the code of pixels outside the annotation."""
    return check_integer(
        "unannotated_code", unannotated_code, minimum=-(2**63), maximum=2**63 - 1
    )


def _distance(codes: NDArray, unannotated_code: int) -> NDArray[np.float32]:
    """Return distances in pixels, of the shape of a map of codes."""
    distance = np.zeros(codes.shape, dtype=np.float32)
    for code in np.unique(codes[codes != unannotated_code]):
        inside = codes == code
        if inside.all():
            distance[:] = np.inf
        else:
            distance[inside] = ndimage.distance_transform_edt(inside)[inside]
    return distance
