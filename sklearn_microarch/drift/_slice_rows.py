"""What a pipeline says of a slice at coarse steps: the rows a comparison needs."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._walk import PipelineSteps
from sklearn_microarch.drift._appearance import look_around
from sklearn_microarch.sampling import Patches


@dataclass(frozen=True, eq=False)
class SliceRows:
    """Features, predicted regions and other measures of each patch."""

    patches: Patches
    features: NDArray[np.float32]  # (n, n_features)
    codes: NDArray[np.int64]  # (n,), index into the network's classes_
    confidence: NDArray[np.float32]  # (n,), probability of the predicted region
    # (n,): share of a row's energy that its factors leave out; None without factors.
    residual: NDArray[np.float32] | None
    appearance: NDArray[np.float32] | None  # (n, 3), of look_around; None: not yet

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, which: NDArray) -> "SliceRows":
        """Return some of the rows, by mask (n,) or indices."""
        return SliceRows(
            self.patches.take(which),
            self.features[which],
            self.codes[which],
            self.confidence[which],
            None if self.residual is None else self.residual[which],
            None if self.appearance is None else self.appearance[which],
        )

    def with_appearance(self) -> "SliceRows":
        """Return the rows with what they look like, at the cost of a pass of pixels."""
        if self.appearance is not None:
            return self
        return replace(self, appearance=look_around(self.patches))


def read_rows(steps: PipelineSteps, patches: Patches, stride: int) -> SliceRows:
    """Return what network and factors say of patches `stride` px apart."""
    features = _features(steps.network, patches, stride)
    if hasattr(steps.network, "predict_proba_from_features"):
        probabilities = steps.network.predict_proba_from_features(features)
    else:
        probabilities = np.asarray(steps.network.predict_proba(patches))
    return SliceRows(
        patches,
        features,
        probabilities.argmax(axis=1),
        probabilities.max(axis=1).astype(np.float32),
        _residual_shares(steps.factorization, features),
        look_around(patches),
    )


def _features(
    network: Any,  # noqa: ANN401 - any transformer
    patches: Patches,
    stride: int,
) -> NDArray[np.float32]:
    """Return features (n, n_features), computed by windows where the network can."""
    if not hasattr(network, "iter_transform"):
        return np.asarray(network.transform(patches), dtype=np.float32)
    pieces = network.iter_transform(patches, step=stride)
    found, first = next(pieces)
    features = np.empty((len(patches), first.shape[1]), dtype=np.float32)
    features[found] = first
    for found, part in pieces:
        features[found] = part
    return features


def _residual_shares(
    factorization: Any,  # noqa: ANN401 - any decomposition
    features: NDArray[np.float32],
) -> NDArray[np.float32] | None:
    """Return the share (n,) of each row's energy that factors leave out."""
    if factorization is None:
        return None
    rebuilt = factorization.inverse_transform(factorization.transform(features))
    left = ((features - rebuilt) ** 2).sum(axis=1)
    energy = (features**2).sum(axis=1)
    return (left / np.maximum(energy, np.finfo(np.float32).tiny)).astype(np.float32)
