"""Pictures of three textures side by side, which a few windows tell apart."""

import numpy as np
from scipy import ndimage

from sklearn_microarch import SliceImage

HEIGHT, WIDTH = 512, 1536
LEVELS, SPREADS, GRAINS = (90.0, 130.0, 160.0), (14.0, 25.0, 18.0), (5.0, 7.0, 10.0)


def make_slice(seed=0, *, shares=(1, 1, 1), dtype=np.float32, **about):
    """Return a slice and its codes 1 to 3; 0 along the border of the tissue."""
    rng = np.random.default_rng(seed)
    edges = np.concatenate([[0], np.cumsum(shares)]) / sum(shares) * WIDTH
    pixels = np.zeros((HEIGHT, WIDTH))
    codes = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    for at, (level, spread, grain) in enumerate(
        zip(LEVELS, SPREADS, GRAINS, strict=True)
    ):
        part = slice(int(edges[at]), int(edges[at + 1]))
        noise = ndimage.gaussian_filter(rng.normal(size=(HEIGHT, WIDTH)), grain / 2)
        texture = level + spread * noise / noise.std() + rng.normal(0, 2, noise.shape)
        pixels[:, part] = texture[:, part]
        codes[:, part] = at + 1
    pixels[:40] = pixels[-40:] = 0
    codes[:40] = codes[-40:] = 0
    if np.dtype(dtype).kind == "u":
        pixels = np.rint(pixels.clip(0, np.iinfo(dtype).max))
    return SliceImage(pixels.astype(dtype), **about), codes


def expose(image, gain=1.0, offset=0.0, rows=0.0):
    """Return a slice with another exposure; ``rows`` is the gain added at its rims."""
    place = np.linspace(-1, 1, image.shape[0])[:, None]
    shading = 1 + rows * place**2
    pixels = (gain * shading * image.data + offset).astype(image.dtype)
    return image.replace(data=pixels)
