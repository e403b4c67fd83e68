"""All that is asked of a classifier on held-out patches, in one call."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import code_labels
from sklearn_microarch._format_table import decimals, format_table
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.metrics._block_bootstrap import (
    FEW_BLOCKS,
    BlockBootstrap,
    block_bootstrap,
    format_interval,
)
from sklearn_microarch.metrics._border_recall_curve import (
    BorderCurve,
    border_recall_curve,
)
from sklearn_microarch.metrics._calibration_report import (
    Calibration,
    calibration_report,
)
from sklearn_microarch.metrics._region_scores import RegionScores, region_scores
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import count_independent
from sklearn_microarch.spatial._border_distance import border_distance_at
from sklearn_microarch.spatial._check_arguments import (
    check_labels_of,
    check_patches,
)
from sklearn_microarch.spatial._spatial_blocks import SliceBlocks, spatial_blocks


@dataclass(frozen=True, eq=False)
class RegionReport:
    """What a classifier does on held-out patches; print it for a table.

    Parameters
    ----------
    scores : RegionScores
        Rows, recall, precision and F1 of each region.
    bootstrap : BlockBootstrap
        Balanced accuracy and recalls with their intervals, and blocks by region.
    n_independent : ndarray of shape (n_regions,), dtype int
        Patches of each region that share no pixel with each other.
    border : BorderCurve or None
        Recalls by distance to the border; None without ROI maps.
    calibration : Calibration
        Every region weighs the same.
    labels, predicted : ndarray of shape (n_rows,)
        Region of each annotated row, and what was predicted.
    positions : ndarray of shape (n_rows, 3), dtype int
        Image, row and column of each annotated row.
    blocks : SliceBlocks
        Block of each annotated row.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_microarch import PatchSampler
    >>> from sklearn_microarch.metrics import evaluation_centres, region_report
    >>> rois = np.repeat([[4] * 60 + [5] * 100], 60, axis=0)
    >>> patches, labels = evaluation_centres(PatchSampler(16), np.ones((60, 160)), rois)
    >>> classifier = DummyClassifier(strategy="prior").fit(patches, labels)
    >>> report = region_report(classifier, patches, labels)
    >>> report.scores.regions, report.n_independent
    (array([4, 5]), array([12, 18]))
    >>> report.lead_over(report).estimate
    0.0
    """

    scores: RegionScores
    bootstrap: BlockBootstrap
    n_independent: NDArray[np.intp]
    border: BorderCurve | None
    calibration: Calibration
    labels: NDArray
    predicted: NDArray
    positions: NDArray[np.integer]
    blocks: SliceBlocks

    def lead_over(
        self,
        other: "RegionReport",
        *,
        n_resamples: int = 2000,
        confidence_level: float = 0.95,
        random_state: int | RandomState | None = 0,
    ) -> BlockBootstrap:
        """Difference in balanced accuracy to another classifier, with its interval.

        Parameters
        ----------
        other : RegionReport
            Of the other classifier on the same patches.
        n_resamples : int, default=2000
            Times the blocks are drawn.
        confidence_level : float, default=0.95
            Of the interval.
        random_state : int, RandomState instance or None, default=0
            Draws the blocks.

        Returns
        -------
        lead : BlockBootstrap
            Positive where this classifier is better; of each region too.

        Raises
        ------
        TypeError
            If ``other`` is no `RegionReport`.
        ValueError
            If the other report is of other rows.
        """
        if not isinstance(other, RegionReport):
            raise TypeError(
                f"other is a {type(other).__name__}; it must be a RegionReport, of "
                "region_report."
            )
        same = np.array_equal(self.positions, other.positions)
        if not same or not np.array_equal(self.labels, other.labels):
            raise ValueError(
                f"other is a report on {len(other.labels)} other rows; report both "
                "classifiers on the same patches and labels, in the same order."
            )
        return block_bootstrap(
            self.predicted == self.labels,
            self.labels,
            self.blocks,
            against=other.predicted == other.labels,
            n_resamples=n_resamples,
            confidence_level=confidence_level,
            random_state=random_state,
        )

    def summary(self) -> dict[str, float]:
        """Return the figures of all regions together.

        Returns
        -------
        figures : dict of str to float
            Names and values, for example as one row of a table of classifiers.
        """
        return {
            "balanced_accuracy": self.scores.balanced_accuracy,
            "balanced_accuracy_low": self.bootstrap.low,
            "balanced_accuracy_high": self.bootstrap.high,
            "macro_f1": self.scores.macro_f1,
            "expected_calibration_error": self.calibration.expected_error,
            "brier_score": self.calibration.brier_score,
            "log_loss": self.calibration.log_loss,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table; those of ``border`` and ``calibration`` go on.

        Returns
        -------
        rows : list of dict
            One for each region, those without rows included.
        """
        found = {row["region"]: row for row in self.bootstrap.to_rows()[:-1]}
        absent = {"n_blocks": 0, "low": np.nan, "high": np.nan, "is_trusted": False}
        rows = []
        for row, independent in zip(
            self.scores.to_rows(), self.n_independent.tolist(), strict=True
        ):
            interval = found.get(row["region"], absent)
            rows.append(
                {
                    "region": row["region"],
                    "n_rows": row["n_rows"],
                    "n_independent": independent,
                    "n_blocks": interval["n_blocks"],
                    "recall": row["recall"],
                    "recall_low": interval["low"],
                    "recall_high": interval["high"],
                    "is_trusted": interval["is_trusted"],
                    "precision": row["precision"],
                    "f1": row["f1"],
                }
            )
        return rows

    def __str__(self) -> str:
        level = f"{self.bootstrap.confidence_level:.0%} interval"
        rows = self.to_rows()
        table = [
            {
                "region": str(row["region"]),
                "centres": row["n_rows"],
                "independent": row["n_independent"],
                "blocks": row["n_blocks"],
                "recall": decimals(row["recall"]),
                level: format_interval(
                    row["recall_low"], row["recall_high"], is_trusted=row["is_trusted"]
                ),
                "precision": decimals(row["precision"]),
                "F1": decimals(row["f1"]),
            }
            for row in rows
        ]
        interval = format_interval(
            self.bootstrap.low,
            self.bootstrap.high,
            is_trusted=self.bootstrap.is_trusted,
        )
        lines = [
            f"balanced accuracy {decimals(self.scores.balanced_accuracy)} "
            f"({level} {interval}),\n"
            f"macro F1 {decimals(self.scores.macro_f1)}, over "
            f"{self.scores.scored.sum()} of {len(self.scores.regions)} regions",
            "",
            format_table(table),
            "independent: patches that share no pixel; blocks: of "
            f"{self.blocks.block_size} px, drawn for the intervals",
        ]
        if not all(row["is_trusted"] for row in rows):
            lines.append(f"* of fewer than {FEW_BLOCKS} blocks: not to be trusted")
        if self.border is not None:
            lines += ["", "recall (centres) by distance to the region's border"]
            lines.append(str(self.border))
        return "\n".join([*lines, "", self.calibration.summary()])


