"""How a classifier does on held-out tissue of its specimens, and on new specimens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone, is_classifier

from sklearn_microarch._annotation import code_labels
from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.metrics import BlockBootstrap, block_bootstrap, region_scores
from sklearn_microarch.model_selection._leave_one_specimen_out import (
    LeaveOneSpecimenOut,
)
from sklearn_microarch.model_selection._spatial_block_kfold import SpatialBlockKFold
from sklearn_microarch.model_selection._spatial_folds import Fold
from sklearn_microarch.model_selection._specimen_scores import (
    LEFT_OUT,
    SPATIAL,
    FoldScores,
    SpecimenReport,
)
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial._check_arguments import check_labels_of, check_patches
from sklearn_microarch.spatial._spatial_blocks import SliceBlocks, spatial_blocks


@dataclass(frozen=True, eq=False)
class _Judge:
    """What predictions for annotated rows are judged by."""

    labels: NDArray
    regions: NDArray
    blocks: SliceBlocks
    # Further arguments of `block_bootstrap`.
    resample: dict[str, Any]

    def interval(
        self,
        predicted: NDArray,
        rows: NDArray[np.intp] | slice = slice(None),
        *,
        units: NDArray | None = None,
        against: NDArray | None = None,
    ) -> BlockBootstrap:
        """Return the scores of some rows over blocks, or over other units."""
        right = predicted == self.labels
        other = None if against is None else (against == self.labels)[rows]
        blocks = replace(self.blocks, labels=self.blocks.labels[rows])
        return block_bootstrap(
            right[rows],
            self.labels[rows],
            blocks if units is None else units[rows],
            against=other,
            **self.resample,
        )

    def folds(
        self,
        split: str,
        predicted: NDArray,
        folds: Sequence[Fold],
        names: Sequence[str],
        *,
        units: NDArray | None = None,
    ) -> tuple[FoldScores, ...]:
        """Return the scores of each fold, then of all, whose interval is over units."""
        rows: list[tuple[str, int | None, Any, NDArray | None]] = [
            (name, len(train), test, None)
            for (train, test), name in zip(folds, names, strict=True)
        ]
        rows.append(("all", None, slice(None), units))
        return tuple(
            FoldScores(
                split=split,
                name=name,
                n_train=n_train,
                scores=region_scores(
                    self.labels[test], predicted[test], regions=self.regions
                ),
                bootstrap=self.interval(predicted, test, units=over),
            )
            for name, n_train, test, over in rows
        )


def specimen_report(
    classifier: Any,  # noqa: ANN401 - an unfitted classifier, or a pipeline
    patches: Patches,
    labels: ArrayLike,
    *,
    cv: Any = None,  # noqa: ANN401 - any splitter
    block_size: int | None = None,
    z_um: ArrayLike | None = None,
    n_resamples: int = 2000,
    confidence_level: float = 0.95,
    unannotated: int | str | None = -1,
    random_state: int | RandomState | None = 0,
) -> SpecimenReport:
    """Judge a classifier by spatial folds and by leaving each specimen out.

    A copy is trained for each fold of ``cv`` and for each specimen. Both judge the
    same rows, so that the difference is what another animal, stain and scan cost.

    Parameters
    ----------
    classifier : estimator
        Need not be fitted: of a whole pipeline the part up to the network,
        ``pipe[:2]``. It is not changed.
    patches : Patches
        Of slices of at least two specimens that are known. Of centres uniform over
        the labelled pixels, as `PatchSampler.training_rows` gives them with a stride,
        recalls are shares of a region's area; of sampled patches, borders are hidden.
    labels : array-like of shape (n,)
        Region of each patch.
    cv : splitter or None, default=None
        Splits within specimens and tests each row once; None takes
        ``SpatialBlockKFold(3, z_um=z_um)``.
    block_size : int or None, default=None, unit: pixels
        Edge length of the blocks that intervals are made of; None takes that of
        a patch.
    z_um : array-like of shape (n_images,), default=None, unit: micrometres
        Height of each image in its specimen. None: unknown.
    n_resamples : int, default=2000
        Times the blocks, or the specimens, are drawn.
    confidence_level : float, default=0.95
        Of the intervals.
    unannotated : int, str or None, default=-1
        Label of rows that are neither trained on nor judged. -1 also stands for the
        empty name.
    random_state : int, RandomState instance or None, default=0
        Draws the blocks.

    Returns
    -------
    report : SpecimenReport
        Print it; ``to_rows`` gives its figures.

    Raises
    ------
    TypeError
        If ``classifier`` is none, ``patches`` are no `Patches`, or ``cv`` is no
        splitter.
    ValueError
        If there is one specimen only or one is unknown, a region occurs in one
        specimen only, lengths differ, no row is annotated, or ``cv`` does not test
        each row once.

    Warns
    -----
    FewerFoldsWarning
        If a region is too small for the spatial folds.

    See Also
    --------
    LeaveOneSpecimenOut : The folds by specimen alone, for scikit-learn.
    region_report : All that is asked of one fitted classifier.

    Notes
    -----
    Intervals of a fold tell how the score varies with the piece of tissue that is
    judged; that of all specimens left out, how it varies with the animal. Fewer than
    five specimens do not show how much animals vary, and the interval is marked. A
    region that a fold lacks is not in its mean.

    References
    ----------
    .. [1] D. R. Roberts et al., "Cross-validation strategies for data with
       temporal, spatial, hierarchical, or phylogenetic structure", Ecography
       40(8), 2017. :doi:`10.1111/ecog.02881`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_microarch import Patches, SliceImage
    >>> from sklearn_microarch.model_selection import specimen_report
    >>> slices = [SliceImage(np.zeros((48, 96)), specimen=name) for name in "ab"]
    >>> rows, cols = np.mgrid[4:44:4, 4:92:4].reshape(2, -1)
    >>> centres = [np.column_stack([rows * 0 + at, rows, cols]) for at in (0, 1)]
    >>> patches = Patches(slices, np.concatenate(centres), 8)
    >>> labels = np.where(patches.positions[:, 2] < 48, "CTX", "VP")
    >>> report = specimen_report(DummyClassifier(), patches, labels, n_resamples=50)
    >>> [row["balanced_accuracy"] for row in report.to_rows()]
    [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    >>> report.lost["a"].estimate
    0.0
    """
    check_patches("patches", patches, "specimen_report")
    made = not isinstance(classifier, type)
    if not (made and hasattr(classifier, "get_params") and is_classifier(classifier)):
        raise TypeError(
            f"classifier={shown(classifier)} is no classifier of regions. Of a "
            "pipeline that goes on to factors and clusters, pass the part up to the "
            "network, pipe[:2]."
        )
    values = check_labels_of(patches, labels)
    coded = code_labels(values, unannotated=unannotated, name="labels")
    held, y = patches.take(coded.annotated), values[coded.annotated]
    by_specimen = LeaveOneSpecimenOut()
    left_out = list(by_specimen.split(held, y))
    names = [str(name) for name in by_specimen.specimens(held)]
    cv = SpatialBlockKFold(3, z_um=z_um) if cv is None else cv
    spatial = _folds_of(cv, held, y)
    judge = _Judge(
        y,
        coded.regions,
        spatial_blocks(held, block_size=block_size, z_um=z_um),
        {
            "n_resamples": n_resamples,
            "confidence_level": confidence_level,
            "random_state": random_state,
        },
    )
    # What is wrong with these is said before any network is trained.
    judge.interval(y)
    known = _predict(classifier, held, y, spatial)
    unseen = _predict(classifier, held, y, left_out)
    numbers = [str(at) for at in range(len(spatial))]
    return SpecimenReport(
        spatial=judge.folds(SPATIAL, known, spatial, numbers),
        left_out=judge.folds(LEFT_OUT, unseen, left_out, names, units=held.groups),
        lost={
            name: judge.interval(unseen, test, against=known)
            for name, (_, test) in zip(names, left_out, strict=True)
        },
        predicted_spatial=known,
        predicted_left_out=unseen,
        labels=y,
        groups=held.groups,
    )


def _folds_of(cv: Any, patches: Patches, labels: NDArray) -> list[Fold]:  # noqa: ANN401
    """Return the folds of a splitter, which test each row once."""
    if isinstance(cv, type) or not hasattr(cv, "get_n_splits"):
        raise TypeError(
            f"cv={shown(cv)} must be a splitter, such as SpatialBlockKFold(3)."
        )
    folds = list(cv.split(patches, labels))
    times = np.zeros(len(labels), dtype=np.int64)
    for _, test in folds:
        times[test] += 1
    if (times != 1).any():
        raise ValueError(
            f"cv tests {int((times == 0).sum())} of {len(times)} rows never and "
            f"{int((times > 1).sum())} more than once; to be compared with specimens "
            "left out, each must be tested once, as SpatialBlockKFold does."
        )
    return folds


def _predict(
    classifier: Any,  # noqa: ANN401 - as `specimen_report`
    patches: Patches,
    labels: NDArray,
    folds: list[Fold],
) -> NDArray:
    """Return the region predicted for each row (n,) by a copy not trained on it."""
    predicted = np.empty_like(labels)
    for train, test in folds:
        fitted = clone(classifier).fit(patches.take(train), labels[train])
        predicted[test] = fitted.predict(patches.take(test))
    return predicted
