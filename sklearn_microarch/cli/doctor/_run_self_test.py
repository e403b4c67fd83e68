"""A small network, evaluated in two ways that must agree."""

import time
import warnings
from typing import NamedTuple

# Rounding of sums in another order, as for every network; see CNNFeatureExtractor.
_TOLERANCE = 1e-5
_PATCH, _HEIGHT, _WIDTH = 16, 40, 80


class SelfTest(NamedTuple):
    """How far the fast way is from the plain one, and how long both took."""

    deviation: float
    seconds: float
    device: str

    @property
    def passed(self) -> bool:
        """Whether both agree."""
        return self.deviation <= _TOLERANCE


def run_self_test(device: str = "auto") -> SelfTest:
    """Train a small network and compare its map with patches taken one by one.

    The deviation is the largest difference, relative to the largest feature.
    """
    import numpy as np

    from sklearn_microarch._device import resolve_device
    from sklearn_microarch.features import CNNFeatureExtractor
    from sklearn_microarch.images import SliceImage
    from sklearn_microarch.sampling import PatchSampler

    device = resolve_device(device)
    started = time.monotonic()
    rng = np.random.default_rng(0)
    rois = np.repeat([[1] * (_WIDTH // 2) + [2] * (_WIDTH // 2)], _HEIGHT, axis=0)
    image = SliceImage(rng.normal(60 * rois, 12).astype("float32"), pixel_size_um=1.0)
    sampler = PatchSampler(_PATCH, n_patches_per_roi=32, tissue=None, random_state=0)
    network = CNNFeatureExtractor(
        max_epochs=1,
        n_features=8,
        validation=None,
        dense=True,
        device=device,
        random_state=0,
    )
    with warnings.catch_warnings():
        # Of a network that is only as good as it needs to be here.
        warnings.simplefilter("ignore")
        network.fit(*sampler.sample(image, rois))
        centres = sampler.fit(image).cut(image, stride=1)
        shared = network.transform(centres)
        # Plain arrays have no places, so that nothing can be shared between them.
        single = network.transform(np.asarray(centres))
    largest = float(np.abs(single).max()) or 1.0
    deviation = float(np.abs(shared - single).max()) / largest
    return SelfTest(deviation, time.monotonic() - started, device)
