"""Train a network with skorch: seeded, interruptible, with progress and no leaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from skorch import NeuralNet
from skorch.callbacks import Callback, LRScheduler
from skorch.helper import predefined_split
from torch.utils.data import Dataset
from tqdm import tqdm

from sklearn_microarch.features._rows import read_batch
from sklearn_microarch.features.networks._region_module import RegionModule
from sklearn_microarch.features.training._objectives import Objectives, TrainedModule
from sklearn_microarch.sampling import Patches

WEIGHT_DECAY = 1e-3


class RowDataset(Dataset):
    """Some rows of patches with their class codes, read batch by batch.

    Parameters
    ----------
    X : Patches or ndarray
    rows : ndarray of shape (m,), dtype int
        Which rows of X.
    codes : ndarray of shape (m,), dtype int64
        Class of each of them, 0 .. n_classes - 1.
    """

    def __init__(
        self, X: Patches | NDArray, rows: NDArray[np.integer], codes: NDArray[np.int64]
    ) -> None:
        self.X, self.rows, self.codes = X, rows, codes

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, item: int) -> tuple[torch.Tensor, torch.Tensor]:
        images, codes = self.__getitems__([item])
        return images[0], codes[0]

    def __getitems__(self, items: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Read a whole batch at once, which the data loader hands on as it is."""
        chosen = np.asarray(items)
        return read_batch(self.X, self.rows[chosen]), torch.from_numpy(
            self.codes[chosen]
        )


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


class _ValidationRecall(Callback):
    """Record the mean recall over the classes of the validation rows."""

    def on_epoch_begin(self, _net: RegionNet, **_: object) -> None:
        self.hits_: dict[int, list[int]] = {}

    def on_batch_end(
        self,
        _net: RegionNet,
        batch: tuple[torch.Tensor, torch.Tensor],
        training: bool,
        y_pred: torch.Tensor,
        **_: object,
    ) -> None:
        if training:
            return
        right = (y_pred.argmax(dim=1).cpu() == batch[1]).tolist()
        for code, hit in zip(batch[1].tolist(), right, strict=True):
            self.hits_.setdefault(code, []).append(hit)

    def on_epoch_end(self, net: RegionNet, **_: object) -> None:
        if self.hits_:
            recall = float(np.mean([np.mean(hits) for hits in self.hits_.values()]))
            net.history.record("valid_balanced_accuracy", recall)


class _Progress(Callback):
    """Show one bar for the whole training."""

    def __init__(self, n_batches: int) -> None:
        self.n_batches = n_batches

    def on_train_begin(self, _net: RegionNet, **_: object) -> None:
        self.bar_ = tqdm(total=self.n_batches, desc="training", unit="batch")

    def on_batch_end(
        self, _net: RegionNet, training: bool, loss: torch.Tensor, **_: object
    ) -> None:
        if training:
            self.bar_.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
            self.bar_.update()

    def on_train_end(self, _net: RegionNet, **_: object) -> None:
        self.bar_.close()


def make_net(
    module: RegionModule | TrainedModule,
    device: str,
    **training: Any,  # noqa: ANN401 - skorch's
) -> RegionNet:
    """Return a skorch net around a network, on its device.

    Parameters
    ----------
    module : RegionModule or TrainedModule
    device : str
    **training
        Further parameters of the net; none are needed to evaluate it.
    """
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


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train.

    Parameters
    ----------
    max_epochs, batch_size : int
    lr : float
        Highest learning rate, of one cycle over the whole training.
    progress : bool
        Show a progress bar.
    """

    max_epochs: int
    batch_size: int
    lr: float
    progress: bool


def train_net(
    module: TrainedModule,
    device: str,
    schedule: Schedule,
    train: RowDataset,
    valid: RowDataset | None,
) -> list[dict[str, float]]:
    """Train a network with one cycle of the learning rate.

    Parameters
    ----------
    module : TrainedModule
        Trained in place.
    device : str
    schedule : Schedule
    train : RowDataset
        Every class weighs alike in the loss, whatever its number of rows.
    valid : RowDataset or None
        Spatially separate rows, judged after every epoch.

    Returns
    -------
    history : list of dict
        One entry per epoch: ``epoch``, ``train_loss`` and, with validation
        rows, ``valid_loss`` and ``valid_balanced_accuracy``.

    Raises
    ------
    KeyboardInterrupt
        If interrupted, after closing the progress bar.
    """
    # Batch normalisation cannot learn from a batch of one.
    size = schedule.batch_size
    drop_last = len(train) > size and len(train) % size == 1
    n_steps = schedule.max_epochs * (-(-len(train) // size) - drop_last)
    callbacks: list[tuple[str, Callback]] = [("recall", _ValidationRecall())]
    # A cycle over fewer steps than it has phases divides by zero.
    if n_steps >= 10:
        cycle = LRScheduler(
            policy=torch.optim.lr_scheduler.OneCycleLR,
            max_lr=schedule.lr,
            total_steps=n_steps,
            step_every="batch",
        )
        callbacks.append(("cycle", cycle))
    if schedule.progress:
        callbacks.append(("progress", _Progress(n_steps)))
    counts = np.bincount(train.codes)
    weight = (len(train) / len(counts) / counts).astype(np.float32)
    net = make_net(
        module,
        device,
        max_epochs=schedule.max_epochs,
        batch_size=size,
        lr=schedule.lr,
        optimizer=torch.optim.AdamW,
        optimizer__weight_decay=WEIGHT_DECAY,
        criterion__weight=torch.from_numpy(weight),
        iterator_train__shuffle=True,
        iterator_train__drop_last=drop_last,
        iterator_train__collate_fn=_as_is,
        iterator_valid__collate_fn=_as_is,
        train_split=None if valid is None else predefined_split(valid),
        callbacks=callbacks,
    )
    net.partial_fit(train)
    keys = ("epoch", "train_loss", "valid_loss", "valid_balanced_accuracy")
    return [{key: row[key] for key in keys if key in row} for row in net.history]


def _as_is(batch: object) -> object:
    return batch
