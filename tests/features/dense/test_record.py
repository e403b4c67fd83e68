"""Tests of sklearn_microarch.features.dense._record: what it leaves alone."""

import threading

import pytest
import torch
from networks import Chain
from torch import nn

from sklearn_microarch.features import GapNet
from sklearn_microarch.features.dense._record import record_features


def names(graph):
    return [str(node.target) for node in graph.nodes][1:-1]


def test_layers_are_named_as_in_the_network():
    net = Chain([nn.Conv2d(1, 2, 3), nn.Sequential(nn.ReLU(), nn.Flatten())], 4)
    graph = record_features(net.eval())
    assert names(graph) == ["layers.0", "layers.1.0", "layers.1.1"]


def test_no_class_is_patched_while_a_network_is_read():
    before = nn.Module.__call__, nn.Module.__getattr__
    seen = []

    class Looking(GapNet):
        def features(self, x):
            seen.append((nn.Module.__call__, nn.Module.__getattr__))
            thread = threading.Thread(target=lambda: seen.append(other(torch.ones(2))))
            thread.start()
            thread.join()
            return super().features(x)

    other = nn.Linear(2, 3)
    record_features(Looking(1, (16, 16), 4, 2).eval())
    assert seen[0] == before
    assert isinstance(seen[1], torch.Tensor)


def test_a_network_keeps_its_modules_and_what_features_notes_is_noted_elsewhere():
    class Noting(GapNet):
        def features(self, x):
            self.seen = x
            return super().features(x)

    net = Noting(1, (16, 16), 4, 2).eval()
    kinds = [type(module) for module in net.modules()]
    record_features(net)
    assert [type(module) for module in net.modules()] == kinds
    assert not hasattr(net, "seen")


def test_a_module_used_twice_is_recorded_twice_under_one_name():
    relu = nn.ReLU()
    net = Chain([nn.Conv2d(1, 2, 3), relu, nn.Conv2d(2, 2, 3), relu], 4).eval()
    assert names(record_features(net)) == [
        "layers.0",
        "layers.1",
        "layers.2",
        "layers.1",
    ]


def test_features_that_are_no_function_of_the_patch_are_refused():
    class Constant(GapNet):
        def features(self, _):
            return torch.ones(2, 4)

    with pytest.raises(TypeError, match="it returns a Tensor"):
        record_features(Constant(1, (16, 16), 4, 2).eval())
