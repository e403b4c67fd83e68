"""Classifiers of patches that a trained network has to beat.

Each is a scikit-learn pipeline of hand-made descriptors, or of a network that was never
trained, under a classifier; all take `Patches` and integer regions, as
`CNNFeatureExtractor` does, and give `predict_proba`.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_microarch.features import GapNet

N_BINS = 32
LBP_RADII = (1, 2, 4)
GABOR_WAVELENGTHS = (4, 8, 16, 32)
BATCH = 256


# Descriptors already computed, by function, centre and size: fits share most patches.
# Of one slice only.
_KNOWN: dict[tuple, NDArray] = {}


class Described(TransformerMixin, BaseEstimator):
    """Turn each patch into the numbers that functions of image stacks return.

    Parameters
    ----------
    functions : sequence of callable
        From float patches of shape (b, size, size) to an array (b, q).
    """

    def __init__(self, functions: Sequence[Callable[[NDArray], NDArray]]) -> None:
        self.functions = functions

    def fit(self, X: object, y: object = None) -> "Described":
        """Learn nothing."""
        del X, y
        return self

    def transform(self, X) -> NDArray:
        """Return descriptors of shape (n, q)."""
        columns = [self._of_one(function, X) for function in self.functions]
        return np.concatenate(columns, axis=1).astype(np.float32)

    def _of_one(self, function: Callable, X) -> NDArray:
        size = X.patch_size
        keys = [(function, size, *centre) for centre in X.positions.tolist()]
        new = np.array([row for row, key in enumerate(keys) if key not in _KNOWN], int)
        for start in range(0, len(new), BATCH):
            rows = new[start : start + BATCH]
            found = function(X.gather(rows))
            _KNOWN.update(zip((keys[row] for row in rows), found, strict=True))
        return np.stack([_KNOWN[key] for key in keys])


class Untrained(TransformerMixin, BaseEstimator):
    """The default network with the weights it starts from.

    Parameters
    ----------
    random_state : int
        Draws the weights.
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, X, y: object = None) -> "Untrained":
        """Learn grey levels and the moments of batch normalisation alone."""
        del y
        with torch.random.fork_rng():
            torch.manual_seed(self.random_state)
            self.net_ = GapNet(1, (X.patch_size, X.patch_size), 64, 2)
        some = np.random.default_rng(self.random_state).permutation(len(X))[:1024]
        grey = X.gather(some).astype(np.float32)
        self.mean_, self.std_ = float(grey.mean()), float(grey.std())
        with torch.no_grad():
            for start in range(0, len(grey), BATCH):
                self.net_.features(self._tensor(grey[start : start + BATCH]))
        self.net_.eval()
        return self

    def transform(self, X) -> NDArray:
        """Return the last hidden layer, (n, 64)."""
        found = []
        with torch.no_grad():
            for start in range(0, len(X), BATCH):
                rows = np.arange(start, min(start + BATCH, len(X)))
                found.append(self.net_.features(self._tensor(X.gather(rows))).numpy())
        return np.concatenate(found)

    def _tensor(self, grey: NDArray) -> torch.Tensor:
        batch = torch.from_numpy(grey.astype(np.float32))[:, None]
        return (batch - self.mean_) / self.std_


def histogram(patches: NDArray) -> NDArray:
    """Return shares of grey levels in 32 bins of 0 .. 255."""
    bins = (patches.reshape(len(patches), -1) * (N_BINS / 256)).astype(np.intp)
    flat = bins + N_BINS * np.arange(len(bins))[:, None]
    counts = np.bincount(flat.ravel(), minlength=N_BINS * len(bins))
    return counts.reshape(len(bins), N_BINS) / bins.shape[1]


def moments(patches: NDArray) -> NDArray:
    """Return mean, standard deviation, and the share of dark pixels, as cells are."""
    flat = patches.reshape(len(patches), -1).astype(np.float32)
    mean, std = flat.mean(axis=1), flat.std(axis=1)
    dark = (flat < (mean - 1.5 * std)[:, None]).mean(axis=1)
    darker = (flat < np.float32(80)).mean(axis=1)
    return np.stack([mean, std, dark, darker], axis=1)


def local_binary_patterns(patches: NDArray) -> NDArray:
    """Return shares of the rotation-invariant uniform patterns of three radii.

    Ojala, Pietikainen and Maenpaa, 2002, with 8 neighbours on a square ring.
    """
    padded = patches.astype(np.float32)
    found = []
    for radius in LBP_RADII:
        size = padded.shape[1] - 2 * radius
        offsets = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)]
        centre = padded[:, radius:-radius, radius:-radius]
        ring = np.stack(
            [
                padded[
                    :,
                    radius * (1 + row) : radius * (1 + row) + size,
                    radius * (1 + col) : radius * (1 + col) + size,
                ]
                >= centre
                for row, col in offsets
            ]
        )
        changes = (ring != np.roll(ring, 1, axis=0)).sum(axis=0)
        pattern = np.where(changes <= 2, ring.sum(axis=0), 9)
        found += [(pattern == code).mean(axis=(1, 2)) for code in range(10)]
    return np.stack(found, axis=1)


def gabor_energies(patches: NDArray) -> NDArray:
    """Return mean, largest and smallest energy over 4 directions of 4 wavelengths.

    Together with the mean and the deviation of the patch. Filters have a bandwidth of
    about one octave.
    """
    x = torch.from_numpy(patches.astype(np.float32))[:, None]
    mean, std = x.mean(dim=(1, 2, 3)), x.std(dim=(1, 2, 3))
    spectrum = torch.fft.fft2(x[:, 0] - mean[:, None, None]).abs().square()
    size = x.shape[-1]
    rows = torch.fft.fftfreq(size)[:, None]
    cols = torch.fft.fftfreq(size)[None, :]
    found = [mean, std]
    for wavelength in GABOR_WAVELENGTHS:
        energies = []
        for direction in range(4):
            angle = torch.tensor(direction * torch.pi / 4)
            row, col = torch.sin(angle) / wavelength, torch.cos(angle) / wavelength
            width = 0.35 / wavelength
            distance = (rows - row).square() + (cols - col).square()
            gain = torch.exp(-distance / width**2)
            energies.append((spectrum * gain).sum(dim=(1, 2)))
        bands = torch.log(torch.stack(energies, dim=1) + 1.0)
        found += [bands.mean(dim=1), bands.amax(dim=1), bands.amin(dim=1)]
    return torch.stack(found, dim=1).numpy()


def baselines(seed: int) -> dict[str, Pipeline]:
    """Return the baselines by name: linear, and with a kernel where that may help."""
    described = {
        "grey-level histogram": histogram,
        "mean, deviation, dark share": moments,
        "local binary patterns": local_binary_patterns,
        "Gabor energies": gabor_energies,
    }
    linear = {
        name: make_pipeline(Described([function]), StandardScaler(), _linear())
        for name, function in described.items()
    }
    everything = make_pipeline(
        Described(list(described.values())),
        StandardScaler(),
        SVC(class_weight="balanced", random_state=seed),
    )
    untrained = make_pipeline(Untrained(seed), StandardScaler(), _linear())
    return linear | {
        "all four, RBF kernel": everything,
        "untrained network": untrained,
    }


def _linear() -> LogisticRegression:
    return LogisticRegression(class_weight="balanced", max_iter=1000)
