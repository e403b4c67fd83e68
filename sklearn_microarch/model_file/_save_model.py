"""Write a fitted pipeline to a file that holds no code."""

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import joblib

from sklearn_microarch._arguments._numbers import check_path, check_switch
from sklearn_microarch._walk import find_steps
from sklearn_microarch._whole import replace_file
from sklearn_microarch.exceptions import ModelFileError
from sklearn_microarch.model_file._describe_model import (
    describe_model,
    library_versions,
)
from sklearn_microarch.model_file._facts import plain_facts
from sklearn_microarch.model_file._problems import as_model_error
from sklearn_microarch.model_file._skops_io import skops_io
from sklearn_microarch.model_file.container._archive import (
    is_model_file,
    pack_model,
    unpack_model,
)
from sklearn_microarch.model_file.nodes._from_file import from_members
from sklearn_microarch.model_file.nodes._to_file import to_members

SUFFIX = ".microarch"


def save_model(
    pipeline: Any,  # noqa: ANN401 - a fitted Pipeline, plain or frozen
    path: str | Path,
    *,
    facts: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a fitted pipeline to a file that holds no code.

    The file holds numbers, text and the names of estimators. `load_model` runs nothing
    that is in it, unlike `joblib.load`.

    Parameters
    ----------
    pipeline : Pipeline or FrozenEstimator
        Fitted; its first step is a `PatchSampler`. Of a search,
        ``search.best_estimator_``.
    path : str or Path
        The file, which ends in ``.microarch``.
    facts : dict or None, default=None
        What else a reader should know, kept as it is for `read_manifest`: text,
        numbers, True, False, None, and lists and dicts of them. Tuples become lists,
        and numbers that are not finite None. By custom ``"annotations"`` is a dict of
        file names and fingerprints, ``"colors"`` one of regions and ``"#rrggbb"``, and
        ``"training"`` tells how the model was trained.
    overwrite : bool, default=False
        Replace a model file that is there. Other files are never replaced.

    Returns
    -------
    path : Path
        Where it was written.

    Raises
    ------
    FileExistsError
        If something is there and is not to be replaced.
    ImportError
        If skops is not installed.
    ModelFileError
        If a part of the pipeline cannot be kept without code: a function as the
        sampler's ``tissue``, a folder as ``memory``, a lambda as ``module``.
    NotFittedError
        If the pipeline is not fitted.
    TypeError
        If ``pipeline`` is no pipeline that begins with a `PatchSampler`, or a fact is
        none that JSON holds.
    ValueError
        If ``path`` does not end in ``.microarch``.

    See Also
    --------
    load_model : Read it.
    read_manifest : Read what is said about it.

    Notes
    -----
    The model is read back before the file takes its place, and must have the
    `joblib.hash` it had. Equal models with equal facts and versions are equal files. A
    ``module`` of your own is kept by name: whoever loads the file must have it, and
    trust it.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_microarch import CNNFeatureExtractor, PatchSampler
    >>> from sklearn_microarch import load_model, save_model
    >>> rng = np.random.default_rng(0)
    >>> rois = np.repeat([[1] * 64 + [2] * 64], 64, axis=0)
    >>> image = rng.normal(100 * rois, 20)
    >>> pipe = make_pipeline(
    ...     PatchSampler(16, n_patches_per_roi=40, tissue=None, random_state=0),
    ...     CNNFeatureExtractor(max_epochs=1, n_features=4, random_state=0),
    ... )
    >>> patches, regions = pipe[0].sample(image, rois)
    >>> pipe = pipe.fit(patches, regions)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_model(pipe, f"{folder}/thalamus.microarch")
    ...     same = load_model(path)
    >>> np.array_equal(same.transform(patches), pipe.transform(patches))
    True
    """
    path, overwrite = check_path("path", path), check_switch("overwrite", overwrite)
    check_place(path, overwrite=overwrite)
    skops = skops_io("save_model")
    steps = find_steps(pipeline, "save_model")
    told = plain_facts(facts)
    members = to_members(pipeline, path, skops)
    same = from_members(
        members.data, f"{path} was not written", skops, trusted=members.needs_trust
    )
    _check_same(pipeline, same, path)
    model = describe_model(same, steps, needs_trust=members.needs_trust, facts=told)
    versions = library_versions()
    data = pack_model(
        {"versions": versions, "model": model, "facts": told}, members.data
    )
    # A model that is too large is found out now, and not by whoever is to read it.
    unpack_model(data, path)
    with replace_file(path) as file:
        file.write(data)
    return path


def check_place(path: Path, *, overwrite: bool) -> None:
    """Raise where a model file cannot be written, before one is made."""
    if path.suffix != SUFFIX:
        raise ValueError(
            f"path={str(path)!r} must end in {SUFFIX}; take "
            f"{path.with_suffix(SUFFIX).name if path.name else 'model' + SUFFIX}."
        )
    if not path.exists():
        return
    if not overwrite:
        raise FileExistsError(
            f"{path} exists; pass overwrite=True to replace it, or another path."
        )
    if not path.is_file() or not is_model_file(path):
        raise FileExistsError(
            f"{path} is no model file that save_model wrote, and is not replaced even "
            "with overwrite=True; choose another path."
        )


def _check_same(pipeline: Any, same: Any, path: Path) -> None:  # noqa: ANN401
    """Raise if a pipeline did not come back as it was."""
    subject = f"{path} was not written: the pipeline would not come back as it is"
    remedy = (
        "Attributes must be arrays and plain values, a RandomState seeded with an "
        "integer. Take out what you added, or keep the pipeline with joblib."
    )
    with as_model_error(subject, remedy):
        found = joblib.hash(same)
        if found == joblib.hash(pipeline, coerce_mmap=True):
            return
        # Arrays that do not lie in one piece come back in one, as from any pickle.
        copied = pickle.loads(pickle.dumps(pipeline))
        if found != joblib.hash(copied, coerce_mmap=True):
            raise ModelFileError(f"{subject}. {remedy}")
