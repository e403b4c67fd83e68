"""Tests of sklearn_microarch.datasets._get_data_home."""

import sys
from pathlib import Path

import pytest

from sklearn_microarch.datasets import get_data_home
from sklearn_microarch.datasets._get_data_home import data_folders


def test_the_argument_is_the_only_folder(tmp_path, empty_home):
    assert get_data_home(tmp_path) == tmp_path
    assert data_folders(str(tmp_path)) == [tmp_path]


def test_the_variable_comes_before_the_cache(tmp_path, empty_home, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    cache = tmp_path / "cache" / "sklearn_microarch"
    assert data_folders() == [empty_home, cache]
    assert get_data_home() == empty_home


def test_an_empty_variable_is_none(empty_home, monkeypatch):
    monkeypatch.setenv("SKLEARN_MICROARCH_DATA", "")
    assert get_data_home().name == "sklearn_microarch"


def test_nothing_is_created(empty_home):
    assert not get_data_home().exists()


@pytest.mark.parametrize(
    "platform, cache",
    [
        ("linux", ".cache/sklearn_microarch"),
        ("darwin", "Library/Caches/sklearn_microarch"),
        ("win32", "AppData/Local/sklearn_microarch"),
    ],
)
def test_the_cache_is_where_the_platform_has_it(tmp_path, monkeypatch, platform, cache):
    for variable in ("SKLEARN_MICROARCH_DATA", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert get_data_home() == tmp_path / cache


def test_home_is_expanded_and_paths_are_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert get_data_home("~/slices") == Path.home() / "slices"
    assert get_data_home("slices") == tmp_path / "slices"


@pytest.mark.parametrize(
    "folder, error, message",
    [
        (5, TypeError, "data_home=5 must be a string or"),
        (b"slices\0", TypeError, "data_home=.* must be a string or"),
        ("slices\0", ValueError, "data_home=.*null character"),
        ("~nobody-of-this-name", ValueError, "data_home=.*user who is not known"),
    ],
)
def test_what_is_no_folder_is_refused(folder, error, message):
    with pytest.raises(error, match=message):
        get_data_home(folder)


def test_a_variable_that_names_no_home_is_named_itself(empty_home, monkeypatch):
    monkeypatch.setenv("SKLEARN_MICROARCH_DATA", "~nobody-of-this-name/slices")
    with pytest.raises(ValueError, match=r"SKLEARN_MICROARCH_DATA=.*not known"):
        get_data_home()
