"""Sweeps of wrong arguments over the writer of OME-Zarr: errors name the argument."""

import inspect

import pytest
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch.images import OmeZarrWriter


def parameters(function):
    return [name for name in inspect.signature(function).parameters if name != "self"]


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("argument", parameters(OmeZarrWriter))
def test_a_wrong_argument_of_the_writer_is_named(
    tmp_path, monkeypatch, argument, value
):
    monkeypatch.chdir(tmp_path)
    given = {"path": tmp_path / "a.zarr", "shape": (20, 30), argument: value}

    def write():
        with OmeZarrWriter(**given) as writer:
            writer.add_image(["a"])

    check_that_errors_name(argument, write)


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "method, argument",
    [
        (method, name)
        for method in ("add_image", "add_label")
        for name in parameters(getattr(OmeZarrWriter, method))
    ],
)
def test_a_wrong_argument_of_what_is_added_is_named(tmp_path, method, argument, value):
    first = {"channel_names": ["b"], "group": "b"}
    given = (first if method == "add_image" else {"name": "b"}) | {argument: value}

    def write():
        with OmeZarrWriter(tmp_path / "a.zarr", shape=(20, 30)) as writer:
            writer.add_image(["a"])
            getattr(writer, method)(**given)

    check_that_errors_name(argument, write)
