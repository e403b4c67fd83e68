"""Layers as napari has them, without napari."""

from types import SimpleNamespace

import numpy as np


def fake_layer(data, *, ndim=2, scale=1.0, translate=(0.0, 0.0), unit="pixel", **more):
    """Return what the plugin asks an Image or a Labels layer for."""
    about = {
        "data": data,
        "name": "layer",
        "ndim": ndim,
        "scale": np.array([scale, scale]),
        "translate": np.array(translate),
        "rotate": np.eye(2),
        "shear": np.zeros(1),
        "affine": np.eye(3),
        "units": (unit, unit),
        "multiscale": False,
        "rgb": False,
        "metadata": {},
        "features": {},
        "get_color": lambda _: np.array([0.0, 1.0, 0.0, 1.0]),
    }
    return SimpleNamespace(**(about | more))
