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
)

# Rows and columns computed together. All their layers stay in a core's cache, and
# less is computed in vain along the border of the tissue than with larger blocks.
BLOCK = (64, 128)


@dataclass(frozen=True, eq=False)
class Operation:
    """One step of the computation of a block, with its place in the slice.

    Parameters
    ----------
    kind : {"read", "conv", "linear", "columns", "rows", "split", "point"}
        A window is taken along columns first ("columns"), then along rows
        ("rows"); "split" parts values into fragments or drops those between.
    layer : Conv, Pool, callable or None
    reach : pair of int, unit: values of a fragment
        Rows and columns needed below and to the right of an output.
    dilation : pair of int, unit: values of a fragment
    stride : pair of int
        Of a "split".
    keep : bool
        Whether a "split" keeps all fragments, or the first only.
    n_fragments : int
        That come out.
    n_channels : int
        That come out.
    pitch : pair of int, unit: pixels
        Distance of neighbouring values of a fragment that comes out.
    extent : pair of int, unit: pixels
        Rows and columns of outputs that one feature needs, less one. Columns are
        computed so far ahead of the features.
    """

    kind: Literal["read", "conv", "linear", "columns", "rows", "split", "point"]
    layer: Conv | Pool | Callable[[torch.Tensor], torch.Tensor] | None
    reach: Pair
    dilation: Pair
    stride: Pair
    keep: bool
    n_fragments: int
    n_channels: int
    pitch: Pair
    extent: Pair = (0, 0)


@dataclass(frozen=True, eq=False)
class Schedule:
    """All operations of a network, and how its blocks lie.

    Parameters
    ----------
    operations : tuple of Operation
    block : pair of int, unit: pixels
        Rows and columns of the features computed together.
    step : pair of int, unit: pixels
        Distance of neighbouring features computed.
    splits : tuple of pair of int
        Strides whose fragments were kept, first to last.
    n_features : int
    """

    operations: tuple[Operation, ...]
    block: Pair
    step: Pair
    splits: tuple[Pair, ...]
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
        """Return the bytes of what is kept between blocks.

        Parameters
        ----------
        n_rows : int, unit: pixels
            Of features, computed in one band.
        """
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
        dilation = _times(layer.dilation, self.dilation)
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
            self.wanted = _over(self.wanted, stride)
            self.pitch = _times(self.pitch, stride)
            self.add("split", stride=stride, keep=False)
        elif convolved_later and not lazy:
            self.pitch = _times(self.pitch, stride)
            self.n_fragments *= prod(stride)
            self.splits.append(stride)
            self.add("split", stride=stride)
        else:
            self.dilation = _times(self.dilation, stride)


def make_schedule(
    layers: list[Layer], n_channels: int, *, step: Pair = (1, 1)
) -> Schedule:
    """Lay layers out for features wanted every ``step`` pixels.

    Parameters
    ----------
    layers : list of Layer
        From `simplify`.
    n_channels : int
        Of the image.
    step : pair of int, default=(1, 1), unit: pixels
        Distance of neighbouring features, along rows and columns. Poolings
        whose strides divide it are done as for a single patch.

    Returns
    -------
    schedule : Schedule
        Its ``step`` divides the one asked for.
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
        reach = _times(op.reach, op.pitch)
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


def _times(a: Pair, b: Pair) -> Pair:
    return a[0] * b[0], a[1] * b[1]


def _over(a: Pair, b: Pair) -> Pair:
    return a[0] // b[0], a[1] // b[1]
