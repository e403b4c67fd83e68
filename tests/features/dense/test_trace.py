"""Tests of sklearn_microarch.features.dense._trace: what can be shared, what not."""

import pytest
import torch
from networks import Chain
from torch import nn

from sklearn_microarch.exceptions import DenseEvaluationError
from sklearn_microarch.features import GapNet, PaperNet
from sklearn_microarch.features.dense._layers import Affine, Conv, Pointwise, Pool
from sklearn_microarch.features.dense._simplify import simplify
from sklearn_microarch.features.dense._trace import trace_layers


def chain(*layers):
    return Chain([*layers, nn.Flatten(), nn.LazyLinear(4)], 4).eval()


def test_a_network_is_read_layer_by_layer_with_the_patch_shape_before_each():
    net = Chain(
        [
            nn.Conv2d(2, 3, 4, stride=2),
            nn.BatchNorm2d(3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout(0.5),
            nn.Flatten(),
            nn.Linear(12, 5),
        ],
        5,
    )
    layers, shapes = trace_layers(net.eval(), 2, (11, 11))
    assert [type(layer) for layer in layers] == [Conv, Affine, Pointwise, Pool, Conv]
    sizes = [(s.channels, s.rows, s.cols) for s in shapes]
    assert sizes == [(2, 11, 11), *[(3, 4, 4)] * 3, (3, 2, 2), (5, 1, 1)]
    assert layers[-1].kernel == (2, 2)


def test_the_gap_network_becomes_convolutions_with_its_norms_folded():
    layers, _ = trace_layers(GapNet(1, (128, 128), 64, 6).eval(), 1, (128, 128))
    normalise = Affine(torch.tensor([0.5]), torch.tensor([2.0]))
    simple = simplify([normalise, *layers], torch.ones(1))
    # Averages have become sums; the division is in the weights behind them.
    assert [type(layer) for layer in simple[:2]] == [Affine, Pool]
    assert not any(isinstance(layer, Affine) for layer in simple[1:])
    assert {layer.kind for layer in simple if isinstance(layer, Pool)} == {"sum"}
    assert [layer.kernel for layer in simple if isinstance(layer, Conv)] == [
        (5, 5),
        (3, 3),
        (3, 3),
        (1, 1),
    ]
    # The average comes after the layer that leaves fewer channels to average.
    assert [layer.kind for layer in simple if isinstance(layer, Pool)][-1] == "sum"
    assert isinstance(simple[-2], Pool)
    assert isinstance(simple[-3], Conv)


def test_tracing_leaves_the_network_as_it_is():
    net = GapNet(1, (32, 32), 8, 3).eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    trace_layers(net, 1, (32, 32))
    for name, value in net.state_dict().items():
        torch.testing.assert_close(value, before[name], rtol=0, atol=0)
    assert not net.training


def hooked(layer):
    layer.register_forward_hook(lambda *_: None)
    return layer


class Residual(nn.Module):
    """A network whose layers are no chain."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 4, 3)
        self.second = nn.Conv2d(4, 4, 1)

    def features(self, x):
        x = self.first(x)
        return (x + self.second(x)).mean(dim=(2, 3))


class Conditional(Residual):
    """A network whose path depends on the values."""

    def features(self, x):
        if x.mean() > 0:
            return self.first(x).mean(dim=(2, 3))
        return self.second(self.first(x)).mean(dim=(2, 3))


@pytest.mark.parametrize(
    "net, words",
    [
        (PaperNet(1, (32, 32), 4, 3), "stack.0 .*padding=.* pads each patch"),
        (chain(nn.MaxPool2d(2, padding=1)), "layers.0 .*MaxPool2d.*pads"),
        (chain(nn.AvgPool2d(2, ceil_mode=True)), "layers.0 .*rounds up"),
        (chain(nn.AdaptiveAvgPool2d(2)), "more than one value per channel"),
        (chain(nn.AdaptiveAvgPool2d((None, 1))), "more than one value per channel"),
        (chain(hooked(nn.Conv2d(1, 2, 3))), "layers.0 .*has hooks"),
        (chain(nn.InstanceNorm2d(1)), "InstanceNorm2d.* is not among the layers"),
        (chain(nn.BatchNorm2d(1, track_running_stats=False)), "other patches"),
        (Chain([nn.Linear(32, 4)], 4), "along rows of pixels"),
        (Chain([nn.Conv2d(1, 4, 32)], 4), "ends in 4-D"),
        (Residual(), "joins or branches"),
        (Conditional(), "cannot be traced"),
    ],
)
def test_what_cannot_be_shared_is_named(net, words):
    with pytest.raises(DenseEvaluationError, match=words):
        trace_layers(net.eval(), 1, (32, 32))
