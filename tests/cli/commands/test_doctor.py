"""Tests of the command ``doctor``."""

import json
from importlib import metadata

import pytest

from sklearn_microarch.cli import main
from sklearn_microarch.cli.doctor import _installed_parts, _run_self_test
from sklearn_microarch.cli.doctor._installed_parts import InstalledPart, installed_parts
from sklearn_microarch.cli.doctor._run_self_test import SelfTest, run_self_test


def test_the_network_is_equal_in_both_ways_though_they_differ():
    found = run_self_test("cpu")
    # Not to the bit: the two ways are two ways.
    assert 0 < found.deviation <= 1e-5
    assert found.passed


def test_all_is_told(capsys):
    assert main(["doctor", "--device", "cpu"]) == 0
    shown = capsys.readouterr().out
    assert f"torch           {metadata.version('torch')}" in shown
    assert "memory (GB)" in shown
    assert "equal: largest difference" in shown


def test_all_is_told_to_programs(capsys):
    assert main(["doctor", "--json", "--device", "cpu"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["self_test"]["passed"] is True
    assert told["machine"]["cores"] >= 1
    # napari is in no environment of the tests: its tree is large.
    missing = {part["extra"] for part in told["parts"] if not part["is_fine"]}
    assert missing <= {"napari"}


def test_a_missing_extra_is_named_with_what_installs_it(monkeypatch, capsys):
    def version(name):
        if name == "zarr":
            raise metadata.PackageNotFoundError(name)
        return metadata.version(name)

    monkeypatch.setattr(
        _installed_parts, "metadata", type("m", (), {**vars(metadata)}), raising=True
    )
    monkeypatch.setattr(_installed_parts.metadata, "version", staticmethod(version))
    assert main(["doctor", "--device", "cpu"]) == 0
    line = next(
        line for line in capsys.readouterr().out.splitlines() if " zarr " in line
    )
    assert line.split(maxsplit=2)[1:] == [
        "missing",
        "pip install 'sklearn-microarch[zarr]'",
    ]


def test_without_a_part_of_its_own_the_library_does_not_start(monkeypatch, capsys):
    part = InstalledPart("torch", None, "2.6", "")
    monkeypatch.setattr(
        "sklearn_microarch.cli.commands.doctor.installed_parts", lambda: [part]
    )
    assert main(["doctor"]) == 1
    shown = capsys.readouterr()
    assert "pip install 'torch>=2.6'" in shown.out
    assert "torch must be installed first" in shown.err


@pytest.mark.parametrize(
    "version, least, is_fine",
    [
        ("2.10.0", "2.9", True),
        ("2.9", "2.10", False),
        ("2.13.0+cpu", "2.6", True),
        (None, "1.0", False),
        ("1.0", None, True),
    ],
)
def test_versions_are_compared_as_numbers(version, least, is_fine):
    assert InstalledPart("x", version, least, "").is_fine == is_fine


def test_extras_for_users_are_listed_and_those_for_work_on_the_library_are_not():
    names = {part.name for part in installed_parts()}
    assert {"torch", "zarr", "shapely", "jinja2", "skops", "matplotlib"} <= names
    assert not {"pytest", "sphinx"} & names


def test_a_library_that_is_wrong_here_is_not_to_be_trusted(monkeypatch, capsys):
    monkeypatch.setattr(
        _run_self_test, "run_self_test", lambda device: SelfTest(0.1, 1.0, "cpu")
    )
    assert main(["doctor"]) == 1
    assert "Do not trust maps of this installation" in capsys.readouterr().out


def test_a_device_that_is_not_there_is_told(capsys):
    assert main(["doctor", "--device", "cuda:99"]) == 1
    assert "device='cuda:99' cannot be used" in capsys.readouterr().out
