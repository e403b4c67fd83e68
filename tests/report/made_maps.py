"""Maps of a small slice, made without any network, and names that mean harm."""

import numpy as np

from sklearn_microarch import SliceImage
from sklearn_microarch.drift import DriftCheck
from sklearn_microarch.mapping import MicroarchMaps

# Names as a hostile or careless file may hold them.
HOSTILE = (
    "</script><script>window.hacked = 1</script>",
    '"><img src=x onerror="window.hacked = 2">',
    "url(javascript:alert(1));background:red",
    "<!--<script>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202eright to left\x00\ud800",
)


def make_maps(
    rng, *, name="z309", specimen="m1", regions=("CTX", "VP", "ZI"), **changes
):
    """Return maps of a slice of unequal sides, a frame of which is not mapped."""
    pixels = rng.integers(60, 200, size=(242, 403)).astype(np.uint8)
    image = SliceImage(pixels, 1.17, name=name, specimen=specimen)
    shape = (60, 101)
    factors = np.full((*shape, 2), np.nan, dtype=np.float32)
    shares = np.full((*shape, len(regions)), np.nan, dtype=np.float32)
    novelty = np.full(shape, np.nan, dtype=np.float32)
    clusters = np.full(shape, -1)
    cells = (slice(4, 55), slice(7, 90))
    inner = clusters[cells].shape
    factors[cells] = rng.exponential(size=(*inner, 2)) * [1, 30]
    shares[cells] = rng.dirichlet(np.ones(len(regions)), size=inner)
    novelty[cells] = rng.gamma(4, 0.15, size=inner)
    clusters[cells] = rng.integers(0, 3, size=inner)
    fields = {
        "cell_size": 4.0,
        "offset": (3.0, 2.0),
        "factors": factors,
        "factor_names": [f"factor01_{regions[0]}", f"factor07_{regions[1]}"],
        "clusters": clusters,
        "region_probabilities": shares,
        "region_names": list(regions),
        "novelty": novelty,
        "drift": DriftCheck("same", "no indicator is beyond its limit."),
        "about": {"patch_size": 24.0},
    }
    return MicroarchMaps(image, **fields | changes)
