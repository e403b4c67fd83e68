"""Dense features of a real slice for benchmarks: every pixel's, or a part of them."""

import argparse
from pathlib import Path

import joblib
import numpy as np

from sklearn_microarch import CNNFeatureExtractor, PatchSampler
from sklearn_microarch.datasets import fetch_prasad2020, make_thalamocortical_phantom
from sklearn_microarch.exceptions import DataNotFoundError


def read_slice():
    """Return the annotated real slice with its regions, or a synthetic one."""
    try:
        data = fetch_prasad2020()
    except DataNotFoundError:
        phantom = make_thalamocortical_phantom(six_class=True, random_state=0)
        return phantom.images[0], phantom.rois[0]
    return data.image, data.rois


def dense_features(n_rows: int, model: Path | None = None) -> np.ndarray:
    """Return activations of a network, float32 of shape (n_rows, 64).

    Rows lie evenly over the tissue. Without a saved pipeline a network is trained,
    briefly.
    """
    image, rois = read_slice()
    if model is None:
        sampler = PatchSampler(n_patches_per_roi=500, random_state=0)
        patches, labels = sampler.sample(image, rois)
        sampler.fit(patches)
        network = CNNFeatureExtractor(max_epochs=2, validation=None, random_state=0)
        network.fit(patches, labels)
    else:
        steps = joblib.load(model)
        sampler, network = steps[0], steps[1]
    dense = sampler.transform(image)
    kept = np.unique(np.linspace(0, len(dense) - 1, n_rows).astype(np.intp))
    place = np.full(len(dense), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    found = np.empty((len(kept), network.n_features), dtype=np.float32)
    for rows, features in network.iter_transform(dense, step=sampler.stride):
        wanted = place[rows] >= 0
        found[place[rows[wanted]]] = features[wanted]
    return found


def main() -> None:
    """Write features to a file, for the other benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, help=".npy file to write")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--model", type=Path, help="a saved, fitted pipeline")
    options = parser.parse_args()
    np.save(options.path, dense_features(options.rows, options.model))


if __name__ == "__main__":
    main()
