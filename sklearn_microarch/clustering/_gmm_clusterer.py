"""Cluster rows of loadings with a Gaussian mixture."""

from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
)
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from sklearn_microarch._arguments._matrix import check_matrix
from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch._sklearn_private import Interval, StrOptions, fit_context
from sklearn_microarch._version import VersionedMixin
from sklearn_microarch.clustering._agreement import region_agreement
from sklearn_microarch.clustering._covariance_types import (
    CovarianceType,
    compact_covariances,
)
from sklearn_microarch.clustering._densities import predict_labels
from sklearn_microarch.clustering._evaluation import MixtureEvaluationMixin
from sklearn_microarch.clustering._mixture import fit_mixture


class GMMClusterer(
    VersionedMixin,
    ClassNamePrefixFeaturesOutMixin,
    MixtureEvaluationMixin,
    ClusterMixin,
    BaseEstimator,
):
    r"""Cluster rows by a mixture of Gaussians, as a clusterer and a transformer.

    The rows are taken for a sample of

    .. math:: p(x) = \sum_{c=1}^{C} \pi_c \, \mathcal{N}(x \mid \mu_c, \Sigma_c) ,

    and a row belongs to the cluster of the largest posterior. Clusters are
    numbered by descending weight :math:`\pi_c`, everywhere.

    Parameters
    ----------
    n_clusters : int, default=4
        Number of clusters :math:`C`.
    covariance_type : {"full", "tied", "diag", "spherical"}, default="full"
        Shape of the covariances :math:`\Sigma_c`.
    shrinkage : float, default=0.75
        How much of the covariance of each cluster is that of all clusters together,
        from 0 to 1; see Notes. Lower it if clusters truly spread in other ways, such as
        textures of which one is more even. 0 is `sklearn.mixture.GaussianMixture`.
        It means nothing for "tied".
    tol : float, default=1e-3
        Ends when a pass over the rows changes the mean log-likelihood by less.
    max_iter : int, default=200
        Largest number of passes, over the sample and over all rows.
    n_init : int or "auto", default="auto"
        Number of k-means starts; the one of the largest likelihood on the sample
        is kept. Of a sample of more than 40 000 rows, each starts on 20 000 of them,
        and the best three go on. "auto" has 12 starts then, and 3 for fewer rows.
    reg_covar : float, default=1e-3
        Added to the variance of each feature in each cluster, as a share of the
        mean variance of the features.
    max_samples : int or None, default=100_000
        Rows drawn at random when there are more. The starts are compared on them,
        and the best is fitted to them before it is fitted to all rows. None does
        without.
    means_init : array-like of shape (n_clusters, n_features) or None, default=None
        Where the means start, such as the ``means_`` of a model whose clusters should
        be found again; weights and covariances start from the rows nearest to each.
        There is one start then, whatever ``n_init``. Clusters are still numbered by
        descending weight.
    unannotated : int, str or None, default=None
        Label of the rows that :meth:`score` leaves out. -1 also stands for the
        empty name. Clustering uses all rows.
    random_state : int, RandomState instance or None, default=None
        Draws the rows and the starts, and what :meth:`sample` draws. Pass an int for
        the same result in every call.

    Attributes
    ----------
    labels_ : ndarray of shape (n_samples,), dtype int64
        Cluster of each row of :meth:`fit`.
    weights_ : ndarray of shape (n_clusters,)
        Weight of each cluster, descending.
    means_ : ndarray of shape (n_clusters, n_features)
        Mean of each cluster.
    covariances_ : ndarray
        Covariances, of shape (n_clusters, n_features, n_features) if "full",
        (n_features, n_features) if "tied", (n_clusters, n_features) if "diag"
        and (n_clusters,) if "spherical".
    precisions_ : ndarray
        Inverses of the covariances, in the shape of ``covariances_``.
    lower_bound_ : float, unit: nats
        Mean log-likelihood of the rows of :meth:`fit` before the last pass, which
        changed it by less than ``tol``.
    n_iter_ : int
        Passes over all rows, of the start that was kept.
    converged_ : bool
        Whether they met the tolerance.
    n_features_in_ : int
        Number of features seen in :meth:`fit`.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Defined only when ``X`` has feature names that are all strings.

    See Also
    --------
    sklearn.mixture.GaussianMixture : The mixture without shrinkage; its ``score`` is a
        likelihood.
    sklearn.cluster.KMeans : Also a clusterer and a transformer.

    Notes
    -----
    Non-negative loadings hold exact zeros. A cluster can consist of rows that
    are all zero in one factor; its variance there is zero and its likelihood
    without bound. Clusters that are free in their covariances therefore tell rows
    apart by which loadings are zero, and by how they spread, before they tell them by
    how large they are, and layers of the cortex are lost. So each covariance moves by
    the share :math:`\gamma`, ``shrinkage``, towards the mean of all, after each pass
    [2]_:

    .. math:: \Sigma_c \leftarrow (1 - \gamma) \, \Sigma_c
        + \gamma \sum_{c'} \pi_{c'} \Sigma_{c'} .

    The likelihood is then lower than without, and need not rise in each pass.
    ``reg_covar`` bounds what is left, as where no cluster varies. It is relative, so
    that the scale of the loadings does not matter: the default keeps every standard
    deviation above 3 % of a typical factor's.

    But for ``shrinkage`` the fit is that of `sklearn.mixture.GaussianMixture` from the
    same start, in one pass over batches of rows for each iteration. Each batch is
    whitened for all clusters by one matrix product and reduced to moments while it is
    in the cache, by as many threads as BLAS would use. The rows are only read, and may
    be a memory map or strided; memory beyond the result does not grow with them.

    All computation is done in float64. A row's label, posteriors and likelihood
    have the same bits whatever other rows stand beside it, and like the fit they
    are the same on any number of threads.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473`
    .. [2] J. H. Friedman, "Regularized Discriminant Analysis", Journal of the American
       Statistical Association 84, 1989. :doi:`10.1080/01621459.1989.10478752`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch.clustering import GMMClusterer
    >>> loadings = np.array([[0, 1.0], [0, 1.2], [0.1, 1.1], [5, 0], [5.2, 0.1]])
    >>> clusterer = GMMClusterer(n_clusters=2, random_state=0).fit(loadings)
    >>> clusterer.labels_
    array([0, 0, 0, 1, 1])
    >>> clusterer.score(loadings, ["VP", "VP", "VP", "ZI", "ZI"])
    1.0
    """

    _parameter_constraints: ClassVar[dict[str, list]] = {
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "covariance_type": [StrOptions({"full", "tied", "diag", "spherical"})],
        "shrinkage": [Interval(Real, 0, 1, closed="both")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "n_init": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "reg_covar": [Interval(Real, 0, None, closed="left")],
        "max_samples": [Interval(Integral, 1, None, closed="left"), None],
        "means_init": ["array-like", None],
        "unannotated": [Integral, str, None],
        "random_state": ["random_state"],
    }

    # For who knows GaussianMixture; all else is an error of __init__.
    def __new__(cls, *_: object, **settings: object) -> Self:
        """Make one; TypeError where the number of clusters is called otherwise."""
        if "n_components" in settings:
            raise TypeError(
                f"{cls.__name__} has no n_components; give the number of clusters as "
                f"n_clusters={shown(settings['n_components'])}."
            )
        return super().__new__(cls)

    def __init__(
        self,
        n_clusters: int = 4,
        *,
        covariance_type: CovarianceType = "full",
        shrinkage: float = 0.75,
        tol: float = 1e-3,
        max_iter: int = 200,
        n_init: int | Literal["auto"] = "auto",
        reg_covar: float = 1e-3,
        max_samples: int | None = 100_000,
        means_init: ArrayLike | None = None,
        unannotated: int | str | None = None,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.covariance_type = covariance_type
        self.shrinkage = shrinkage
        self.tol = tol
        self.max_iter = max_iter
        self.n_init = n_init
        self.reg_covar = reg_covar
        self.max_samples = max_samples
        self.means_init = means_init
        self.unannotated = unannotated
        self.random_state = random_state

    # What tools show of the class is the signature of __init__.
    __new__.__wrapped__ = __init__  # type: ignore[attr-defined]

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: ArrayLike,
        y: object = None,  # noqa: ARG002 - part of scikit-learn's interface
    ) -> Self:
        """Fit the mixture and label the rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite rows, at least one for each cluster.
        y : object
            Ignored; present by convention.

        Returns
        -------
        self : object
            The fitted clusterer.

        Raises
        ------
        ValueError
            If ``X`` is not 2-D, is not finite, has fewer rows than clusters or
            values too large to be squared, if ``max_samples`` is less than
            ``n_clusters``, or if ``means_init`` is not finite or of another shape.
        SingularCovarianceError
            If a cluster has no variance in some direction and ``reg_covar`` is 0.
        """
        rows = check_matrix("X", X, dtype="numeric", estimator=self)
        result = fit_mixture(
            rows,
            self.n_clusters,
            covariance_type=self.covariance_type,
            shrinkage=self.shrinkage,
            tol=self.tol,
            max_iter=self.max_iter,
            n_init=self.n_init,
            reg_covar=self.reg_covar,
            max_samples=self.max_samples,
            means_init=self._check_means(rows.shape[1]),
            generator=check_random_state(self.random_state),
        )
        labels = predict_labels(rows, result.mixture)

        # Stored together, so that a failed refit leaves the earlier fit whole.
        validate_data(self, X, skip_check_array=True)
        self.labels_ = labels
        self.weights_, self.means_ = result.mixture.weights, result.mixture.means
        self.n_iter_, self.converged_ = result.n_iter, result.converged
        self.lower_bound_ = result.log_likelihood
        self._fitted_covariance_type = self.covariance_type
        self.covariances_ = compact_covariances(
            result.mixture.covariances, self.covariance_type
        )
        return self

    if TYPE_CHECKING:

        def fit_transform(
            self,
            X: ArrayLike,
            y: Any = None,  # noqa: ANN401 - labels
            **fit_params: Any,  # noqa: ANN401 - as scikit-learn
        ) -> NDArray[np.float64]: ...

    def fit_predict(self, X: ArrayLike, y: object = None) -> NDArray[np.int64]:
        """Fit the mixture and return the cluster of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite rows, at least one for each cluster.
        y : object
            Ignored; present by convention.

        Returns
        -------
        labels : ndarray of shape (n_samples,), dtype int64
            What ``labels_`` is, and :meth:`predict` of the rows.

        Raises
        ------
        ValueError
            As in :meth:`fit`.
        """
        return self.fit(X, y).labels_

    def _check_means(self, n_features: int) -> NDArray[np.float64] | None:
        if self.means_init is None:
            return None
        means = check_matrix("means_init", self.means_init, dtype=[np.float64])
        if means.shape != (self.n_clusters, n_features):
            raise ValueError(
                f"means_init has shape {means.shape}, but n_clusters={self.n_clusters} "
                f"and X has {n_features} features; give one row for each cluster."
            )
        return means

    def score(self, X: ArrayLike, y: ArrayLike | None = None) -> float:
        """Return the adjusted mutual information of clusters and regions.

        Unlike a likelihood it can be compared between embeddings of different
        dimension, so that a search over them needs no other scorer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite rows.
        y : array-like of shape (n_samples,)
            Region of each row; rows labelled ``unannotated`` are left out.

        Returns
        -------
        score : float
            1 for a perfect match, 0 on average for one by chance.

        Raises
        ------
        ValueError
            If ``y`` is None, or holds no annotated row.
        """
        clusters = self.predict(X)
        if y is None:
            raise ValueError(
                "y is None, but score compares the clusters with the regions in y; "
                "without regions use score_samples, bic or aic."
            )
        return region_agreement(clusters, y, unannotated=self.unannotated)
