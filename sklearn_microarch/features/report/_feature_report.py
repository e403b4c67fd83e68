"""What features hold beyond the labels their network was trained on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import CollapsedFeaturesWarning
from sklearn_microarch.features.report._explained_variance import (
    ROWS_PER_LOGIT,
    explained_share,
    is_constant,
    variance,
)
from sklearn_microarch.features.report._feature_moments import gather_moments

# Less than this share of a region's variance left beside the logits is a warning.
_LEAST_LEFT = 0.1


@dataclass(frozen=True, eq=False)
class FeatureReport:
    """What `feature_report` has found; printed, a table.

    Parameters
    ----------
    n_rows, n_features : int
        Shape of the features.
    participation_ratio : float
        Number of directions the features use, from 1 to ``n_features``.
    dead_units : ndarray of shape (n_dead,), dtype int
        Columns that are zero in every row.
    zero_share : float
        Share of the entries that are zero, dead units included.
    explained_by_logits : float
        Share of the variance explained by the logits, over all rows.
    rois : ndarray of shape (n_regions,)
        Sorted labels of the regions.
    rows_within : ndarray of shape (n_regions,), dtype int
        Number of rows in each region.
    variance_within : ndarray of shape (n_regions,)
        Variance in each region, as a share of the variance over all rows; near
        0 where a network maps a region to one point.
    explained_within : ndarray of shape (n_regions,)
        Share of each region's variance explained by the logits, fitted anew
        there; 1 where the features do not vary at all, NaN where there are fewer
        than ten rows for each logit.

    See Also
    --------
    feature_report : Measures all of this.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import feature_report
    >>> depth = np.tile(np.linspace(0.0, 1.0, 50), 2)
    >>> region = np.repeat(["CTX", "VP"], 50)
    >>> evidence = np.where(region == "VP", 2.0, -2.0) + 0.1 * np.cos(40 * depth)
    >>> features = np.column_stack([np.maximum(evidence, 0.0), depth])
    >>> report = feature_report(features, evidence, region)
    >>> print(report)
    100 rows of 2 features
    participation ratio         1.2
    dead units                 0.0%
    zeros                     26.0%
    explained by the logits   91.9%
    region       rows  variance  explained    left
    CTX            50      7.9%       0.0%  100.0%
    VP             50      8.4%       5.4%   94.6%
    >>> report.rois[report.left_within > 0.5].tolist()
    ['CTX', 'VP']
    """

    n_rows: int
    n_features: int
    participation_ratio: float
    dead_units: NDArray[np.intp]
    zero_share: float
    explained_by_logits: float
    rois: NDArray
    rows_within: NDArray[np.int64]
    variance_within: NDArray[np.float64]
    explained_within: NDArray[np.float64]

    @property
    def dead_unit_share(self) -> float:
        """Share of the features that are zero in every row."""
        return len(self.dead_units) / self.n_features

    @property
    def left_within(self) -> NDArray[np.float64]:
        """Share of each region's variance that the logits do not explain."""
        return 1.0 - self.explained_within

    def __str__(self) -> str:
        dead = ", ".join(map(str, self.dead_units[:8]))
        more = ", ..." if len(self.dead_units) > 8 else ""
        lines = [
            f"{self.n_rows} rows of {self.n_features} features",
            f"participation ratio      {self.participation_ratio:6.1f}",
            f"dead units               {self.dead_unit_share:6.1%}"
            + (f"  (columns {dead}{more})" if dead else ""),
            f"zeros                    {self.zero_share:6.1%}",
            f"explained by the logits  {self.explained_by_logits:6.1%}",
        ]
        if len(self.rois):
            names = [str(roi) for roi in self.rois]
            width = max(len("region"), *map(len, names))
            lines.append(
                f"{'region':<{width}}  {'rows':>9}  {'variance':>8}  "
                f"{'explained':>9}  {'left':>6}"
            )
            lines += [
                f"{name:<{width}}  {n_rows:>9}  {variance:>8.1%}  " + _shares(explained)
                for name, n_rows, variance, explained in zip(
                    names,
                    self.rows_within,
                    self.variance_within,
                    self.explained_within,
                    strict=True,
                )
            ]
        return "\n".join(lines)


