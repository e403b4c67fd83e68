"""The skorch net around a network, which lets an interruption through."""

from typing import Any

import torch
from skorch import NeuralNet
from torch.utils.data import Dataset

from sklearn_microarch.features._arithmetic import n_torch_threads
from sklearn_microarch.features.networks._region_module import RegionModule
from sklearn_microarch.features.training._objectives import Objectives, TrainedModule

# Of rows without a region, which torch's cross entropy leaves out.
NO_CLASS = -100


class RegionNet(NeuralNet):
    """A skorch net with several objectives, that lets an interruption through.

    skorch ends training quietly on Ctrl-C and returns a half-trained net, on
    which a pipeline would go on to fit its later steps.
    """

    def get_loss(
        self,
        y_pred: torch.Tensor | Objectives,
        y_true: torch.Tensor,
        *args: Any,  # noqa: ANN401 - skorch's signature
        **kwargs: Any,  # noqa: ANN401 - skorch's signature
    ) -> torch.Tensor:
        """Return the loss of the logits, and what else a network is trained for."""
        if isinstance(y_pred, Objectives):
            if (y_true == NO_CLASS).all():
                # A mean over no rows is no number.
                return y_pred.others
            loss = super().get_loss(y_pred.logits, y_true, *args, **kwargs)
            return loss + y_pred.others
        return super().get_loss(y_pred, y_true, *args, **kwargs)

    def partial_fit(
        self,
        X: Dataset,
        y: None = None,
        classes: None = None,
        **fit_params: Any,  # noqa: ANN401 - skorch's signature
    ) -> "RegionNet":
        """Train, and raise KeyboardInterrupt when interrupted."""
        del classes
        if not self.initialized_:
            self.initialize()
        self.notify("on_train_begin", X=X, y=y)
        try:
            self.fit_loop(X, y, **fit_params)
        finally:
            self.notify("on_train_end", X=X, y=y)
        return self


class NoOptimizer:
    """Takes the place of an optimizer in a net that only evaluates.

    To make one of torch's takes seconds the first time: its compiler is loaded for it.
    """

    def __init__(self, params: object, **settings: object) -> None:
        del params, settings
        self.param_groups: list[dict[str, object]] = []


def evaluating_net(module: RegionModule, device: str) -> RegionNet:
    """Return a skorch net around a trained network, on its device."""
    return make_net(module, device, optimizer=NoOptimizer)


def make_net(
    module: RegionModule | TrainedModule,
    device: str,
    **training: Any,  # noqa: ANN401 - skorch's
) -> RegionNet:
    """Return a skorch net around a network, on its device."""
    n_torch_threads()
    # Channels last is several times as fast on a CPU for these narrow layers.
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    net = RegionNet(
        module,
        criterion=torch.nn.CrossEntropyLoss,
        device=device,
        verbose=0,
        callbacks__print_log=None,
        callbacks__epoch_timer=None,
        **training,
    )
    return net.initialize()
