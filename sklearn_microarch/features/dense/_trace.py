"""Read a trained network as a chain of layers, or say which layer stands in the way."""

import copy
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn

from sklearn_microarch.exceptions import DenseEvaluationError
from sklearn_microarch.features.dense._layers import (
    Affine,
    Conv,
    Layer,
    Pair,
    Pointwise,
    Pool,
)
from sklearn_microarch.features.dense._record import record_features

POINTWISE = (
    nn.ReLU,
    nn.ReLU6,
    nn.LeakyReLU,
    nn.ELU,
    nn.SELU,
    nn.CELU,
    nn.GELU,
    nn.SiLU,
    nn.Mish,
    nn.Sigmoid,
    nn.Tanh,
    nn.Softplus,
    nn.Softsign,
    nn.Hardtanh,
    nn.Hardswish,
    nn.Hardsigmoid,
    nn.LogSigmoid,
)
NOTHING_WHEN_TRAINED = (nn.Identity, nn.Dropout, nn.Dropout2d, nn.AlphaDropout)


@dataclass(frozen=True)
class Shape:
    """What one patch is at some depth of the network, and whether as one vector."""

    channels: int
    rows: int
    cols: int
    flat: bool = False

    def after(self, kernel: Pair, stride: Pair, dilation: Pair) -> Pair:
        """Return rows and columns after a window without padding."""
        sizes = (self.rows, self.cols)
        rows, cols = (
            (size - (k - 1) * d - 1) // s + 1
            for size, k, s, d in zip(sizes, kernel, stride, dilation, strict=True)
        )
        return rows, cols


def trace_layers(
    body: nn.Module, n_channels: int, patch_shape: Pair
) -> tuple[list[Layer], list[Shape]]:
    """Return the layers of ``body.features``, and the patch's shape before each.

    There is one shape more than layers: the last is that of the features. A network in
    evaluation mode that is no chain of the layers known is a DenseEvaluationError.
    """
    try:
        graph = record_features(body)
    except Exception as error:
        raise DenseEvaluationError(
            f"features(x) of {type(body).__name__} cannot be traced "
            f"({type(error).__name__}: {error})"
        ) from error
    modules = dict(body.named_modules())
    shape = Shape(n_channels, *patch_shape)
    layers: list[Layer] = []
    shapes = [shape]
    before: fx.Node | None = None
    for node in graph.nodes:
        if node.op == "output":
            break
        if node.op != "placeholder":
            _check_chain(node, before)
            for layer, after in _read(node, modules, shape):
                layers.append(layer)
                shapes.append(after)
            shape = _flattened(node, modules, shapes[-1], shape)
            shapes[-1] = shape
        before = node
    if not shape.flat or (shape.rows, shape.cols) != (1, 1):
        raise DenseEvaluationError(f"features(x) of {type(body).__name__} ends in 4-D")
    return layers, shapes


def _check_chain(node: fx.Node, before: fx.Node | None) -> None:
    if node.all_input_nodes != [before] or (before and len(before.users) > 1):
        raise DenseEvaluationError(
            f"{_title(node)} joins or branches; only a chain of layers can be shared "
            "between patches"
        )


def _title(node: fx.Node) -> str:
    return node.target if isinstance(node.target, str) else node.target.__name__


def _read(
    node: fx.Node, modules: dict[str, nn.Module], shape: Shape
) -> list[tuple[Layer, Shape]]:
    """Return what one node of the graph does, as layers with the shape after each."""
    if node.op == "call_module":
        module = modules[str(node.target)]
        name = f"{_title(node)} ({module})"
        if module._forward_hooks or module._forward_pre_hooks:
            raise DenseEvaluationError(f"{name} has hooks, which are not followed")
        for kinds, reader in _MODULE_READERS:
            if isinstance(module, kinds):
                return _read_or_name(reader, module, shape, name)
        raise DenseEvaluationError(f"{name} is not among the layers known")
    called = node.target if node.op == "call_function" else str(node.target)
    if called in ("relu", torch.relu, nn.functional.relu):
        return [(Pointwise(torch.relu), shape)]
    if called in ("flatten", torch.flatten):
        _check_flatten(node)
        return []
    if called in ("mean", torch.mean):
        _check_mean(node, shape)
        return _whole(Pool("mean", (shape.rows, shape.cols)), shape)
    raise DenseEvaluationError(f"{_title(node)}() is not among the operations known")


def _read_or_name(
    reader: "_Reader", module: nn.Module, shape: Shape, name: str
) -> list[tuple[Layer, Shape]]:
    try:
        return reader(module, shape, name)
    except (TypeError, ValueError, AttributeError) as error:
        # A setting nobody thought of must not end a training that needs no sharing.
        if isinstance(error, DenseEvaluationError):
            raise
        raise DenseEvaluationError(f"{name} cannot be read ({error})") from error


def _flattened(
    node: fx.Node, modules: dict[str, nn.Module], after: Shape, before: Shape
) -> Shape:
    """Return the shape after a node, as a vector if it is one from here on."""
    if node.op == "call_module":
        flattens = isinstance(modules[str(node.target)], nn.Flatten)
    else:
        flattens = node.target in ("flatten", torch.flatten) or (
            node.target in ("mean", torch.mean)
            and not _argument(node, 2, "keepdim", default=False)
        )
    flat = flattens or before.flat
    return Shape(after.channels, after.rows, after.cols, flat)


def _argument(node: fx.Node, at: int, name: str, default: Any) -> Any:  # noqa: ANN401
    return node.args[at] if len(node.args) > at else node.kwargs.get(name, default)


