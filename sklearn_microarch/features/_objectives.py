"""What a network is trained for besides telling regions apart."""

from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from sklearn_microarch.features._descriptors import SMALLEST, patch_descriptors
from sklearn_microarch.features._region_module import RegionModule

# Share of the running covariance that a batch replaces: a batch has about as many
# rows as there are features, too few to judge by itself.
NEWEST = 0.1
# The same for the moments of the descriptors.
DESCRIPTOR_MOMENTUM = 0.02


class Objectives(NamedTuple):
    """What a batch is judged by in training.

    Parameters
    ----------
    logits : tensor of shape (n, n_classes)
    others : tensor of shape ()
        The weighted sum of the other objectives, to be minimised.
    """

    logits: torch.Tensor
    others: torch.Tensor


class TrainedModule(nn.Module):
    r"""A network with the objectives that keep its features from collapsing.

    Told only to separate regions, a network ends with features that restate its
    logits, and what varies within a region is lost. So two terms are added to the
    loss. The first asks that a linear map of the features gives the patch's
    `patch_descriptors`, standardised, by mean squared error. The second is the
    inverse of their participation ratio,
    :math:`d \operatorname{tr} C^2 / (\operatorname{tr} C)^2`, with :math:`C` the
    running covariance of the :math:`d` features: 1 where all vary alike and
    independently, d where they are multiples of one.

    Parameters
    ----------
    region : RegionModule
        The network; all that is left after the training.
    shape : tuple of int
        Channels, height and width of a patch.
    n_features : int
    description_weight, decorrelation_weight : float
        Of the two terms.

    References
    ----------
    .. [1] V. Papyan, X. Y. Han and D. L. Donoho, "Prevalence of neural collapse
       during the terminal phase of deep learning training", PNAS 117(40), 2020.
       :doi:`10.1073/pnas.2015509117`
    """

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
        # Rows of numbers and tiny patches have no texture to describe.
        self.describes = description_weight > 0 and min(shape[1:]) >= SMALLEST
        if self.describes:
            n_descriptors = patch_descriptors(torch.zeros(1, *shape)).shape[1]
            self.describe = nn.Linear(n_features, n_descriptors)
            self.standardise = nn.BatchNorm1d(
                n_descriptors, affine=False, momentum=DESCRIPTOR_MOMENTUM
            )
        self.register_buffer("covariance", torch.eye(n_features))

    def forward(self, x: torch.Tensor) -> "Objectives | torch.Tensor":
        """Return the logits; in training, with the other objectives."""
        x = self.region.prepare(x)
        z = self.region.body.features(x)
        logits = self.region.head(z)
        if not self.training:
            return logits
        others = logits.new_zeros(())
        if self.describes:
            others = others + self.description_weight * self._misdescribed(x, z)
        if self.decorrelation_weight > 0:
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
        return n_features * covariance.square().sum() / covariance.trace().square()
