"""How deep inside its region each pixel lies."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage


def border_distance(rois: ArrayLike, *, unannotated_code: int = 0) -> NDArray:
    """Distance of each annotated pixel to the border of its region.

    Pixels near a border are hard to tell apart, since their patches show two
    regions, and labels are least certain there. Scores by distance say how much
    of the error is of this kind. Regions eroded by a radius are the pixels at a
    greater distance: each region is trimmed, also against its neighbours.

    Parameters
    ----------
    rois : array-like of shape (height, width), dtype int
        Region codes.
    unannotated_code : int, default=0
        Code outside the annotation.

    Returns
    -------
    distance : ndarray of shape (height, width), dtype float32, unit: pixels
        To the nearest pixel of another code; 0 outside the annotation. The
        slice's own edge is no border.

    Raises
    ------
    ValueError
        If ``rois`` is not 2-D.

    Examples
    --------
    >>> from sklearn_microarch.model_selection import border_distance
    >>> border_distance([[0, 4, 4, 4, 5]]).tolist()
    [[0.0, 1.0, 2.0, 1.0, 1.0]]
    """
    codes = np.asarray(rois)
    if codes.ndim != 2:
        raise ValueError(f"rois has shape {codes.shape}; it must be (height, width).")
    distance = np.zeros(codes.shape, dtype=np.float32)
    for code in np.unique(codes[codes != unannotated_code]):
        inside = codes == code
        if inside.all():
            distance[:] = np.inf
        else:
            distance[inside] = ndimage.distance_transform_edt(inside)[inside]
    return distance
