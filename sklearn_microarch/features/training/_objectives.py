"""What a network is trained for besides telling regions apart."""

from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from sklearn_microarch.features.networks._augmentation import cover_sides
from sklearn_microarch.features.networks._descriptors import SMALLEST, patch_descriptors
from sklearn_microarch.features.networks._imaging_changes import random_imaging
from sklearn_microarch.features.networks._region_module import RegionModule

# Share of the running covariance that a batch replaces: a batch has about as many
# rows as there are features, too few to judge by itself.
NEWEST = 0.1
SMALLEST_VARIANCE = 1e-6


class Objectives(NamedTuple):
    """What a batch is judged by in training."""

    logits: torch.Tensor  # (n, n_classes)
    others: torch.Tensor  # scalar, the weighted sum of the other objectives


class TrainedModule(nn.Module):
    """A network with the objectives that keep its features from collapsing.

    All that is left after the training is ``region``.
    """

    # Told only to separate regions, a network ends with features that restate its
    # logits, and what varies within a region is lost (V. Papyan, X. Y. Han and D. L.
    # Donoho, "Prevalence of neural collapse during the terminal phase of deep learning
    # training", PNAS 117(40), 2020, doi:10.1073/pnas.2015509117). So two terms are
    # added to the loss where there are features that the head does not read; a network
    # without an attribute `n_region_features` has none, and is trained for the regions
    # alone. The first asks that a linear map of them gives the patch's descriptors,
    # standardised within the batch, by mean squared error: those of the patch as it was
    # scanned, also where it is imaged anew and covered in training, so that features
    # say what the tissue is like and not how it was imaged. The second is the
    # inverse of the participation ratio of all features, d tr(C^2) / (tr C)^2, with C
    # the running covariance of the d features: 1 where all vary alike and
    # independently, d where they are multiples of one.

    covariance: torch.Tensor

    def __init__(
        self,
        region: RegionModule,
        shape: tuple[int, int, int],
        n_features: int,
        *,
        description_weight: float,
        decorrelation_weight: float,
    ) -> None:
        super().__init__()
        self.region = region
        self.description_weight = description_weight
        self.decorrelation_weight = decorrelation_weight
        self.first_free = getattr(region.body, "n_region_features", n_features)
        n_free = n_features - self.first_free
        # Rows of numbers and tiny patches have no texture to describe.
        has_more_to_learn = n_free > 0 and min(shape[1:]) >= SMALLEST
        self.describes = description_weight > 0 and has_more_to_learn
        self.decorrelates = decorrelation_weight > 0 and has_more_to_learn
        if self.describes:
            n_descriptors = patch_descriptors(torch.zeros(1, *shape)).shape[1]
            self.describe = nn.Linear(n_free, n_descriptors)
            self.standardise = nn.BatchNorm1d(
                n_descriptors, affine=False, track_running_stats=False
            )
        self.register_buffer("covariance", torch.eye(n_features))

    def forward(self, x: torch.Tensor) -> "Objectives | torch.Tensor":
        """Return the logits; in training, with the other objectives."""
        x = self.region.prepare(x)
        seen = x
        if self.training and self.region.augment:
            seen = cover_sides(random_imaging(x))
        z = self.region.body.features(seen)
        logits = self.region.head(z)
        if not self.training:
            return logits
        others = logits.new_zeros(())
        if self.describes:
            free = z[:, self.first_free :]
            others = others + self.description_weight * self._misdescribed(x, free)
        if self.decorrelates:
            others = others + self.decorrelation_weight * self._redundancy(z)
        return Objectives(logits, others)

    def _misdescribed(self, x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            target = self.standardise(patch_descriptors(x))
        return functional.mse_loss(self.describe(z), target)

    def _redundancy(self, z: torch.Tensor) -> torch.Tensor:
        centred = z - z.mean(dim=0)
        newest = centred.T @ centred / (len(z) - 1)
        covariance = torch.lerp(self.covariance, newest, NEWEST)
        self.covariance = covariance.detach()
        n_features = len(covariance)
        # Of constant features nothing is left in the end, not even a ratio.
        total = covariance.trace().clamp_min(SMALLEST_VARIANCE)
        return n_features * (covariance / total).square().sum()
