"""Smooth random fields over a whole slice of the phantom, in micrometres."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.phantom._noise import smooth_noise
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen

__all__ = ["smooth_field"]


def smooth_field(
    specimen: Specimen, z_um: float, name: str, sigma_um: float, depth_um: float
) -> NDArray[np.float32]:
    """Return a smooth random field of unit variance over a whole slice.

    Parameters
    ----------
    specimen : Specimen
    z_um : float
        Height of the section, in micrometres.
    name : str
        Name of the field's random stream.
    sigma_um : float, unit: micrometres
        Width of the Gaussian that smooths it.
    depth_um : float, unit: micrometres
        Distance in z over which the field is wholly renewed.

    Returns
    -------
    field : ndarray of shape (height, width), dtype float32
    """
    return smooth_noise(
        specimen.seed,
        name,
        specimen.shape,
        sigma_px=sigma_um / specimen.pixel_size_um,
        z_um=z_um,
        depth_um=depth_um,
    )
