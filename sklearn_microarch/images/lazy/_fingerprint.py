"""The fingerprint of a picture, of which no more than a band is in memory."""

from math import prod

import joblib
import numpy as np
from joblib.hashing import NumpyHasher

from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images.lazy._block_cache import BlockCache, read_bands


def fingerprint_of(image: SliceImage) -> str:
    """Return what `joblib.hash` gives for the pixels of a slice, as a plain array.

    Memory-mapped or not, in its file or not: the fingerprint is the same.
    """
    data = image.data
    if not isinstance(data, BlockCache):
        return str(joblib.hash(np.ascontiguousarray(image.pixels)))
    # joblib hashes the bytes of an array, then what kind of array it is.
    hasher = NumpyHasher(hash_name="md5")
    n_channels = prod(data.shape[:-2])
    for channel in range(n_channels):
        for _, pixels in read_bands(image):
            plane = pixels.reshape(n_channels, *pixels.shape[-2:])[channel]
            hasher._hash.update(np.ascontiguousarray(plane).view(np.uint8).data)
    dtype, sizes = np.dtype(data.dtype), (*data.shape[1:], 1)
    strides = tuple(prod(sizes[at:]) * dtype.itemsize for at in range(len(data.shape)))
    return str(hasher.hash((np.ndarray, ("HASHED", dtype, data.shape, strides))))
