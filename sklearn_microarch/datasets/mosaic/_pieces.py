"""Which texture lies where: irregular pieces with smooth borders, of equal area."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.phantom._noise import smooth_noise

# Deviation of the fields that compete, as a share of the width of a piece.
_SIGMA = 0.25
# Areas are evened out on every so many pixels, in so many steps.
_COARSE, _N_STEPS = 8, 100


def lay_pieces(
    seed: int, shape: tuple[int, int], n_textures: int, piece_px: float
) -> NDArray[np.uint8]:
    """Return the texture (height, width) of each pixel, from 1.

    Each texture has a smooth random field; a pixel is of the one that is highest.
    """
    fields = np.stack(
        [
            smooth_noise(
                seed,
                f"piece {number}",
                shape,
                sigma_px=_SIGMA * piece_px,
                z_um=0.0,
                depth_um=1.0,
            )
            for number in range(n_textures)
        ]
    )
    fields += _lifts(fields[:, ::_COARSE, ::_COARSE])[:, None, None]
    return (fields.argmax(axis=0) + 1).astype(np.uint8)


def _lifts(fields: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what to add to each field, so that all win about as often."""
    n_textures = len(fields)
    lifts = np.zeros(n_textures, dtype=np.float32)
    for step in range(_N_STEPS):
        winners = (fields + lifts[:, None, None]).argmax(axis=0)
        shares = np.bincount(winners.ravel(), minlength=n_textures) / winners.size
        lifts += np.float32(2.0 / (1 + step / 10)) * (1 / n_textures - shares)
    return lifts
