"""Record which layers a network passes a patch through, and change nothing for others.

`torch.fx.Tracer` patches `torch.nn.Module` itself while it traces, so that a network
which another thread evaluates at that moment is traced too, and breaks. Here a copy of
the modules is called that shares their tensors, and the classes stay as they are.
"""

from typing import Any

from torch import fx, nn


def record_features(body: Any) -> fx.Graph:  # noqa: ANN401 - has features(x)
    """Return the operations of ``body.features``, layers by their names in ``body``."""
    graph = fx.Graph()
    names = {id(module): name for name, module in body.named_modules()}
    copied: Any = _Copier(graph, names).copy(body)
    found = copied.features(fx.Proxy(graph.placeholder("x")))
    if not isinstance(found, fx.Proxy):
        raise TypeError(f"it returns a {type(found).__name__}")
    graph.output(found.node)
    return graph


class _Copier:
    """Copies modules, those of torch as ones that record their calls."""

    def __init__(self, graph: fx.Graph, names: dict[int, str]) -> None:
        self.graph, self.names = graph, names
        self.copies: dict[int, nn.Module] = {}

    def copy(self, module: nn.Module) -> nn.Module:
        # A module that is used in several places is one module.
        if id(module) in self.copies:
            return self.copies[id(module)]
        kind = type(module)
        if _is_layer(module):
            kind = _recording(kind, self.graph, self.names[id(module)])
        copied = self.copies[id(module)] = object.__new__(kind)
        children = {
            name: None if child is None else self.copy(child)
            for name, child in module._modules.items()
        }
        vars(copied).update(vars(module), _modules=children)
        return copied


def _is_layer(module: nn.Module) -> bool:
    """Return whether a module is one of torch, called as a whole."""
    return type(module).__module__.startswith("torch.nn.") and not isinstance(
        module, nn.Sequential
    )


def _recording(kind: type[nn.Module], graph: fx.Graph, name: str) -> type[nn.Module]:
    """Return a class of layers that note in the graph that they were called."""

    def call(_: nn.Module, *args: Any, **kwargs: Any) -> fx.Proxy:  # noqa: ANN401
        given = tuple(_node(value) for value in args)
        named = {key: _node(value) for key, value in kwargs.items()}
        return fx.Proxy(graph.call_module(name, given, named))

    members = {"__call__": call, "__module__": kind.__module__}
    return type(kind.__name__, (kind,), members)


def _node(value: Any) -> Any:  # noqa: ANN401 - an argument of a layer
    return value.node if isinstance(value, fx.Proxy) else value
