"""Random contiguous strips to test on, apart from all training patches."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_number, check_seed, shown
from sklearn_microarch.model_selection._spatial_folds import (
    GROUP_REMEDY,
    Empty,
    Fold,
    empty_regions,
    explain_empty,
    separate_folds,
)
from sklearn_microarch.model_selection._spatial_splitter import SpatialSplitter
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial._separation import Separation
from sklearn_microarch.spatial._spatial_strips import random_strip

# Draws for one split, before a region that stays empty is given up.
MAX_DRAWS = 30


class SpatialBlockShuffleSplit(SpatialSplitter):
    """Random contiguous strips to test on, with a buffer around the test patches.

    Each split tests on one random strip of every region, and leaves out of training
    all patches that share a pixel with a test patch, of any region, or are nearer
    to it than the buffer. Unlike folds, the test sets of several splits overlap, and
    their number is free: several splits tell how far a score depends on where the
    strips lie.

    Parameters
    ----------
    n_splits : int, default=10
        Number of splits, at least 1.
    test_size : float in (0, 1), default=0.2
        Share of each region's rows to test on, about; with ``groups``, of the groups.
    axis : {"rows", "columns"} or None, default=None
        "rows" makes every strip a band of rows, "columns" of columns; None takes
        for each region one or the other.
    buffer : int, default=0, unit: pixels
        Pixels between a test patch and a training patch, beyond sharing none.
    buffer_um : float or None, default=None, unit: micrometres
        The same as a length, in place of ``buffer``; the slices' pixel size must
        be known.
    z_um : array-like of shape (n_images,), default=None, unit: micrometres
        Height of each image of ``X.images`` in its specimen; see
        `SpatialBlockKFold`. None: unknown.
    random_state : int, RandomState instance or None, default=None
        Draws the strips. An int gives the same splits in every call.
    verbose : int, default=0
        1 prints the rows of each region in each split.

    See Also
    --------
    SpatialBlockKFold : Every row is tested on once.
    leakage_report : What any split lets through.

    Notes
    -----
    Strips drawn one by one for each region lie scattered, and can take all rows of
    a small region between them. So four strips are drawn for each region, and of
    them it takes the one that leaves most to train on. A draw that still leaves
    some region without training rows is repeated, up to 30 times.

    With ``split(X, y, groups=X.groups)`` whole groups are drawn, and no region is
    cut.

    Strips are drawn for each region, so that permuted labels give other splits; see
    the notes of `SpatialBlockKFold`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches, SpatialBlockShuffleSplit
    >>> rows, cols = np.mgrid[4:44:2, 4:64:2].reshape(2, -1)
    >>> patches = Patches(np.zeros((48, 68)), np.column_stack([rows, cols]), 8)
    >>> y = np.where(cols < 32, "CTX", "VP")
    >>> cv = SpatialBlockShuffleSplit(2, test_size=0.25, random_state=0)
    >>> for train, test in cv.split(patches, y):
    ...     print(len(train), len(test))
    264 150
    292 150
    """

    def __init__(
        self,
        n_splits: int = 10,
        *,
        test_size: float = 0.2,
        axis: str | None = None,
        buffer: int = 0,
        buffer_um: float | None = None,
        z_um: ArrayLike | None = None,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            n_splits,
            fewest_splits=1,
            axis=axis,
            buffer=buffer,
            buffer_um=buffer_um,
            z_um=z_um,
            verbose=verbose,
        )
        if not 0 < check_number("test_size", test_size, high=1.0) < 1:
            raise ValueError(
                f"test_size={shown(test_size)} must lie between 0 and 1, not at an end."
            )
        check_seed("random_state", random_state)
        self.test_size: float = test_size
        self.random_state: int | np.random.RandomState | None = random_state

    def get_n_splits(
        self,
        X: Patches | None = None,
        y: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> int:
        """Return the number of splits.

        Parameters
        ----------
        X : Patches, default=None
            Ignored.
        y : array-like of shape (n,), default=None
            Ignored.
        groups : array-like of shape (n,), default=None
            Ignored.

        Returns
        -------
        n_splits : int
            As given to the constructor.
        """
        del X, y, groups
        return self.n_splits

    def _folds(self, X: Patches, labels: NDArray, groups: NDArray | None) -> list[Fold]:
        """Return the rows of each split."""
        rng = check_seed("random_state", self.random_state)
        separation = self._separation(X)
        folds: list[Fold] = []
        for _ in range(self.n_splits):
            for _ in range(MAX_DRAWS):
                test = self._draw(X, labels, groups, separation, rng)
                drawn = separate_folds(X, [test], separation)
                empty = empty_regions(labels, drawn)
                if not empty:
                    break
            else:
                raise ValueError(self._no_split(X, labels, groups, empty, separation))
            folds += drawn
        return folds

    def _draw(
        self,
        X: Patches,
        labels: NDArray,
        groups: NDArray | None,
        separation: Separation,
        rng: np.random.RandomState,
    ) -> NDArray[np.bool_]:
        """Return which rows to test on."""
        if groups is None:
            return random_strip(
                X, labels, self.test_size, rng, axis=self.axis, separation=separation
            )
        names = np.unique(groups)
        n_test = min(max(1, round(self.test_size * len(names))), len(names) - 1)
        return np.isin(groups, rng.permutation(names)[:n_test])

    def _no_split(
        self,
        X: Patches,
        labels: NDArray,
        groups: NDArray | None,
        empty: list[Empty],
        separation: Separation,
    ) -> str:
        """Say why no split was found, and what helps."""
        remedy = (
            "Leave the region out, or use a smaller test_size, smaller patches or a "
            "smaller buffer."
        )
        return (
            f"no split of y with test_size={self.test_size} was found in {MAX_DRAWS} "
            f"draws: "
            f"{explain_empty(X, labels, groups, empty, separation)}. "
            f"{remedy if groups is None else GROUP_REMEDY}"
        )
