"""The list of types that a model file may hold."""

from importlib import import_module

from sklearn.base import BaseEstimator

import sklearn_microarch
from sklearn_microarch.model_file.nodes._known_types import (
    KNOWN_TYPES,
    PLAIN_TYPES,
    SHORT_NAMES,
    is_never_trusted,
)


def test_every_type_is_where_the_list_says_and_has_a_name_of_its_own():
    assert len(KNOWN_TYPES) == len(SHORT_NAMES)
    for name in KNOWN_TYPES.values():
        module, _, kind = name.rpartition(".")
        found = getattr(import_module(module), kind)
        assert f"{found.__module__}.{found.__qualname__}" == name


def test_no_estimator_of_this_library_is_forgotten():
    exported = [getattr(sklearn_microarch, name) for name in sklearn_microarch.__all__]
    estimators = {
        f"sklearn_microarch.{found.__name__}"
        for found in exported
        if isinstance(found, type) and issubclass(found, BaseEstimator)
    }
    assert estimators <= set(KNOWN_TYPES)


def test_nothing_of_python_itself_is_ever_trusted():
    for name in ("os.system", "builtins.eval", "subprocess.Popen", "posix.system"):
        assert is_never_trusted(name)
        assert not any(name in plain for plain in PLAIN_TYPES.values())
    assert not is_never_trusted("__main__.OwnNet")
    assert not is_never_trusted("mylab.networks.OwnNet")
