"""Select the factors that fill one region each and spill little outside it."""

from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_microarch._arguments._matrix import (
    check_matrix,
    naming,
    refuse_other_than_numbers,
)
from sklearn_microarch._sklearn_private import Interval, StrOptions, fit_context
from sklearn_microarch._version import VersionedMixin
from sklearn_microarch.selection._activity import in_floats
from sklearn_microarch.selection._evidence import Evidence, gather_evidence
from sklearn_microarch.selection._select_factors import (
    HIGHEST_LAM,
    FactorSelection,
    choose_factors,
)
from sklearn_microarch.selection._thresholds import best_threshold
from sklearn_microarch.selection._unmatched import warn_of_unmatched_regions


class CoverageLeakageSelector(VersionedMixin, SelectorMixin, BaseEstimator):
    r"""Keep the factors that cover one region each and leak little.

    A factor is *active* at a sample when its loading exceeds ``threshold``.
    With :math:`A_f` the samples where factor :math:`f` is active, :math:`R_r`
    the samples of region :math:`r` and :math:`\bar R_r` all others,

    .. math:: s_{fr} = |A_f \cap R_r| - \lambda \, |A_f \cap \bar R_r| ,

    or, normalized by the areas,

    .. math:: s_{fr} = \frac{|A_f \cap R_r|}{|R_r|}
        - \lambda \, \frac{|A_f \cap \bar R_r|}{|\bar R_r|} .

    Factors and regions are then matched one to one. Two figures tell what the
    :math:`p` factors :math:`S` so chosen are worth together: their redundancy and
    the share of the annotated samples :math:`R = \bigcup_r R_r` they cover,

    .. math:: \binom{p}{2}^{-1} \sum_{f < g \in S}
        \frac{|A_f \cap A_g|}{|A_f \cup A_g|}
        \quad \text{and} \quad
        \frac{|R \cap \bigcup_{f \in S} A_f|}{|R|} .

    Parameters
    ----------
    n_features_to_select : int or None, default=None
        Number of factors to keep. None keeps ``min(n_factors, n_regions)``.
    lam : float, default=0.5
        Price :math:`\lambda \ge 0` of leakage, in coverage. A small value favours
        dense, spread-out factors, a large one localized factors.
    assignment : {"greedy", "optimal"}, default="greedy"
        "greedy" takes the best pair, then the best among the other factors and
        regions, and so on. "optimal" maximises the summed score.
    normalize : bool, default=False
        Whether to divide coverage and leakage by the areas inside and outside
        the region. Raw counts let a large region outrank a small one.
    threshold : float, default=0.0
        Loading above which a factor is active, in the unit of ``X``.
    count_unannotated : bool, default=True
        Whether unannotated samples lie outside every region, so that activity
        there is leakage. False leaves them out.
    unannotated : int, str or None, default=None
        Label of unannotated samples, which form no region of their own. -1 also
        stands for the empty name. None makes a region of every label.

    Attributes
    ----------
    rois_ : ndarray of shape (n_regions,)
        Sorted region labels seen in :meth:`fit`, without ``unannotated``.
    coverage_, leakage_ : ndarray of shape (n_factors, n_regions)
        Active samples inside and outside each region; shares if ``normalize``.
    scores_ : ndarray of shape (n_factors, n_regions)
        ``coverage_ - lam * leakage_``.
    support_ : ndarray of shape (n_factors,), dtype bool
        Mask of the kept factors.
    ranking_ : ndarray of shape (n_factors,)
        1 for the factor chosen first (with "optimal": of the best score),
        ``n_selected + 1`` for those not chosen.
    matched_rois_ : ndarray of shape (n_selected,)
        Region matched to each column of :meth:`transform`, in its order.
    redundancy_ : float
        Mean Jaccard index of the kept factors, from 0 (never active together) to
        1; 0 for a single factor. Over the samples that are counted.
    joint_coverage_ : float
        Share of the annotated samples where at least one kept factor is active.
    iou_thresholds_ : ndarray of shape (n_selected,)
        Loading above which each column of :meth:`transform` marks its region
        best, by intersection over union on the annotated samples; at least
        ``threshold``. The selection itself does not use it.
    unmatched_regions_ : dict of int or str to str
        Regions whose factor is active in no larger share of them than of the rest,
        each with the shares in words.
    n_features_in_ : int
        Number of factors seen in :meth:`fit`.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Defined only when ``X`` has feature names that are all strings.

    See Also
    --------
    select_factors : The same as a pure function.
    lam_path : The selections at many prices of leakage.
    sklearn.feature_selection.SelectKBest : Scores each feature on its own.

    Notes
    -----
    The defaults are the published rule [1]_. It differs from the published code
    [2]_ in what happens when more factors are asked for than there are regions:
    an error here, while there factor 0 is returned again and again.

    A tie goes to the lowest factor, then to the lowest region. Redundancy is no
    mutual information, which is as large for two factors that exclude each
    other, as those of two regions should, as for two that agree.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473`
    .. [2] https://github.com/nerdslab/deepbraindisco

    Examples
    --------
    Factor 0 is on everywhere; factor 1 fills region 7 exactly.

    >>> from sklearn_microarch.selection import CoverageLeakageSelector
    >>> loadings = [[1.0, 0.0], [1.0, 0.0], [1.0, 2.0], [1.0, 3.0]]
    >>> selector = CoverageLeakageSelector(unannotated=-1)
    >>> selector.fit(loadings, [-1, -1, 7, 7]).scores_.tolist()
    [[1.0], [2.0]]
    >>> selector.get_feature_names_out(["nmf0", "nmf1"]).tolist()
    ['nmf1']
    """

    _parameter_constraints: ClassVar[dict[str, list]] = {
        "n_features_to_select": [Interval(Integral, 1, None, closed="left"), None],
        "lam": [Interval(Real, 0, HIGHEST_LAM, closed="both")],
        "assignment": [StrOptions({"greedy", "optimal"})],
        "normalize": ["boolean"],
        "threshold": [Interval(Real, 0, None, closed="left")],
        "count_unannotated": ["boolean"],
        "unannotated": [Integral, str, None],
    }

    def __init__(
        self,
        n_features_to_select: int | None = None,
        *,
        lam: float = 0.5,
        assignment: Literal["greedy", "optimal"] = "greedy",
        normalize: bool = False,
        threshold: float = 0.0,
        count_unannotated: bool = True,
        unannotated: int | str | None = None,
    ) -> None:
        self.n_features_to_select = n_features_to_select
        self.lam = lam
        self.assignment = assignment
        self.normalize = normalize
        self.threshold = threshold
        self.count_unannotated = count_unannotated
        self.unannotated = unannotated

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Score every factor against every region and match them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_factors)
            Non-negative loadings, for example the output of an NMF embedder.
        y : array-like of shape (n_samples,)
            Region label of each sample: integers or strings.

        Returns
        -------
        self : object
            The fitted selector.

        Raises
        ------
        TypeError
            If ``y`` mixes integers and strings.
        ValueError
            If ``X`` has a negative or non-finite entry, if ``y`` holds a fraction
            or no annotated sample, or if ``n_features_to_select`` exceeds
            ``min(n_factors, n_regions)``.

        Warns
        -----
        UnmatchedRegionsWarning
            If the factor chosen for a region is active in no larger share of it
            than of the rest.
        """
        loadings = check_matrix(
            "X", X, dtype="numeric", ensure_all_finite=False, estimator=self
        )
        evidence = gather_evidence(
            loadings,
            y,
            normalize=self.normalize,
            threshold=self.threshold,
            count_unannotated=self.count_unannotated,
            unannotated=self.unannotated,
            names=("X", "y"),
            whom=f"{type(self).__name__}.fit",
        )
        selection = choose_factors(
            evidence,
            n_features_to_select=self.n_features_to_select,
            lam=self.lam,
            assignment=self.assignment,
        )
        warn_of_unmatched_regions(
            selection.unmatched_regions,
            normalize=self.normalize,
            attribute="unmatched_regions_",
        )
        thresholds = self._find_thresholds(loadings, evidence, selection)

        # Stored together, so that a failed refit leaves the earlier fit whole.
        validate_data(self, X, y, skip_check_array=True)
        self.rois_, self.scores_ = selection.rois, selection.scores
        self.coverage_, self.leakage_ = selection.coverage, selection.leakage
        self.ranking_, self.matched_rois_ = selection.ranking, selection.matched_rois
        self.redundancy_ = selection.redundancy
        self.joint_coverage_ = selection.joint_coverage
        self.unmatched_regions_ = selection.unmatched_regions
        self.iou_thresholds_ = thresholds
        self.support_ = selection.support
        return self

    if TYPE_CHECKING:

        def fit_transform(
            self,
            X: ArrayLike,
            y: Any = None,  # noqa: ANN401 - labels
            **fit_params: Any,  # noqa: ANN401 - as scikit-learn
        ) -> NDArray: ...

    def transform(self, X: ArrayLike) -> NDArray:
        """Return the kept columns.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_factors)
            Loadings on all factors.

        Returns
        -------
        kept : ndarray of shape (n_samples, n_selected), dtype of ``X``
            Their columns in the order of ``matched_rois_``.

        Raises
        ------
        TypeError
            If ``X`` holds anything but numbers.
        ValueError
            If ``X`` has another number of factors than in :meth:`fit`, or an entry
            that is not finite.
        """
        check_is_fitted(self, "support_")
        refuse_other_than_numbers("X", X)
        with naming("X"):
            return super().transform(X)

    def inverse_transform(self, X: ArrayLike) -> NDArray:
        """Return rows with zeros in the columns that were not kept.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_selected)
            Loadings on the kept factors.

        Returns
        -------
        filled : ndarray of shape (n_samples, n_factors), dtype of ``X``
            What :meth:`transform` takes to ``X``, with zeros elsewhere.

        Raises
        ------
        TypeError
            If ``X`` holds anything but numbers.
        ValueError
            If ``X`` does not have one column for each kept factor.
        """
        check_is_fitted(self, "support_")
        refuse_other_than_numbers("X", X)
        with naming("X"):
            return super().inverse_transform(X)

    def _find_thresholds(
        self, loadings: NDArray, evidence: Evidence, selection: FactorSelection
    ) -> NDArray[np.float64]:
        """Return the best threshold of each chosen factor on annotated samples."""
        regions = np.searchsorted(evidence.rois, selection.matched_rois)
        factors = np.flatnonzero(selection.support)
        annotated = evidence.codes < len(evidence.rois)
        codes = evidence.codes[annotated]
        thresholds = []
        for factor, region in zip(factors, regions, strict=True):
            column = in_floats(loadings[annotated, factor])
            thresholds.append(best_threshold(column, codes == region, self.threshold))
        return np.array(thresholds)

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self, "support_")
        return self.support_

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
