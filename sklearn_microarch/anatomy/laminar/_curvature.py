"""How strongly streamlines fan out: the curvature of surfaces of equal depth."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

# Bends finer than this share of the thickness are roughness, not curvature.
_SMOOTH = 0.1


def curvature_of(
    inside: NDArray[np.bool_],
    direction: NDArray[np.float64],  # (2, n_cells)
    thickness: float,
) -> NDArray[np.float64]:
    """Return the thickness over the radius of curvature, of each cell (n_cells,).

    Above 0 where streamlines that run to the white matter come apart.
    """
    sigma = max(1.0, _SMOOTH * thickness)
    reach = ndimage.distance_transform_edt(~inside, return_indices=True)[1]
    divergence = np.zeros(inside.shape)
    for axis, along in enumerate(direction):
        whole = np.zeros(inside.shape)
        whole[inside] = along
        # Beyond the border goes on what is at the border, so that no edge shows.
        whole = ndimage.gaussian_filter(whole[tuple(reach)], sigma, mode="nearest")
        divergence += np.gradient(whole, axis=axis)
    return divergence[inside] * thickness
