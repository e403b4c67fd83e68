"""Cross-validation over patches in which no test pixel is seen in training."""

import warnings

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import StratifiedGroupKFold

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import FewerFoldsWarning
from sklearn_microarch.model_selection._spatial_folds import (
    GROUP_REMEDY,
    Empty,
    Fold,
    empty_regions,
    explain_empty,
    name_empty,
    separate_folds,
)
from sklearn_microarch.model_selection._spatial_splitter import SpatialSplitter
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import spatial_strips
from sklearn_microarch.spatial._separation import Separation

# Numbers of folds above the one asked for that are tried where no fewer fit, so that
# the error can say what does.
MORE_TRIED = 3


class SpatialBlockKFold(SpatialSplitter):
    """K folds of contiguous strips, with a buffer around the test patches.

    Neighbouring patches share most of their pixels, so that a random split tests
    on what it trained on. Here every region is cut into ``n_splits`` contiguous
    strips; each fold tests on one strip of every region, and leaves out of
    training all patches that share a pixel with a test patch, of any region, or
    are nearer to it than the buffer.

    Where some region is too small for so many folds, the largest number that every
    region allows is made, with a warning that names the region.

    Parameters
    ----------
    n_splits : int, default=5
        Largest number of folds, at least 2.
    axis : {"rows", "columns"} or None, default=None
        "rows" makes every strip a band of rows, "columns" of columns; None takes
        for each region what keeps more training rows. In a layered region,
        bands along the layers test on layers that were never trained on.
    buffer : int, default=0, unit: pixels
        Pixels between a test patch and a training patch, beyond sharing none.
    buffer_um : float or None, default=None, unit: micrometres
        The same as a length, in place of ``buffer``; the slices' pixel size must
        be known.
    z_um : array-like of shape (n_images,), default=None, unit: micrometres
        Height of each image of ``X.images`` in its specimen. None: unknown.
    verbose : int, default=0
        1 prints the rows of each region in each fold.

    See Also
    --------
    SpatialBlockShuffleSplit : Random strips, as many times as wanted.
    leakage_report : What any split lets through.

    Notes
    -----
    **Several slices.** A patch stands for a cube of tissue, as deep as it is wide.
    Slices of one specimen closer in z than a patch and the buffer are cut together,
    at the same coordinates, and a training patch may not overlap a test patch of
    such a slice. So are all slices of one specimen where ``z_um`` is None;
    slices without a specimen count as slices of one.

    **Specimens.** ``split(X, y, groups=X.groups)`` tests on whole specimens: they
    are dealt to the folds by scikit-learn's `StratifiedGroupKFold`.

    **Rows.** Every row is tested on once. The strips of each region are counted
    from the end that keeps more training rows.

    **Labels.** Strips are cut for each region, so that other labels give other folds.
    Where labels are permuted, as in `sklearn.model_selection.permutation_test_score`,
    every permutation would be scored on folds of its own: cut them once instead, and
    pass ``cv=list(cv.split(X, y))``.

    **Words.** The literature calls this spatial block cross-validation [1]_; its blocks
    are bands of a region, called strips here. A block is a square of a slice, as
    `spatial_blocks` makes them.

    References
    ----------
    .. [1] D. R. Roberts et al., "Cross-validation strategies for data with
       temporal, spatial, hierarchical, or phylogenetic structure", Ecography
       40(8), 2017. :doi:`10.1111/ecog.02881`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches, SpatialBlockKFold
    >>> rows, cols = np.mgrid[4:44:2, 4:64:2].reshape(2, -1)
    >>> patches = Patches(np.zeros((48, 68)), np.column_stack([rows, cols]), 8)
    >>> y = np.where(cols < 32, "CTX", "VP")
    >>> cv = SpatialBlockKFold(3)
    >>> for train, test in cv.split(patches, y):
    ...     print(len(train), len(test))
    300 210
    210 210
    330 180
    >>> print(cv.report(patches, y))
    rows trained on + tested on (share kept of the rows not tested on)
    region  fold 0           fold 1           fold 2
    CTX     140 + 98 (77%)   98 + 98 (54%)    154 + 84 (79%)
    VP      160 + 112 (77%)  112 + 112 (54%)  176 + 96 (79%)
    """

    def __init__(
        self,
        n_splits: int = 5,
        *,
        axis: str | None = None,
        buffer: int = 0,
        buffer_um: float | None = None,
        z_um: ArrayLike | None = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            n_splits,
            fewest_splits=2,
            axis=axis,
            buffer=buffer,
            buffer_um=buffer_um,
            z_um=z_um,
            verbose=verbose,
        )

    def get_n_splits(
        self,
        X: Patches | None = None,
        y: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> int:
        """Return the number of folds.

        Parameters
        ----------
        X : Patches, default=None
            The patches to split.
        y : array-like of shape (n,), default=None
            Region of each patch.
        groups : array-like of shape (n,), default=None
            As in :meth:`split`.

        Returns
        -------
        n_splits : int
            What :meth:`split` makes of ``X`` and ``y``; where one of them is None,
            the number asked for, which is the largest there can be.

        Raises
        ------
        TypeError, ValueError
            As in :meth:`split`.
        """
        if X is None or y is None:
            return self.n_splits
        labels, parts = self._check(X, y, groups)
        return len(self._most_folds(X, labels, parts)[0])

    def _folds(self, X: Patches, labels: NDArray, groups: NDArray | None) -> list[Fold]:
        """Return the rows of each fold, and warn where there are fewer than wanted."""
        folds, reason = self._most_folds(X, labels, groups)
        if reason:
            warn_user(
                f"{len(folds)} folds are made in place of n_splits={self.n_splits}: "
                f"{reason}.",
                FewerFoldsWarning,
            )
        return folds

    def _most_folds(
        self, X: Patches, labels: NDArray, groups: NDArray | None
    ) -> tuple[list[Fold], str]:
        """Return as many folds as every region allows, and what forbids more."""
        separation = self._separation(X)
        # No fold is without a region: more folds than it has rows cannot fit.
        fewest_rows = int(np.unique(labels, return_counts=True)[1].min())
        most, reason = min(self.n_splits, max(2, fewest_rows + 1)), ""
        at_most = min(self.n_splits + MORE_TRIED, fewest_rows)
        if groups is not None:
            n_groups = len(np.unique(groups))
            most, at_most = min(most, n_groups), min(at_most, n_groups)
            reason = f"there are only {n_groups} groups" if most == n_groups else ""
        for n_folds in range(most, 1, -1):
            folds, empty = self._fold(X, labels, groups, n_folds, separation)
            if not empty:
                return folds, reason if n_folds < self.n_splits else ""
            reason = f"one of {n_folds} folds would have no {name_empty(empty)}"
        remedy = "Leave the region out, or use smaller patches or a smaller buffer."
        if groups is not None:
            remedy = GROUP_REMEDY
        for n_folds in range(most + 1, at_most + 1):
            if not self._fold(X, labels, groups, n_folds, separation)[1]:
                remedy = f"n_splits={n_folds} fits, as each fold tests on less then."
                break
        raise ValueError(
            f"y does not fit into n_splits={self.n_splits} folds, nor into fewer: "
            f"{explain_empty(X, labels, groups, empty, separation)}. {remedy}"
        )

    def _fold(
        self,
        X: Patches,
        labels: NDArray,
        groups: NDArray | None,
        n_folds: int,
        separation: Separation,
    ) -> tuple[list[Fold], list[Empty]]:
        """Return some folds, and the regions that they leave without rows."""
        tested_in = self._tested_in(X, labels, groups, n_folds, separation)
        tested = (tested_in == fold for fold in range(n_folds))
        folds = separate_folds(X, tested, separation)
        return folds, empty_regions(labels, folds)

    def _tested_in(
        self,
        X: Patches,
        labels: NDArray,
        groups: NDArray | None,
        n_folds: int,
        separation: Separation,
    ) -> NDArray[np.int64]:
        """Return the fold in which each row is tested, (n,)."""
        if groups is None:
            return spatial_strips(
                X, labels, n_folds, axis=self.axis, separation=separation
            )
        tested_in = np.zeros(len(X), dtype=np.int64)
        with warnings.catch_warnings():
            # Regions with fewer rows than folds are found by what the folds hold.
            warnings.simplefilter("ignore", UserWarning)
            # scikit-learn refuses more folds than the largest region has rows.
            n_dealt = min(n_folds, np.unique(labels, return_counts=True)[1].max())
            dealt = StratifiedGroupKFold(n_dealt).split(labels, labels, groups)
            for fold, (_, test) in enumerate(dealt):
                tested_in[test] = fold
        return tested_in
