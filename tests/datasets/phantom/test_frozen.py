"""The phantom is frozen: a version gives the same slices, on every machine."""

import hashlib

import numpy as np
import pytest

from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.datasets.phantom._make_thalamocortical_phantom import (
    PHANTOM_VERSION,
)

# Published figures are measured on these slices. If a digest differs, either undo
# what changed the slices, or set a new PHANTOM_VERSION, pin the new digests, and
# measure docs/measured/phantom.md anew.
DIGESTS = {
    ("1", "easy"): "bca4257e9c3c81297cf05c5127c1252b3df9b8f2ef566c70df1805158b3b2b5b",
    ("1", "medium"): "b865d6fc6a3b2c05757e34bc0b74d5cea5c33a1dab6530285c7ad44f55c95023",
    ("1", "hard"): "5c68b664bea1cb57d4cd153e20403e7419d07f5d1042431b4256ccffe4a02f23",
}


@pytest.mark.parametrize("difficulty", ["easy", "medium", "hard"])
def test_a_version_gives_the_same_pixels_and_labels(difficulty):
    phantom = make_thalamocortical_phantom(
        shape=(128, 512), z_um=[35.0], difficulty=difficulty, random_state=0
    )
    digest = hashlib.sha256()
    for array in (
        phantom.images[0].data,
        phantom.rois[0],
        phantom.layers[0],
        phantom.barrels[0].astype("<u2"),
        phantom.structures[0],
    ):
        digest.update(np.ascontiguousarray(array).tobytes())
    assert digest.hexdigest() == DIGESTS[PHANTOM_VERSION, difficulty]
