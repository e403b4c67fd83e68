"""What is recorded and shown while a network is trained."""

import sys

import numpy as np
import torch
from skorch.callbacks import Callback
from tqdm import tqdm

from sklearn_microarch.features.training._objectives import Objectives
from sklearn_microarch.features.training._region_net import RegionNet

Batch = tuple[torch.Tensor, torch.Tensor]


class ValidationRecall(Callback):
    """Record the mean recall over the classes of the validation rows."""

    def on_epoch_begin(self, _net: RegionNet, **_: object) -> None:
        """Forget the epoch before."""
        self.hits_: dict[int, list[int]] = {}

    def on_batch_end(
        self,
        _net: RegionNet,
        batch: Batch,
        training: bool,
        y_pred: torch.Tensor,
        **_: object,
    ) -> None:
        """Note which validation rows are told right."""
        if training:
            return
        right = (y_pred.argmax(dim=1).cpu() == batch[1]).tolist()
        for code, hit in zip(batch[1].tolist(), right, strict=True):
            self.hits_.setdefault(code, []).append(hit)

    def on_epoch_end(self, net: RegionNet, **_: object) -> None:
        """Record the recall."""
        if self.hits_:
            recall = float(np.mean([np.mean(hits) for hits in self.hits_.values()]))
            net.history.record("valid_balanced_accuracy", recall)


class TrainingBar(Callback):
    """Show how far a training has come, and how well regions are told apart.

    On a terminal one bar for the whole training, elsewhere, such as in a log, a line
    for each epoch. The loss is not shown: of several objectives and changing covers,
    it may rise while the network improves.
    """

    def __init__(self, n_batches: int, *, is_judged: bool) -> None:
        self.n_batches, self.is_judged = n_batches, is_judged

    def on_train_begin(self, _net: RegionNet, **_: object) -> None:
        """Show the bar."""
        self.bar_ = tqdm(
            total=self.n_batches,
            desc="training",
            unit="batch",
            disable=not sys.stderr.isatty(),
        )

    def on_epoch_begin(self, _net: RegionNet, **_: object) -> None:
        """Count from zero."""
        self.n_right_, self.n_seen_ = 0, 0

    def on_batch_end(
        self,
        _net: RegionNet,
        batch: Batch,
        training: bool,
        y_pred: torch.Tensor | Objectives,
        **_: object,
    ) -> None:
        """Move on by a training batch."""
        if not training:
            return
        if not self.is_judged:
            logits = y_pred.logits if isinstance(y_pred, Objectives) else y_pred
            self.n_right_ += int((logits.argmax(dim=1).cpu() == batch[1]).sum())
            self.n_seen_ += int((batch[1] >= 0).sum())
            self.bar_.set_postfix_str(self._share_right(), False)
        self.bar_.update()

    def on_epoch_end(self, net: RegionNet, **_: object) -> None:
        """Show the mean recall of the validation rows."""
        words = self._share_right()
        if self.is_judged:
            share = net.history[-1]["valid_balanced_accuracy"]
            words = f"held-out patches right {share:.0%}"
            self.bar_.set_postfix_str(words)
        if self.bar_.disable:
            epoch = f"epoch {net.history[-1]['epoch']} of {net.max_epochs}"
            print(f"training: {epoch}, {words}", file=sys.stderr, flush=True)

    def on_train_end(self, _net: RegionNet, **_: object) -> None:
        """Leave the bar as it is."""
        self.bar_.close()

    def _share_right(self) -> str:
        share = self.n_right_ / max(self.n_seen_, 1)
        return f"training patches right {share:.0%}"
