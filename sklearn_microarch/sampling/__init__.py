"""From slices and region maps to lazy patches, and which patches share pixels."""

from sklearn_microarch.sampling._check_rows import check_patch_rows, remember_columns
from sklearn_microarch.sampling._cut_slice import cut_slice
from sklearn_microarch.sampling._gather import read_region
from sklearn_microarch.sampling._maps import map_fill
from sklearn_microarch.sampling._overlap import overlap_pixels, overlap_volume
from sklearn_microarch.sampling._patch_sampler import PatchSampler
from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.sampling._purity import check_stride
from sklearn_microarch.sampling._separation import (
    Separation,
    check_buffer,
    separation_of,
)
from sklearn_microarch.sampling._spatial_blocks import (
    block_holdout,
    count_independent,
    shares_pixels,
)
from sklearn_microarch.sampling._strips import random_strip, spatial_strips

__all__ = [
    "PatchSampler",
    "Patches",
    "Separation",
    "block_holdout",
    "check_buffer",
    "check_patch_rows",
    "check_stride",
    "count_independent",
    "cut_slice",
    "map_fill",
    "overlap_pixels",
    "overlap_volume",
    "random_strip",
    "read_region",
    "remember_columns",
    "separation_of",
    "shares_pixels",
    "spatial_strips",
]
