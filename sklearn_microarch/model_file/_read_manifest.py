"""Read what a model file says about its model."""

from pathlib import Path
from typing import Any

from sklearn_microarch._arguments._numbers import check_path
from sklearn_microarch.model_file.container._archive import read_file, unpack_model


def read_manifest(path: str | Path) -> dict[str, Any]:
    """Return what a model file says about its model, without making the model.

    Needs neither skops nor torch.

    Parameters
    ----------
    path : str or Path
        A file that `save_model` wrote.

    Returns
    -------
    manifest : dict
        Plain JSON values. ``format``: the format of the file. ``versions``: of the
        libraries it was written with. ``model``: ``fingerprint`` (the pipeline's
        `joblib.hash`), ``steps``, ``regions`` (``name`` and, where told, ``color``),
        ``patch_shape`` (pixels), ``pixel_size_um``, ``grey_levels`` (``dtype`` and
        ``normalization``), ``n_factors``, ``matched_regions`` (of the selected
        factors), ``n_clusters``, ``novelty`` (how it was calibrated, None where there
        is none), ``drift_reference`` (whether one is held that fits the model) and
        ``needs_trust`` (names to pass to `load_model`). ``facts``: as they were given
        to `save_model`. ``members``: size in bytes and sha256 of each.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelFileError
        If the file is damaged, of a newer format, or no model file. All sums are
        checked.

    See Also
    --------
    load_model : Read the model itself.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_microarch import PatchSampler
    >>> from sklearn_microarch import read_manifest, save_model
    >>> rows = np.random.default_rng(0).normal(size=(50, 4, 4))
    >>> pipe = make_pipeline(PatchSampler(4, tissue=None)).fit(rows)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_model(pipe, f"{folder}/m.microarch", facts={"stain": "Nissl"})
    ...     manifest = read_manifest(path)
    >>> manifest["model"]["patch_shape"], manifest["facts"]
    ([4, 4], {'stain': 'Nissl'})
    """
    path = check_path("path", path)
    manifest, _ = unpack_model(read_file(path), path)
    return manifest
