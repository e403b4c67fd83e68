"""Embed rows of activations in a few non-negative factors."""

from numbers import Integral, Real
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
)
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import validate_data

from sklearn_microarch._arguments._matrix import check_matrix, check_rows_as_fitted
from sklearn_microarch._sklearn_private import Interval, StrOptions, fit_context
from sklearn_microarch._version import VersionedMixin
from sklearn_microarch.decomposition._components_mixin import (
    ROW_DTYPES,
    ComponentsMixin,
)
from sklearn_microarch.decomposition._match_factors import MOST_FACTORS
from sklearn_microarch.decomposition._row_checks import check_rows
from sklearn_microarch.decomposition.nmf._embedding import Embedding, learn_embedding
from sklearn_microarch.decomposition.nmf._online import continue_embedding
from sklearn_microarch.decomposition.nmf._passes import RowPasses
from sklearn_microarch.decomposition.nnls._loadings import loading_dtype
from sklearn_microarch.decomposition.nnls._statistics import unit_of


class NMFEmbedder(
    VersionedMixin,
    ClassNamePrefixFeaturesOutMixin,
    ComponentsMixin,
    BaseEstimator,
):
    r"""Describe each row by its exact non-negative loadings on learned components.

    The components, the rows of :math:`H`, minimise

    .. math:: \lVert X - W H \rVert_F^2 \quad \text{over} \quad W, H \ge 0,

    and :meth:`transform` solves for each row
    :math:`w = \arg\min_{w \ge 0} \lVert x - w H \rVert^2` to the end. The loadings
    of a row therefore have the same bits whatever other rows are transformed
    with it, and a map may be computed in tiles. The components of [1]_ are
    found by hierarchical alternating least squares [2]_.

    Parameters
    ----------
    n_components : int, default=15
        Number of components :math:`k`.
    n_init : int or "auto", default="auto"
        Number of starts. All are tried on at most 5000 rows for a few iterations,
        after which the better half goes on [4]_. Of up to 5000 rows the last one is
        followed on. Of more rows the last three are, on at most 40 000; the one that
        ends lowest on all. The first start is made of singular vectors, the others
        are random. "auto" has 5 starts for up to 20 000 rows and 16 for more, where
        they cost little and mostly lead to the same components for any seed.
    max_iter : int, default=500
        Largest number of iterations of the solver.
    tol : float, default=1e-5
        The solver ends when an iteration lowers the objective by less than
        this share of it.
    max_samples : int or None, default=100_000
        Number of rows the components are learned from, drawn at random when
        there are more; one to three passes over all rows then refine them. The
        problem has only :math:`k \times` ``n_features`` unknowns, so that more
        rows cost time and change little. None uses all.
    device : str, default="cpu"
        Where rows are solved for their loadings, the work that grows with their
        number. "cpu" computes with numpy; any other name is a device of torch,
        for example "cuda:1"; "auto" takes a GPU where torch finds one, else
        numpy. It is looked up when it is used and never saved.
    verbose : int, default=0
        Above 0, :meth:`fit` prints what it learns from, and what came out.
    random_state : int, RandomState instance or None, default=None
        Draws the rows when there are more than ``max_samples``, and the random
        starts. Pass an int for the same result in every call.

    Attributes
    ----------
    components_ : ndarray of shape (n_components, n_features), dtype of ``X``
        Rows of unit L2 norm; the scale is in the loadings. They come by
        descending energy :math:`\sum_i w_{ij}^2` over the rows of :meth:`fit`.
    reconstruction_err_ : float, unit of ``X``
        Frobenius norm of ``X`` less its reconstruction, over all rows of
        :meth:`fit`.
    n_components_ : int
        Number of components, ``n_components``; those that ``X`` cannot use are zero.
    n_iter_ : int
        Iterations on the rows learned from, without those of the trials.
    n_samples_seen_ : int
        Rows of :meth:`fit`, and of :meth:`partial_fit` since.
    n_features_in_ : int
        Number of features seen in :meth:`fit`.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Defined only when ``X`` has feature names that are all strings.

    See Also
    --------
    sklearn.decomposition.NMF : More losses and penalties; its ``transform``
        stops early, at a point that depends on the rows of the batch.

    Notes
    -----
    A non-negative matrix never needs more components than it has non-zero rows,
    or non-zero columns: these rows themselves, or unit vectors, reconstruct it
    exactly, and are what is returned where ``n_components`` reaches the smaller
    of the two numbers. Any components beyond are zero, and so are their
    loadings. Data of a low rank can leave components too that load no row, or
    all rows in proportion to another. An `UnusedComponentsWarning` says so in
    either case.

    Rows of dtype float64, float32 or float16 are read batch by batch and never
    copied as a whole, so that ``X`` may be a memory map of a file larger than
    memory. Rows of other dtypes are converted to float64 at once. Loadings are
    float32 for float16.

    As many threads are used as BLAS may use; the result is the same for any
    number. The components are learned from the ``max_samples`` rows on the CPU.

    On a device of torch, :meth:`transform` and the passes of :meth:`fit` and
    :meth:`partial_fit` over all rows move batches of them there, and the loadings
    back. Loadings are exact as well, in float64, and a row's still have the same
    bits whatever other rows there are; from those of numpy they differ by
    rounding. This has been run with torch on the CPU ("cpu:0") only, not yet on
    a GPU.

    References
    ----------
    .. [1] D. D. Lee and H. S. Seung, "Learning the parts of objects by
       non-negative matrix factorization", Nature 401, 1999.
       :doi:`10.1038/44565`
    .. [2] A. Cichocki and A.-H. Phan, "Fast local algorithms for large scale
       nonnegative matrix and tensor factorizations", IEICE Transactions on
       Fundamentals E92-A(3), 2009. :doi:`10.1587/transfun.E92.A.708`
    .. [3] J. Mairal, F. Bach, J. Ponce and G. Sapiro, "Online learning for
       matrix factorization and sparse coding", Journal of Machine Learning
       Research 11, 2010.
    .. [4] K. Jamieson and A. Talwalkar, "Non-stochastic best arm identification and
       hyperparameter optimization", AISTATS, 2016. :doi:`10.48550/arXiv.1502.07943`

    Examples
    --------
    Two parts, which two of the rows mix.

    >>> import numpy as np
    >>> from sklearn_microarch.decomposition import NMFEmbedder
    >>> X = np.array([[3.0, 4.0, 0.0], [0.0, 0.0, 2.0], [6.0, 8.0, 1.0]])
    >>> embedder = NMFEmbedder(n_components=2, random_state=0)
    >>> embedder.fit_transform(X).round(3)
    array([[ 5., 0.],
           [ 0., 2.],
           [10., 1.]])
    >>> embedder.components_.round(3)
    array([[0.6, 0.8, 0. ],
           [0. , 0. , 1. ]])
    """

    _parameter_constraints: ClassVar[dict[str, list]] = {
        "n_components": [Interval(Integral, 1, MOST_FACTORS, closed="both")],
        "n_init": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "max_samples": [Interval(Integral, 1, None, closed="left"), None],
        "device": [str],
        "verbose": [Interval(Integral, 0, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_components: int = 15,
        *,
        n_init: int | Literal["auto"] = "auto",
        max_iter: int = 500,
        tol: float = 1e-5,
        max_samples: int | None = 100_000,
        device: str = "cpu",
        verbose: int = 0,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.max_samples = max_samples
        self.device = device
        self.verbose = verbose
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: ArrayLike,
        y: object = None,  # noqa: ARG002 - part of scikit-learn's interface
    ) -> Self:
        """Learn the components.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Non-negative rows.
        y : object
            Ignored; present by convention.

        Returns
        -------
        self : object
            The fitted embedder.

        Raises
        ------
        TypeError
            If ``X`` holds anything but numbers.
        ValueError
            If ``X`` is not 2-D or has a negative or non-finite entry, if
            ``max_samples`` is less than ``n_components``, or if ``device`` does
            not exist.

        Warns
        -----
        UnusedComponentsWarning
            If there are more components than ``X`` can use.
        ConvergenceWarning
            If ``max_iter`` iterations were too few.
        """
        rows = self._as_rows(X)
        embedding = self._learn(rows)
        self._store(X, embedding, n_seen=len(rows))
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_transform(
        self,
        X: ArrayLike,
        y: object = None,  # noqa: ARG002 - part of scikit-learn's interface
    ) -> NDArray[np.floating]:
        """Learn the components and return the loadings of the same rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Non-negative rows.
        y : object
            Ignored; present by convention.

        Returns
        -------
        loadings : ndarray of shape (n_samples, n_components), dtype of ``X``
            Exactly what :meth:`transform` gives for these rows.

        Raises
        ------
        ValueError
            As in :meth:`fit`.
        """
        rows = self._as_rows(X)
        loadings = np.empty(
            (len(rows), self.n_components), dtype=loading_dtype(rows.dtype)
        )
        embedding = self._learn(rows, loadings=loadings)
        self._store(X, embedding, n_seen=len(rows))
        return loadings

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: ArrayLike,
        y: object = None,  # noqa: ARG002 - part of scikit-learn's interface
    ) -> Self:
        """Learn the components from one more batch of rows.

        The first batch is factorized as in :meth:`fit` and should be typical of
        all. Of later ones the exact loadings are added to sums, and the
        components moved to where these sums want them (reference 3), so that memory
        depends on the size of a batch only. After :meth:`fit`, its components
        are continued.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Non-negative rows.
        y : object
            Ignored; present by convention.

        Returns
        -------
        self : object
            The fitted embedder; ``reconstruction_err_`` is that of all rows so
            far, each with the loadings it had when it was seen.

        Raises
        ------
        ValueError
            As in :meth:`fit`, or if ``X`` has another number of features than
            the batches before.
        """
        if not hasattr(self, "components_"):
            return self.fit(X)
        rows = check_rows_as_fitted(self, X, dtype=ROW_DTYPES, ensure_all_finite=False)
        check_rows(rows, whom=f"{type(self).__name__}.partial_fit")
        embedding = continue_embedding(self._embedding, rows, device=self._device())
        self._store(None, embedding, n_seen=self.n_samples_seen_ + len(rows))
        return self

    def _as_rows(self, X: ArrayLike) -> NDArray[np.floating]:
        """Return an array that shares the memory of X where its dtype will do."""
        return check_matrix(
            "X", X, dtype=ROW_DTYPES, estimator=self, ensure_all_finite=False
        )

    def _learn(
        self, rows: NDArray[np.floating], loadings: NDArray[np.floating] | None = None
    ) -> Embedding:
        if self.verbose:
            n_learned = min(len(rows), self.max_samples or len(rows))
            print(
                f"[NMFEmbedder] {self.n_components} components of {rows.shape[1]} "
                f"features, learned from {n_learned} of {len(rows)} rows"
            )
        largest = check_rows(rows, whom=f"{type(self).__name__}.fit")
        embedding = learn_embedding(
            RowPasses(rows, unit_of(largest), self._device(), loadings),
            self.n_components,
            n_init=self.n_init,
            max_iter=self.max_iter,
            tol=self.tol,
            max_samples=self.max_samples,
            generator=check_random_state(self.random_state),
        )
        if self.verbose:
            print(
                f"[NMFEmbedder] {embedding.n_iter} iterations, "
                f"reconstruction error {embedding.error:.6g}"
            )
        return embedding

    def _store(self, X: ArrayLike | None, embedding: Embedding, *, n_seen: int) -> None:
        """Store all together, so that a failed refit leaves the earlier fit whole."""
        if X is not None:
            validate_data(self, X, skip_check_array=True)
        self._embedding, self.n_samples_seen_ = embedding, n_seen
        self.reconstruction_err_, self.n_iter_ = embedding.error, embedding.n_iter
        self.components_ = embedding.components
        self.n_components_ = len(embedding.components)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
