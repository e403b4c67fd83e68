"""A small volume, and workers to map it, shared by the tests of volumes."""

import functools
import os
import signal

import numpy as np
from pipelines import fitted_pipeline, phantom

from sklearn_microarch import SliceImage, map_slice
from sklearn_microarch.volumes import map_volume, open_volume

STRIDE, SPACING_UM, N_PLANES = 16, 40.0, 4
KINDS = (
    "factors",
    "clusters",
    "region_probabilities",
    "predicted_regions",
    "novelty",
)


@functools.cache
def grey():
    """Return planes (4, 200, 600) of two slices and their mirror images."""
    one, other = (image.data[:200, 100:700] for image in phantom().images)
    return np.stack([one, other, other[:, ::-1], one[::-1]])


@functools.cache
def brain():
    """Return the volume, with planes that are normalized alike."""
    volume = open_volume(
        grey(), pixel_size_um=1.17, spacing_um=SPACING_UM, name="brain", specimen="m1"
    )
    return volume.share_grey_levels()


def run(out, client, volume=None, **settings):
    """Map the brain, or another volume."""
    volume = brain() if volume is None else volume
    known = {"stride": STRIDE, "check_drift": False, "client": client} | settings
    return map_volume(fitted_pipeline(), volume, out, **known)


@functools.cache
def plane_maps(plane):
    """Return what `map_slice` makes of a plane of the brain."""
    return map_slice(
        fitted_pipeline(), brain().plane(plane), stride=STRIDE, check_drift=False
    )


def assert_equal_planes(maps, expected):
    """Check that two maps of a plane are equal to the bit."""
    for kind in KINDS:
        found, wanted = (np.asarray(getattr(one, kind)) for one in (maps, expected))
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted, err_msg=kind)


class DeadlyPlanes:
    """The brain's planes, of which the last ends each other process that reads it."""

    n_planes, distance_um, is_loaded = N_PLANES, None, False

    def __init__(self):
        self.owner = os.getpid()

    def plane(self, at):
        if at == N_PLANES - 1 and os.getpid() != self.owner:
            os.kill(os.getpid(), signal.SIGKILL)
        return SliceImage(grey()[at], pixel_size_um=1.17)

    def describe(self):
        return "deadly planes"
