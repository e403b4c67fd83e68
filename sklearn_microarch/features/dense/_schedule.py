"""Lay a chain of layers out as operations on blocks of a slice's pixels.

The coordinates of a value are those of the upper left pixel of what it was computed
from. After a window with a stride of s, values s apart belong together: they form one
of s x s fragments, each an ordinary image on which the next layer is an ordinary
layer. Fragments are stacked along the first axis.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Literal

import torch

from sklearn_microarch.features.dense._layers import (
    Affine,
    Conv,
    Layer,
    Pair,
    Pointwise,
    Pool,
    divided,
    multiplied,
)

# Rows and columns computed together. All their layers stay in a core's cache, and
# less is computed in vain along the border of the tissue than with larger blocks.
BLOCK = (64, 128)


@dataclass(frozen=True, eq=False)
class Operation:
    """One step of the computation of a block, with its place in the slice.

    A window is taken along columns first ("columns"), then along rows ("rows"); "split"
    parts values into fragments or drops those between.
    """

    kind: Literal["read", "conv", "linear", "columns", "rows", "split", "point"]
    layer: Conv | Pool | Callable[[torch.Tensor], torch.Tensor] | None
    reach: Pair  # values of a fragment needed below and to the right of an output
    dilation: Pair  # in values of a fragment
    stride: Pair  # of a "split"
    keep: bool  # whether a "split" keeps all fragments, or the first only
    n_fragments: int  # that come out
    n_channels: int  # that come out
    pitch: Pair  # pixels between neighbouring values of a fragment that comes out
    # Rows and columns of outputs that one feature needs, less one, in pixels. Columns
    # are computed so far ahead of the features.
    extent: Pair = (0, 0)


@dataclass(frozen=True, eq=False)
class Schedule:
    """All operations of a network, and how its blocks lie."""

    operations: tuple[Operation, ...]
    block: Pair  # pixels whose features are computed together
    step: Pair  # pixels between neighbouring features
    splits: tuple[Pair, ...]  # strides whose fragments were kept, first to last
    n_features: int

    @property
    def macs(self) -> float:
        """Multiply-adds for each pixel of a slice."""
        return sum(
            op.layer.macs / prod(op.pitch) * op.n_fragments
            for op in self.operations
            if isinstance(op.layer, Conv)
        )

    def memory(self, n_rows: int) -> int:
        """Return the bytes kept between blocks, of a band of so many rows of pixels."""
        values = 0
        for at, op in enumerate(self.operations[1:]):
            rows, cols = (b // p for b, p in zip(self.block, op.pitch, strict=True))
            before = self.operations[at]
            height = (n_rows + op.extent[0]) // op.pitch[0] + rows + op.reach[0]
            if op.kind == "conv":
                kept = cols + op.reach[1]
                values += before.n_fragments * before.n_channels * height * kept
            elif op.kind == "columns":
                values += op.n_fragments * op.n_channels * height * op.reach[1]
        return 4 * values


class _Builder:
    """Keeps track of fragments and channels while layers become operations."""

    def __init__(self, n_channels: int, step: Pair) -> None:
        self.operations: list[Operation] = []
        self.n_fragments, self.n_channels = 1, n_channels
        self.pitch: Pair = (1, 1)
        # Strides not parted into fragments widen all later windows instead.
        self.dilation: Pair = (1, 1)
        self.wanted = step
        self.splits: list[Pair] = []
        self.add("read")

    def add(
        self,
        kind: Literal["read", "conv", "linear", "columns", "rows", "split", "point"],
        layer: Conv | Pool | Callable | None = None,
        *,
        kernel: Pair = (1, 1),
        dilation: Pair = (1, 1),
        stride: Pair = (1, 1),
        keep: bool = True,
    ) -> None:
        (kr, kc), (dr, dc) = kernel, dilation
        self.operations.append(
            Operation(
                kind=kind,
                layer=layer,
                reach=((kr - 1) * dr, (kc - 1) * dc),
                dilation=dilation,
                stride=stride,
                keep=keep,
                n_fragments=self.n_fragments,
                n_channels=self.n_channels,
                pitch=self.pitch,
            )
        )

    def window(self, layer: Conv | Pool) -> None:
        dilation = multiplied(layer.dilation, self.dilation)
        if isinstance(layer, Conv):
            self.n_channels = len(layer.weight)
            kind: Literal["conv", "linear"] = (
                "linear" if layer.kernel == (1, 1) and layer.groups == 1 else "conv"
            )
            self.add(kind, layer, kernel=layer.kernel, dilation=dilation)
            return
        rows, cols = layer.kernel
        if cols > 1:
            self.add("columns", layer, kernel=(1, cols), dilation=dilation)
        if rows > 1:
            self.add("rows", layer, kernel=(rows, 1), dilation=dilation)

    def part(self, stride: Pair, *, convolved_later: bool) -> None:
        if stride == (1, 1):
            return
        divides = all(w % s == 0 for w, s in zip(self.wanted, stride, strict=True))
        lazy = self.dilation != (1, 1)
        if divides and self.n_fragments == 1 and not lazy:
            # Features are wanted this far apart only.
            self.wanted = divided(self.wanted, stride)
            self.pitch = multiplied(self.pitch, stride)
            self.add("split", stride=stride, keep=False)
        elif convolved_later and not lazy:
            self.pitch = multiplied(self.pitch, stride)
            self.n_fragments *= prod(stride)
            self.splits.append(stride)
            self.add("split", stride=stride)
        else:
            self.dilation = multiplied(self.dilation, stride)


def make_schedule(
    layers: list[Layer], n_channels: int, *, step: Pair = (1, 1)
) -> Schedule:
    """Lay simplified layers out for features wanted every ``step`` pixels.

    Poolings whose strides divide it are done as for a single patch. The step of the
    schedule divides the one asked for.
    """
    build = _Builder(n_channels, step)
    for at, layer in enumerate(layers):
        if isinstance(layer, Conv | Pool):
            build.window(layer)
            later = any(
                isinstance(after, Conv) and after.kernel != (1, 1)
                for after in layers[at + 1 :]
            )
            build.part(layer.stride, convolved_later=later)
        elif isinstance(layer, Affine):
            build.add("point", _affine(layer))
        elif isinstance(layer, Pointwise):
            build.add("point", layer.function)
    operations = _placed(build.operations)
    dropped = [op.stride for op in operations if op.kind == "split" and not op.keep]
    return Schedule(
        operations=tuple(operations),
        block=_block(operations),
        step=(prod(s[0] for s in dropped), prod(s[1] for s in dropped)),
        splits=tuple(build.splits),
        n_features=build.n_channels,
    )


def _placed(operations: list[Operation]) -> list[Operation]:
    """Add to each operation how far ahead of the features it must run."""
    placed: list[Operation] = []
    extent = (0, 0)
    for op in reversed(operations):
        fields = {**vars(op), "extent": extent}
        placed.append(Operation(**fields))
        # A split drops values between; those it keeps lie where they lay.
        reach = multiplied(op.reach, op.pitch)
        extent = (extent[0] + reach[0], extent[1] + reach[1])
    return placed[::-1]


def _block(operations: list[Operation]) -> Pair:
    """Return a block that all fragments divide and no window reaches beyond."""
    pitch = operations[-1].pitch
    widest = max(op.reach[1] * op.pitch[1] for op in operations)
    sizes = (BLOCK[0], max(BLOCK[1], widest))
    rows, cols = (-(-size // p) * p for size, p in zip(sizes, pitch, strict=True))
    return rows, cols


def _affine(layer: Affine) -> Callable[[torch.Tensor], torch.Tensor]:
    # Channels are the last axis of a block.
    return lambda x: x * layer.scale + layer.shift
