"""Operations done together on one block, from a store of what came before."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sklearn_microarch.features.dense._layers import divided
from sklearn_microarch.features.dense._needs import Needs
from sklearn_microarch.features.dense._schedule import Operation, Schedule
from sklearn_microarch.features.dense._windows import combine, slide

# Kinds that use rows of other blocks, so that what comes before them is stored.
LOOKS_BELOW = ("conv", "rows")


class Stage:
    """A run of operations, of which only the first may look at other blocks' rows.

    Blocks are done column by column of the slice, and from the lowest block up. A
    stage keeps the few rows that the block above will need again, and the few
    columns that the next column of blocks will.

    ``n_stored_rows`` is how many blocks the stage before writes in one column; ``like``
    an empty tensor of the device and dtype to compute with.
    """

    def __init__(
        self,
        schedule: Schedule,
        numbers: range,
        needs: Needs,
        n_stored_rows: int,
        like: torch.Tensor,
    ) -> None:
        self.operations = [schedule.operations[at] for at in numbers]
        self.n_rows = needs.n_block_rows(numbers)
        self._needs, self._numbers = needs, numbers
        head = self.operations[0]
        self._inner = divided(schedule.block, head.pitch)
        # Columns of the store that are left from the column of blocks before; only
        # then must it hold whole columns of blocks.
        self._kept = head.reach[1] if head.kind == "conv" else 0
        n_blocks = max(self.n_rows, n_stored_rows) if self._kept else 1
        self._store = like
        if head.kind in LOOKS_BELOW:
            before = schedule.operations[numbers.start - 1]
            self._store = like.new_zeros(
                before.n_fragments,
                n_blocks * self._inner[0] + head.reach[0],
                self._kept + self._inner[1],
                before.n_channels,
            )
        self._edges = {
            id(op): like.new_zeros(
                op.n_fragments,
                self.n_rows * (schedule.block[0] // op.pitch[0]),
                op.reach[1],
                op.n_channels,
            )
            for op in self.operations
            if op.kind == "columns"
        }

    def needed(self, column: int) -> NDArray[np.intp]:
        """Return the numbers of the blocks to compute in a column of blocks."""
        return self._needs.rows(self._numbers, column)

    def place(self, row: int) -> torch.Tensor:
        """Return where the stage before writes its block ``row``."""
        if not self._kept:
            self._keep_rows_below()
        top = self._top(row)
        return self._store[:, top : top + self._inner[0], self._kept :]

    def advance(self) -> None:
        """Keep the last columns of the store for the next column of blocks."""
        if self._kept:
            last = self._store[:, :, self._inner[1] :]
            self._store[:, :, : self._kept] = last

    def _top(self, row: int) -> int:
        """Return the row of the store where block ``row`` begins."""
        return row * self._inner[0] if self._kept else 0

    def _rows_of(self, row: int, reach: int) -> torch.Tensor:
        """Return a block of the store with the rows below that it looks at."""
        top = self._top(row)
        return self._store[:, top : top + self._inner[0] + reach]

    def _keep_rows_below(self) -> None:
        """Move the first rows of the store to below the block to come."""
        reach = self._store.shape[1] - self._inner[0]
        if reach:
            first = self._store[:, :reach]
            overlaps = reach > self._inner[0]
            self._store[:, self._inner[0] :] = first.clone() if overlaps else first

    def run(self, row: int, x: torch.Tensor, out: torch.Tensor) -> None:
        """Do all operations on one block, and write it to ``out``.

        ``x``, (n_fragments, n_rows, n_cols, n_channels), is the input, where the first
        operation does not read the store. ``out`` may be a view with its axis of
        fragments parted.
        """
        last = len(self.operations) - 1
        for at, op in enumerate(self.operations):
            target = out if at == last else None
            if op.kind == "conv":
                x = self._convolve(op, row)
            elif op.kind == "rows":
                x = self._along_rows(op, row)
            elif op.kind == "columns":
                x = self._along_columns(op, _joined(x), row, target)
            elif op.kind == "linear":
                x = _linear(op, _joined(x))
            elif op.kind == "split":
                x = _split(op, _joined(x))
            elif op.kind == "point":
                x = _point(op, x, target)
        if x is not out:
            _fit(out, x).copy_(_fit(x, out))

    def _convolve(self, op: Operation, row: int) -> torch.Tensor:
        layer: Any = op.layer
        x = self._rows_of(row, op.reach[0])
        y = torch.conv2d(
            x.permute(0, 3, 1, 2),
            layer.weight,
            layer.bias,
            dilation=op.dilation,
            groups=layer.groups,
        )
        return y.permute(0, 2, 3, 1)

    def _along_rows(self, op: Operation, row: int) -> torch.Tensor:
        layer: Any = op.layer
        x = self._rows_of(row, op.reach[0])
        return slide(x, 1, layer.kernel[0], op.dilation[0], layer.kind)

    def _along_columns(
        self, op: Operation, x: torch.Tensor, row: int, out: torch.Tensor | None
    ) -> torch.Tensor:
        layer: Any = op.layer
        height, reach = x.shape[1], op.reach[1]
        edge = self._edges[id(op)][:, row * height : (row + 1) * height]
        if layer.kernel[1] == 2:
            # Written once into place; joining edge and block would copy both.
            y = torch.empty_like(x) if out is None or out.ndim != x.ndim else out
            combine(edge, x[:, :, :reach], layer.kind, out=y[:, :, :reach])
            combine(x[:, :, :-reach], x[:, :, reach:], layer.kind, out=y[:, :, reach:])
        else:
            joined = torch.cat([edge, x], dim=2)
            y = slide(joined, 2, layer.kernel[1], op.dilation[1], layer.kind)
        edge.copy_(x[:, :, -reach:])
        return y


def _linear(op: Operation, x: torch.Tensor) -> torch.Tensor:
    layer: Any = op.layer
    weight = layer.weight.flatten(1)
    flat = torch.addmm(layer.bias, x.reshape(-1, x.shape[-1]), weight.T)
    return flat.reshape(*x.shape[:-1], -1)


def _split(op: Operation, x: torch.Tensor) -> torch.Tensor:
    """Part rows and columns by their place within a stride; a view, not a copy."""
    rows, cols = op.stride
    if not op.keep:
        return x[:, ::rows, ::cols]
    parted = x.unflatten(2, (-1, cols)).unflatten(1, (-1, rows))
    return parted.permute(0, 2, 4, 1, 3, 5)


def _joined(x: torch.Tensor) -> torch.Tensor:
    """Return fragments along one axis, after a split."""
    return x.flatten(0, 2) if x.ndim == 6 else x


def _point(op: Operation, x: torch.Tensor, out: torch.Tensor | None) -> torch.Tensor:
    function: Any = op.layer
    if function is torch.relu:
        if out is None:
            # What comes before made x; nothing else reads it.
            return x.clamp_(min=0)
        torch.clamp(_fit(x, out), min=0, out=_fit(out, x))
        return out
    y: torch.Tensor = function(x)
    return y


def _fit(x: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Part the axis of fragments of ``x`` as that of ``other`` is, if it is."""
    if x.ndim >= other.ndim:
        return x
    return x.unflatten(0, other.shape[: other.ndim - x.ndim + 1])
