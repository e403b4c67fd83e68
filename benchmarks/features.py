"""Dense features of a real slice for benchmarks: every pixel's, or a part of them."""

import argparse
import copy
import sys
from pathlib import Path

import joblib
import numpy as np
import torch

from sklearn_microarch import CNNFeatureExtractor, Patches, PatchSampler
from sklearn_microarch.datasets import fetch_prasad2020, make_thalamocortical_phantom
from sklearn_microarch.exceptions import DataNotFoundError


def read_slice(*, six_class: bool = False):
    """Return the annotated real slice with its regions, or a synthetic one, told so."""
    try:
        data = fetch_prasad2020(six_class=six_class)
    except DataNotFoundError as error:
        print(f"a phantom stands for the real slice: {error}", file=sys.stderr)
        phantom = make_thalamocortical_phantom(six_class=True, random_state=0)
        return phantom.images[0], phantom.rois[0]
    return data.image, data.rois


def whiten(
    network: CNNFeatureExtractor, patches: Patches, power: float
) -> CNNFeatureExtractor:
    """Return the network with units that vary more independently before their ReLU.

    Trained features have few directions, which flatters every solver. Here the last
    layer of "gap" is a random rotation of averages over the patches whose principal
    components are divided by their deviations to a power: 1 makes them white.
    """
    body = network.net_.module_.body
    grey = network.net_.module_.prepare(
        torch.from_numpy(np.asarray(patches, dtype=np.float32))[:, None]
    )
    with torch.no_grad():
        averages = [body.stack(part).mean(dim=(2, 3)) for part in grey.split(64)]
    averages = torch.cat(averages).numpy().astype(float)
    centre, d = averages.mean(axis=0), network.n_features
    _, scales, directions = np.linalg.svd(averages - centre, full_matrices=False)
    scales = scales[:d] / np.sqrt(len(averages))
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(d, d)))[0]
    weight = rotation @ (directions[:d] / scales[:, None] ** power)
    spread = np.sum((rotation * scales ** (1 - power)) ** 2, axis=1)
    whitened = copy.deepcopy(network)
    whitened.weights_ |= {
        "body.hidden.0.weight": weight.astype(np.float32),
        "body.hidden.1.running_mean": (weight @ centre).astype(np.float32),
        "body.hidden.1.running_var": spread.astype(np.float32),
        "body.hidden.1.weight": np.ones(d, dtype=np.float32),
        "body.hidden.1.bias": np.zeros(d, dtype=np.float32),
    }
    return whitened


def dense_features(
    n_rows: int, model: Path | None = None, *, whitening: float = 0.0
) -> np.ndarray:
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
    if whitening:
        some = np.linspace(0, len(dense) - 1, 2000).astype(np.intp)
        network = whiten(network, dense[some], whitening)
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
    parser.add_argument("--whitening", type=float, default=0.0, help="see whiten")
    options = parser.parse_args()
    found = dense_features(options.rows, options.model, whitening=options.whitening)
    np.save(options.path, found)


if __name__ == "__main__":
    main()
