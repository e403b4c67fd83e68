"""All that is asked of a classifier on held-out patches, in one call."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike

from sklearn_microarch._annotation import annotated_rows, check_roi_labels
from sklearn_microarch.model_selection._block_bootstrap import block_bootstrap
from sklearn_microarch.model_selection._border_curve import border_recall_curve
from sklearn_microarch.model_selection._border_distance import border_distance_at
from sklearn_microarch.model_selection._calibration import calibration_report
from sklearn_microarch.model_selection._region_codes import code_regions
from sklearn_microarch.model_selection._region_report import RegionReport
from sklearn_microarch.model_selection._region_scores import region_scores
from sklearn_microarch.model_selection._slice_blocks import spatial_blocks
from sklearn_microarch.sampling import Patches, count_independent


def region_report(
    classifier: Any,  # noqa: ANN401 - anything with predict_proba and classes_
    patches: Patches,
    labels: ArrayLike,
    *,
    rois: ArrayLike | Sequence[ArrayLike] | None = None,
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
    rois : array-like of shape (height, width), dtype int, or one per image
        Region codes, for recalls by distance to the border; None, the default,
        does without.
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
    >>> from sklearn_microarch.model_selection import evaluation_centres, region_report
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
    if not isinstance(patches, Patches):
        raise TypeError(
            f"patches is a {type(patches).__name__}; a report needs Patches, which "
            "know where in the slice they lie. Cut them with evaluation_centres."
        )
    if not hasattr(classifier, "predict_proba") or not hasattr(classifier, "classes_"):
        raise TypeError(
            f"{type(classifier).__name__} is no fitted classifier of regions: it lacks "
            "predict_proba or classes_. Of a pipeline that goes on to factors and "
            "clusters, pass the part up to the network, pipe[:2]."
        )
    regions = check_roi_labels(labels, name="labels")
    if regions.shape != (len(patches),):
        raise ValueError(
            f"labels has shape {regions.shape}, but there are {len(patches)} patches."
        )
    rows = annotated_rows(regions, unannotated)
    held_out, regions = patches.take(rows), regions[rows]
    classes = np.asarray(classifier.classes_)
    if (regions.dtype.kind == "U") != (classes.dtype.kind == "U"):
        raise TypeError(
            f"labels has dtype {regions.dtype}, but the classifier knows the regions "
            f"{classes.tolist()}; use names for both, or codes for both: "
            "evaluation_centres gives names where names= is given."
        )
    # Names the labels at fault before the network is asked for anything.
    coded = code_regions(regions, classes, unannotated=unannotated, name="labels")
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
