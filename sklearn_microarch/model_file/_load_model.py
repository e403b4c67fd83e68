"""Read a fitted pipeline from a file without running what is in it."""

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import sklearn
from sklearn.exceptions import InconsistentVersionWarning

from sklearn_microarch._arguments._numbers import check_path, check_strings
from sklearn_microarch._version import __version__
from sklearn_microarch._walk import find_steps
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import ModelVersionWarning
from sklearn_microarch.model_file._problems import as_model_error
from sklearn_microarch.model_file._skops_io import skops_io
from sklearn_microarch.model_file.container._archive import read_file, unpack_model
from sklearn_microarch.model_file.nodes._from_file import from_members


def load_model(path: str | Path, *, trusted: Iterable[str] = ()) -> Any:  # noqa: ANN401 - a Pipeline or a FrozenEstimator, as it was saved
    """Read a fitted pipeline that `save_model` wrote.

    Nothing in the file is run, and no name in it is imported: estimators of this
    library and some of scikit-learn's are known, and made from numbers and text.

    Parameters
    ----------
    path : str or Path
        The file.
    trusted : iterable of str, default=()
        Dotted names of classes and functions outside of this library that the model
        may use, such as a ``module`` of your own: ``("mylab.networks.BarrelNet",)``.
        They are imported and run. The message names them where they are missing; only
        pass what you know.

    Returns
    -------
    pipeline : Pipeline or FrozenEstimator
        As it was saved: equal results to the bit on the same machine and versions, and
        an equal `joblib.hash`. It runs where there is a device for it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If skops is not installed.
    ModelFileError
        If the file is damaged, of a newer format or no model file, or if it needs code
        that is not ``trusted`` or not installed. The message names file, member, value
        and remedy.
    TypeError
        If ``trusted`` holds no strings.

    Warns
    -----
    ModelVersionWarning
        If another version of this library or of scikit-learn wrote the file.

    See Also
    --------
    save_model : Write it.
    read_manifest : Read what is said about it, without making the model.

    Notes
    -----
    Sums of all members are checked before anything is read, so that damage is found.
    Sums are no signature: whoever changes a file on purpose can write new ones. Such a
    file can hold a model that gives wrong results; it cannot run code.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import joblib
    >>> from sklearn_microarch import load_model
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = joblib.dump([1, 2], f"{folder}/model.joblib")
    ...     load_model(f"{folder}/model.joblib")
    Traceback (most recent call last):
    sklearn_microarch.exceptions.ModelFileError: ...joblib or pickle wrote...
    """
    path, names = check_path("path", path), check_strings("trusted", trusted)
    skops = skops_io("load_model")
    manifest, members = unpack_model(read_file(path), path)
    with warnings.catch_warnings():
        # Said once for the file, below, not once for each step.
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        warnings.simplefilter("ignore", ModelVersionWarning)
        pipeline = from_members(members, str(path), skops, trusted=names)
    with as_model_error(f"{path} holds no fitted pipeline", "Save the model anew."):
        find_steps(pipeline, "load_model")
    _warn_of_versions(manifest["versions"], path)
    return pipeline


def _warn_of_versions(written: Mapping[str, Any], path: Path) -> None:
    here = {"sklearn_microarch": __version__, "scikit-learn": sklearn.__version__}
    other = [
        f"{name} {str(written.get(name))[:20]} (here {version})"
        for name, version in here.items()
        if written.get(name) != version
    ]
    if other:
        warn_user(
            f"{path} was written with {' and '.join(other)}; results may differ or "
            "fail. Install the versions it was written with, or train it anew.",
            ModelVersionWarning,
        )