def _check_flatten(node: fx.Node) -> None:
    start = _argument(node, 1, "start_dim", 0)
    if (start, _argument(node, 2, "end_dim", -1)) != (1, -1):
        raise DenseEvaluationError("flatten() joins other axes than all but the first")


def _check_mean(node: fx.Node, shape: Shape) -> None:
    dims = _argument(node, 1, "dim", None)
    pair = tuple(dims) if isinstance(dims, list | tuple) else dims
    if shape.flat or pair not in ((2, 3), (3, 2), (-2, -1), (-1, -2)):
        raise DenseEvaluationError(f"mean(dim={dims}) is not over a patch's pixels")


def _whole(pool: Pool, shape: Shape) -> list[tuple[Layer, Shape]]:
    return [(pool, Shape(shape.channels, 1, 1, shape.flat))]


def _pair(value: Any) -> Pair:  # noqa: ANN401 - int or sequence of two
    if isinstance(value, list | tuple):
        return operator.index(value[0]), operator.index(value[1])
    return operator.index(value), operator.index(value)


def _read_conv(conv: Any, shape: Shape, name: str) -> list[tuple[Layer, Shape]]:  # noqa: ANN401
    if conv.padding not in ((0, 0), "valid"):
        raise DenseEvaluationError(
            f"{name} pads each patch, so its values depend on where in a patch a pixel "
            "lies"
        )
    bias = conv.weight.new_zeros(len(conv.weight)) if conv.bias is None else conv.bias
    layer = Conv(
        conv.weight.detach(), bias.detach(), conv.stride, conv.dilation, conv.groups
    )
    sizes = shape.after(layer.kernel, layer.stride, layer.dilation)
    return [(layer, Shape(conv.out_channels, *sizes))]


def _read_linear(linear: Any, shape: Shape, name: str) -> list[tuple[Layer, Shape]]:  # noqa: ANN401
    if not shape.flat:
        raise DenseEvaluationError(f"{name} works along rows of pixels")
    n_out = linear.out_features
    weight = linear.weight.detach().reshape(
        n_out, shape.channels, shape.rows, shape.cols
    )
    bias = weight.new_zeros(n_out) if linear.bias is None else linear.bias.detach()
    return [(Conv(weight, bias), Shape(n_out, 1, 1, flat=True))]


def _read_norm(norm: Any, shape: Shape, name: str) -> list[tuple[Layer, Shape]]:  # noqa: ANN401
    if norm.running_mean is None:
        raise DenseEvaluationError(f"{name} depends on the other patches of a batch")
    if isinstance(norm, nn.BatchNorm1d) and (shape.rows, shape.cols) != (1, 1):
        raise DenseEvaluationError(f"{name} normalises each pixel by its own numbers")
    scale = 1 / torch.sqrt(norm.running_var.double() + norm.eps)
    shift = -norm.running_mean.double() * scale
    if norm.affine:
        scale, shift = scale * norm.weight, shift * norm.weight + norm.bias
    return [(Affine(scale.detach(), shift.detach()), shape)]


def _read_pool(pool: Any, shape: Shape, name: str) -> list[tuple[Layer, Shape]]:  # noqa: ANN401
    is_max = isinstance(pool, nn.MaxPool2d)
    dilation = _pair(pool.dilation) if is_max else (1, 1)
    divisor = None if is_max else pool.divisor_override
    if _pair(pool.padding) != (0, 0) or pool.ceil_mode or divisor is not None:
        raise DenseEvaluationError(
            f"{name} pads, rounds up or has its own divisor, which only a patch by "
            "itself can do"
        )
    layer = Pool(
        "max" if is_max else "mean",
        _pair(pool.kernel_size),
        _pair(pool.stride),
        dilation,
    )
    sizes = shape.after(layer.kernel, layer.stride, layer.dilation)
    return [(layer, Shape(shape.channels, *sizes))]


def _read_adaptive(pool: Any, shape: Shape, name: str) -> list[tuple[Layer, Shape]]:  # noqa: ANN401
    if pool.output_size not in (1, (1, 1), [1, 1]):
        raise DenseEvaluationError(f"{name} gives more than one value per channel")
    kind = "max" if isinstance(pool, nn.AdaptiveMaxPool2d) else "mean"
    return _whole(Pool(kind, (shape.rows, shape.cols)), shape)  # type: ignore[arg-type]


def _read_pointwise(module: Any, shape: Shape, name: str) -> list[tuple[Layer, Shape]]:  # noqa: ANN401, ARG001
    if isinstance(module, nn.ReLU):
        return [(Pointwise(torch.relu), shape)]
    function = copy.copy(module)
    if hasattr(function, "inplace"):
        function.inplace = False
    return [(Pointwise(function), shape)]


def _read_nothing(module: Any, shape: Shape, name: str) -> list[tuple[Layer, Shape]]:  # noqa: ANN401, ARG001
    return []


def _read_flatten(module: Any, shape: Shape, name: str) -> list[tuple[Layer, Shape]]:  # noqa: ANN401, ARG001
    if (module.start_dim, module.end_dim) != (1, -1):
        raise DenseEvaluationError(f"{name} joins other axes than all but the first")
    return []


_Reader = Callable[[Any, Shape, str], list[tuple[Layer, Shape]]]
_MODULE_READERS: tuple[tuple[Any, _Reader], ...] = (
    (nn.Conv2d, _read_conv),
    (nn.Linear, _read_linear),
    ((nn.BatchNorm1d, nn.BatchNorm2d), _read_norm),
    ((nn.MaxPool2d, nn.AvgPool2d), _read_pool),
    ((nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d), _read_adaptive),
    (nn.Flatten, _read_flatten),
    (POINTWISE, _read_pointwise),
    (NOTHING_WHEN_TRAINED, _read_nothing),
)
