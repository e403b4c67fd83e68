"""The whole method as one scikit-learn pipeline."""

from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.pipeline import Pipeline

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_switch,
    shown,
)
from sklearn_microarch.clustering import GMMClusterer
from sklearn_microarch.decomposition import NMFEmbedder
from sklearn_microarch.features import CNNFeatureExtractor
from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.selection import CoverageLeakageSelector

__all__ = ["make_microarch_pipeline"]

# Price of leakage by shares: a score is then Youden's J.
LAM = 1.0
PUBLISHED_LAM = 0.5
# The published layers need a lower learning rate than the default network.
PUBLISHED_NETWORK: dict[str, Any] = {
    "module": "paper",
    "normalization": "range",
    "augment": False,
    "lr": 3e-4,
}
PUBLISHED_MIXTURE: dict[str, Any] = {"shrinkage": 0.0}

if TYPE_CHECKING:

    class MicroarchPipeline(Pipeline):
        """A scikit-learn `Pipeline`, which has no types of its own."""

        steps: list[tuple[str, Any]]

        def fit(self, X: Any, y: ArrayLike | None = None, **params: Any) -> Self: ...  # noqa: ANN401
        def fit_predict(self, X: Any, y: Any = None, **params: Any) -> NDArray: ...  # noqa: ANN401
        def fit_transform(self, X: Any, y: Any = None, **params: Any) -> NDArray: ...  # noqa: ANN401
        def predict(self, X: Any, **params: Any) -> NDArray: ...  # noqa: ANN401
        def predict_proba(self, X: Any, **params: Any) -> NDArray[np.floating]: ...  # noqa: ANN401
        def transform(self, X: Any, **params: Any) -> NDArray: ...  # noqa: ANN401
        def score(self, X: Any, y: Any = None, **params: Any) -> float: ...  # noqa: ANN401
        def set_params(self, **params: Any) -> Self: ...  # noqa: ANN401
        @overload
        def __getitem__(self, ind: slice) -> Self: ...
        @overload
        def __getitem__(self, ind: str | int) -> Any: ...  # noqa: ANN401
        def __getitem__(self, ind: Any) -> Any: ...
else:
    MicroarchPipeline = Pipeline


def make_microarch_pipeline(
    *,
    sampler: PatchSampler | None = None,
    n_components: int = 15,
    lam: float | None = None,
    n_select: int | None = None,
    n_clusters: int = 4,
    published: bool = False,
    unannotated: int | str | None = -1,
    memory: Any = None,  # noqa: ANN401 - str or joblib.Memory
    device: str = "auto",
    random_state: int | np.random.RandomState | None = None,
) -> MicroarchPipeline:
    """Chain sampler, network, factorization, selection and clustering.

    Parameters
    ----------
    sampler : PatchSampler or None, default=None
        First step; None takes one with default settings, of which ``published``
        changes what becomes of a slice's border.
    n_components : int, default=15
        Factors of the non-negative matrix factorization, k.
    lam : float or None, default=None
        Price of leakage in the selection of factors, lambda. None takes 1.0 for
        shares, so that a score is the share inside less the share outside, and the
        0.5 of the paper where ``published``.
    n_select : int or None, default=None
        Factors selected; None selects one per region.
    n_clusters : int, default=4
        Components of the Gaussian mixture.
    published : bool, default=False
        Whether every step is as near to the paper [1]_ as it can be; see Notes.
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
        If ``sampler`` cuts no slices, a number is none, or ``published`` is neither
        True nor False.
    ValueError
        If a number is out of its range. Other arguments are checked by the step they
        are for, in ``fit``.

    See Also
    --------
    PatchSampler.training_rows : Patches and labels to fit it on.
    CoverageLeakageSelector : Selection by counts or by shares.

    Notes
    -----
    **Selection.** Factors are selected by shares of the areas inside and outside a
    region. The published rule counts rows. Fitted on every pixel, regions are of very
    unequal size, and by counts a small one is left with whatever factor does least.

    **As published.** With ``published=True`` the network is the published stack of
    layers, trained for the regions alone; grey levels are divided by the range of
    their dtype, whatever the slice; patches that reach over the border are filled up
    with zeros; factors are selected by counts, with a price of 0.5. What still
    differs:

    - the last hidden layer ends in a ReLU, as NMF takes nothing negative; in the
      published network it is linear;
    - the network takes one channel, not three equal ones;
    - it is trained with the settings here (passes, learning rate, at most 2000
      patches of a region), as the paper states none, and a part of the patches is
      set apart to judge it, where the paper has other slices;
    - which patches are trained on is up to the rows that are fitted: the paper takes
      annotated pixels of one slice for the factors, all of them, rim included
      (``PatchSampler(min_tissue=0)``);
    - the factorization has the solver of `NMFEmbedder`; the paper names none;
    - more factors than regions are an error, where the published code returns factor
      0 again and again;
    - clusters are of the selected factors, from all rows, with covariances of their
      own (``shrinkage=0``). The paper clusters all 15
      factors of the cortex alone: fit a `GMMClusterer` on ``pipe[1:3]`` of its rows.

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
    published = check_switch("published", published)
    if lam is None:
        lam = PUBLISHED_LAM if published else LAM
    lam = check_number("lam", lam)
    if sampler is None:
        sampler = PatchSampler(border="constant") if published else PatchSampler()
    network: dict[str, Any] = PUBLISHED_NETWORK if published else {}
    mixture: dict[str, Any] = PUBLISHED_MIXTURE if published else {}
    steps = [
        ("patches", sampler),
        (
            "features",
            CNNFeatureExtractor(
                **network,
                device=device,
                unannotated=unannotated,
                memory=memory,
                random_state=random_state,
            ),
        ),
        ("nmf", NMFEmbedder(n_components, random_state=random_state)),
        (
            "select",
            CoverageLeakageSelector(
                n_select, lam=lam, normalize=not published, unannotated=unannotated
            ),
        ),
        (
            "cluster",
            GMMClusterer(
                n_clusters,
                **mixture,
                unannotated=unannotated,
                random_state=random_state,
            ),
        ),
    ]
    return MicroarchPipeline(steps, memory=memory)
