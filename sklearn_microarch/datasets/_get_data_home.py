"""Where the files of data sets are looked for and kept."""

import os
import sys
from pathlib import Path

from sklearn_microarch._arguments._numbers import shown

ENVIRONMENT_VARIABLE = "SKLEARN_MICROARCH_DATA"


def get_data_home(data_home: str | Path | None = None) -> Path:
    """Return the folder in which data sets are kept.

    It is, in this order: the argument, the environment variable
    ``SKLEARN_MICROARCH_DATA``, the user's cache folder. Nothing is created;
    a download creates the folder when it needs it.

    Parameters
    ----------
    data_home : str, pathlib.Path or None, default=None
        Folder, in which ``~`` stands for the user's own. None: the
        environment variable if it is set and not empty, else the cache folder
        of the platform.

    Returns
    -------
    folder : pathlib.Path
        Absolute path; it need not exist.

    Raises
    ------
    TypeError, ValueError
        If ``data_home`` is no path, or names the home of an unknown user.

    See Also
    --------
    fetch_prasad2020 : Looks for its files there.

    Examples
    --------
    >>> from sklearn_microarch.datasets import get_data_home
    >>> get_data_home("~/slices").name
    'slices'
    """
    return data_folders(data_home)[0]


def data_folders(data_home: str | Path | None = None) -> list[Path]:
    """Return the folders in which a data file is looked for, first one first.

    A folder that is named explicitly is the only one. Otherwise the cache is
    looked into after the folder of the environment variable, which may be a
    shared one that cannot be written to.
    """
    if data_home is not None:
        return [_absolute(data_home, "data_home")]
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    folders = [_absolute(named, ENVIRONMENT_VARIABLE)] if named else []
    return [*folders, _user_cache() / "sklearn_microarch"]


def _absolute(folder: object, name: str) -> Path:
    if not isinstance(folder, str | os.PathLike):
        raise TypeError(f"{name}={shown(folder)} must be a string or a pathlib.Path.")
    path = os.fsdecode(folder)
    if "\0" in path:
        raise ValueError(f"{name}={shown(path)} holds a null character.")
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError as exc:
        raise ValueError(
            f"{name}={shown(path)} names the home of a user who is not known here; "
            "write the path out."
        ) from exc


def _user_cache() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    cache = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The standard of these folders has relative paths ignored.
    return cache if cache.is_absolute() else Path.home() / ".cache"