def region_report(
    classifier: Any,  # noqa: ANN401 - anything with predict_proba and classes_
    patches: Patches,
    labels: ArrayLike,
    *,
    rois: RoiMap | ArrayLike | Sequence[RoiMap | ArrayLike] | None = None,
    block_size: int | None = None,
    z_um: ArrayLike | None = None,
    n_resamples: int = 2000,
    confidence_level: float = 0.95,
    unannotated: int | str | None = -1,
    unannotated_code: int = 0,
    random_state: int | RandomState | None = 0,
) -> RegionReport:
    """Judge a fitted classifier on patches that were held out of its training.

    Parameters
    ----------
    classifier : estimator
        Fitted, with ``predict_proba`` and ``classes_``: of a whole pipeline the
        part up to the network, ``pipe[:2]``.
    patches : Patches
        Held-out patches, of centres uniform over the labelled pixels, as
        `evaluation_centres` gives them, and without a pixel in common with
        training patches.
    labels : array-like of shape (n,)
        Region of each patch.
    rois : RoiMap, array-like of shape (height, width), or one per image
        Regions, a `RoiMap` or integer codes, for recalls by distance to the border;
        None, the default, does without.
    block_size : int or None, default=None, unit: pixels
        Edge length of the blocks that intervals are made of; None takes that of
        a patch.
    z_um : array-like of shape (n_images,), default=None, unit: micrometres
        Height of each image in its specimen: slices that show the same tissue
        share their blocks. None: all slices of one specimen do.
    n_resamples : int, default=2000
        Times the blocks are drawn.
    confidence_level : float, default=0.95
        Of the intervals.
    unannotated : int, str or None, default=-1
        Label of rows to leave out. -1 also stands for the empty name.
    unannotated_code : int, default=0
        Code outside the annotation in ``rois``.
    random_state : int, RandomState instance or None, default=0
        Draws the blocks.

    Returns
    -------
    report : RegionReport
        Print it; ``to_rows`` and ``summary`` give its figures, ``lead_over`` the
        difference to another classifier.

    Raises
    ------
    TypeError
        If ``patches`` are no `Patches`, the classifier gives no probabilities of
        regions, or knows regions by name where labels are codes.
    ValueError
        If lengths differ, no row is annotated, or a label is none of the regions
        that the classifier knows.

    See Also
    --------
    block_bootstrap : How intervals are made, and what they do not tell.
    SpatialBlockKFold : Splits that share no pixel.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_microarch import PatchSampler
    >>> from sklearn_microarch.metrics import evaluation_centres, region_report
    >>> rois = np.repeat([[4] * 60 + [5] * 100], 60, axis=0)
    >>> patches, labels = evaluation_centres(PatchSampler(16), np.ones((60, 160)), rois)
    >>> classifier = DummyClassifier(strategy="prior").fit(patches, labels)
    >>> print(region_report(classifier, patches, labels))
    balanced accuracy 0.500 (95% interval 0.500 to 0.500),
    macro F1 0.387, over 2 of 2 regions
    <BLANKLINE>
    region  centres  independent  blocks  recall  95% interval    precision  F1
    4            42           12      16  0.000   0.000 to 0.000  -          0.000
    5            72           18      24  1.000   1.000 to 1.000  0.632      0.774
    independent: patches that share no pixel; blocks: of 16 px, drawn for the intervals
    <BLANKLINE>
    expected calibration error 0.132, confidence less accuracy +0.132,
    Brier score 0.535, log loss 0.729 (every region weighs the same)
    """
    check_patches("patches", patches, "region_report")
    if not hasattr(classifier, "predict_proba") or not hasattr(classifier, "classes_"):
        raise TypeError(
            f"{type(classifier).__name__} is no fitted classifier of regions: it lacks "
            "predict_proba or classes_. Of a pipeline that goes on to factors and "
            "clusters, pass the part up to the network, pipe[:2]."
        )
    values = check_labels_of(patches, labels)
    classes = np.asarray(classifier.classes_)
    if (values.dtype.kind == "U") != (classes.dtype.kind in "UO"):
        raise TypeError(
            f"labels has dtype {values.dtype}, but the classifier knows the regions "
            f"{classes.tolist()}; use names for both, or codes for both: "
            "evaluation_centres gives names where names= is given."
        )
    # Names the labels at fault before the network is asked for anything.
    coded = code_labels(values, classes, unannotated=unannotated, name="labels")
    held_out, regions = patches.take(coded.annotated), values[coded.annotated]
    proba = classifier.predict_proba(held_out)
    predicted = classes[np.argmax(proba, axis=1)]
    blocks = spatial_blocks(held_out, block_size=block_size, z_um=z_um)
    border = None
    if rois is not None:
        depth = border_distance_at(held_out, rois, unannotated_code=unannotated_code)
        border = border_recall_curve(regions, predicted, depth, regions=coded.regions)
    return RegionReport(
        scores=region_scores(regions, predicted, regions=coded.regions),
        bootstrap=block_bootstrap(
            predicted == regions,
            regions,
            blocks,
            n_resamples=n_resamples,
            confidence_level=confidence_level,
            random_state=random_state,
        ),
        n_independent=np.array(
            [
                count_independent(held_out.take(regions == region))
                for region in coded.regions
            ]
        ),
        border=border,
        calibration=calibration_report(
            regions, proba, classes=classes, class_balanced=True
        ),
        labels=regions,
        predicted=predicted,
        positions=held_out.positions,
        blocks=blocks,
    )
