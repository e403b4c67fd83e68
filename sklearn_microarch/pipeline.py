"""The whole method as one scikit-learn pipeline."""

from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_microarch._arguments._numbers import check_integer, check_number, shown
from sklearn_microarch.clustering import GMMClusterer
from sklearn_microarch.decomposition import NMFEmbedder
from sklearn_microarch.features import CNNFeatureExtractor
from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.selection import CoverageLeakageSelector

__all__ = ["make_microarch_pipeline"]


def make_microarch_pipeline(
    *,
    sampler: PatchSampler | None = None,
    n_components: int = 15,
    lam: float = 0.5,
    n_select: int | None = None,
    n_clusters: int = 4,
    unannotated: int | str | None = -1,
    memory: Any = None,  # noqa: ANN401 - str or joblib.Memory
    device: str = "auto",
    random_state: int | np.random.RandomState | None = None,
) -> Pipeline:
    """Chain sampler, network, factorization, selection and clustering.

    Parameters
    ----------
    sampler : PatchSampler or None, default=None
        First step; None takes one with default settings.
    n_components : int, default=15
        Factors of the non-negative matrix factorization, k.
    lam : float, default=0.5
        Price of a leaked sample in the selection of factors, lambda.
    n_select : int or None, default=None
        Factors selected; None selects one per region.
    n_clusters : int, default=4
        Components of the Gaussian mixture.
    unannotated : int, str or None, default=-1
        Label of rows outside the annotation, for every step. -1 also stands for
        "" among labels that are names.
    memory : str, joblib.Memory or None, default=None
        Cache of fitted steps, and of the features of rows: the network has it too.
        With an integer ``random_state``, a search over later steps then trains one
        network per fold, and the held-out rows pass it once. Before saving the
        pipeline, ``set_params(memory=None, features__memory=None)``.
    device : str, default="auto"
        Where the network runs.
    random_state : int, RandomState instance or None, default=None
        Seed of every random step but the sampler's.

    Returns
    -------
    pipeline : Pipeline
        Steps ``patches``, ``features``, ``nmf``, ``select`` and ``cluster``; any
        can be replaced with ``set_params``, for example ``select="passthrough"``;
        or ``nmf=PCA(15), select="passthrough"``, since the selection takes no
        negative loadings.

    Raises
    ------
    TypeError
        If ``sampler`` cuts no slices, or a number is none.
    ValueError
        If a number is out of its range. Other arguments are checked by the step they
        are for, in ``fit``.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473`

    Examples
    --------
    >>> from sklearn_microarch import make_microarch_pipeline
    >>> pipe = make_microarch_pipeline(n_components=10, lam=0.3, random_state=0)
    >>> list(pipe.named_steps)
    ['patches', 'features', 'nmf', 'select', 'cluster']
    """
    if isinstance(sampler, type) or not (
        sampler is None or hasattr(sampler, "transform")
    ):
        raise TypeError(f"sampler={shown(sampler)} must be a PatchSampler or None.")
    n_components = check_integer("n_components", n_components, minimum=1)
    n_clusters = check_integer("n_clusters", n_clusters, minimum=1)
    if n_select is not None:
        n_select = check_integer("n_select", n_select, minimum=1)
    lam = check_number("lam", lam)
    steps = [
        ("patches", PatchSampler() if sampler is None else sampler),
        (
            "features",
            CNNFeatureExtractor(
                device=device,
                unannotated=unannotated,
                memory=memory,
                random_state=random_state,
            ),
        ),
        ("nmf", NMFEmbedder(n_components, random_state=random_state)),
        (
            "select",
            CoverageLeakageSelector(n_select, lam=lam, unannotated=unannotated),
        ),
        (
            "cluster",
            GMMClusterer(
                n_clusters, unannotated=unannotated, random_state=random_state
            ),
        ),
    ]
    return Pipeline(steps, memory=memory)