def feature_report(
    features: ArrayLike,
    logits: ArrayLike,
    y: ArrayLike | None = None,
    *,
    unannotated: int | str | None = None,
) -> FeatureReport:
    r"""Measure what features hold, and how much of it only restates the labels.

    A network that is trained to tell regions apart tends to keep nothing else
    (neural collapse [1]_): then layers, barrels and gradients inside a region
    cannot appear in what is made of its features. With :math:`C` the covariance
    of the features and :math:`\hat z` their linear least-squares prediction,
    with intercept, from the logits, this measures the participation ratio [2]_
    and the share of variance explained,

    .. math:: \frac{(\operatorname{tr} C)^2}{\operatorname{tr} C^2}, \qquad
        R^2 = 1 - \frac{\sum_n \lVert z_n - \hat z_n \rVert^2}
        {\sum_n \lVert z_n - \bar z \rVert^2} ,

    over all rows and, with means and predictions of their own, over the rows of
    each region.

    Parameters
    ----------
    features : array-like of shape (n, n_features)
        Activations, for example from :meth:`CNNFeatureExtractor.transform`. Best
        of patches that were not trained on. Read once, batch by batch: a memory
        map is not loaded as a whole.
    logits : array-like of shape (n, n_classes) or (n,)
        What the network makes of the same patches, before softmax; or, which
        comes to the same, the logarithm of its probabilities: what all logits of
        a row have in common is taken out. One number for each row stands for
        two regions.
    y : array-like of shape (n,), default=None
        Region of each row: integers or strings. None: nothing is said about
        regions.
    unannotated : int, str or None, default=None
        Label of rows that belong to no region; they count overall only. None:
        every label is a region.

    Returns
    -------
    report : FeatureReport
        Print it, or read its attributes.

    Raises
    ------
    TypeError
        If features or logits are not real numbers, or labels mix types.
    ValueError
        If numbers of rows differ or are below ten for each logit, a value is NaN
        or infinite, features do not vary, the logits are probabilities, or no
        row is annotated.

    Warns
    -----
    CollapsedFeaturesWarning
        If less than 10 % of the variance inside a region is left beside the
        logits.

    See Also
    --------
    CNNFeatureExtractor : Trains the network, transforms and predicts.

    Notes
    -----
    The shares explained are those of linear regression: curved functions of the
    logits explain more. Within a region the regression is fitted anew, so that
    what is left there is in no linear relation to the logits, not merely in
    another one than overall. All rows weigh alike: the shares overall, and
    ``variance_within``, depend on how many rows each region has.

    References
    ----------
    .. [1] V. Papyan, X. Y. Han and D. L. Donoho, "Prevalence of neural collapse
       during the terminal phase of deep learning training", PNAS 117(40), 2020.
       :doi:`10.1073/pnas.2015509117`
    .. [2] P. Gao et al., "A theory of multineuronal dimensionality, dynamics and
       measurement", bioRxiv, 2017. :doi:`10.1101/214262`

    Examples
    --------
    One feature tells two regions apart; another one varies inside them.

    >>> import numpy as np
    >>> from sklearn_microarch import feature_report
    >>> depth = np.tile(np.linspace(0.0, 1.0, 50), 2)
    >>> region = np.repeat(["CTX", "VP"], 50)
    >>> evidence = np.where(region == "VP", 2.0, -2.0) + 0.1 * np.cos(40 * depth)
    >>> features = np.column_stack([np.maximum(evidence, 0.0), depth, 0.0 * depth])
    >>> report = feature_report(features, evidence, region)
    >>> report.dead_units.tolist()
    [2]
    >>> bool(report.explained_by_logits > 0.9), bool(report.left_within.min() > 0.9)
    (True, True)
    """
    moments = gather_moments(features, logits, y, unannotated=unannotated)
    n_features = len(moments.n_zeros)
    overall = moments.overall
    least = ROWS_PER_LOGIT * (len(overall.mean) - n_features)
    if is_constant(overall, n_features):
        raise ValueError(
            "features do not vary: all rows are alike, so that there is no variance "
            "to explain; a network whose units are all dead needs a lower lr."
        )
    covariance = overall.scatter[:n_features, :n_features] / overall.n_rows
    total = np.trace(covariance)
    report = FeatureReport(
        n_rows=overall.n_rows,
        n_features=n_features,
        participation_ratio=float(total**2 / (covariance**2).sum()),
        dead_units=np.flatnonzero(moments.n_zeros == overall.n_rows),
        zero_share=float(moments.n_zeros.sum() / (overall.n_rows * n_features)),
        explained_by_logits=explained_share(overall, n_features),
        rois=moments.rois,
        rows_within=np.array([part.n_rows for part in moments.within], dtype=np.int64),
        variance_within=np.array(
            [variance(part, n_features) / total for part in moments.within]
        ),
        explained_within=np.array(
            [
                explained_share(part, n_features) if part.n_rows >= least else np.nan
                for part in moments.within
            ]
        ),
    )
    _warn_of_collapse(report)
    return report


def _shares(explained: float) -> str:
    if np.isnan(explained):
        return f"{'too few rows':>17}"
    return f"{explained:>9.1%}  {1.0 - explained:>6.1%}"


def _warn_of_collapse(report: FeatureReport) -> None:
    # NaN, where rows are too few, is below nothing.
    collapsed = np.flatnonzero(report.left_within < _LEAST_LEFT)
    if not len(collapsed):
        return
    found = ", ".join(
        f"{report.rois[at]} ({report.left_within[at]:.1%})" for at in collapsed
    )
    warn_user(
        f"less than {_LEAST_LEFT:.0%} of the features' variance is left beside the "
        f"logits inside {found}: features restate the labels there, and layers or "
        "other structure can hardly show. Keep, of CNNFeatureExtractor, "
        "module='gap', n_region_features in module_params below the number of "
        "features, description_weight and decorrelation_weight above 0; more passes "
        "(max_epochs) help, too.",
        CollapsedFeaturesWarning,
    )
