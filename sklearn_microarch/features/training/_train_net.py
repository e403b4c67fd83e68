"""Train a network with skorch: one cycle of the learning rate, every class alike."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from skorch.callbacks import Callback, LRScheduler
from skorch.helper import predefined_split

from sklearn_microarch.features.training._callbacks import TrainingBar, ValidationRecall
from sklearn_microarch.features.training._objectives import TrainedModule
from sklearn_microarch.features.training._region_net import NO_CLASS, make_net
from sklearn_microarch.features.training._row_dataset import RowDataset

WEIGHT_DECAY = 1e-3


@dataclass(frozen=True)
class TrainingPlan:
    """How long, how fast and for what to train, as `CNNFeatureExtractor` has it."""

    max_epochs: int
    batch_size: int
    lr: float
    augment: bool
    description_weight: float
    decorrelation_weight: float
    progress: bool


def train_net(
    module: TrainedModule,
    device: str,
    plan: TrainingPlan,
    train: RowDataset,
    valid: RowDataset | None,
    *,
    free: NDArray[np.intp],
) -> list[dict[str, float]]:
    """Train a network in place; return ``history_`` of `CNNFeatureExtractor`.

    Every class weighs alike in the loss, whatever its number of rows; ``free`` rows of
    ``train.X`` have none, and enter the other objectives alone. KeyboardInterrupt is
    raised after the bar is closed.
    """
    counts = np.bincount(train.codes)
    weight = (len(train) / len(counts) / counts).astype(np.float32)
    if len(free):
        rows = np.concatenate([train.rows, free])
        none = np.full(len(free), NO_CLASS)
        train = RowDataset(train.X, rows, np.concatenate([train.codes, none]))
    # Batch normalisation cannot learn from a batch of one.
    size = plan.batch_size
    drop_last = len(train) > size and len(train) % size == 1
    n_steps = plan.max_epochs * (-(-len(train) // size) - drop_last)
    callbacks: list[tuple[str, Callback]] = [("recall", ValidationRecall())]
    # A cycle over fewer steps than it has phases divides by zero.
    if n_steps >= 10:
        cycle = LRScheduler(
            policy=torch.optim.lr_scheduler.OneCycleLR,
            max_lr=plan.lr,
            total_steps=n_steps,
            step_every="batch",
        )
        callbacks.append(("cycle", cycle))
    if plan.progress:
        bar = TrainingBar(n_steps, is_judged=valid is not None)
        callbacks.append(("bar", bar))
    net = make_net(
        module,
        device,
        max_epochs=plan.max_epochs,
        batch_size=size,
        lr=plan.lr,
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
