"""Cross-validation over patches in which no test pixel is seen in training."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import BaseCrossValidator

from sklearn_microarch._annotation import check_roi_labels
from sklearn_microarch.sampling import Patches, shares_pixels, spatial_strips


@dataclass(frozen=True)
class FoldReport:
    """How many rows of one region a fold trains on, tests on and leaves out.

    Parameters
    ----------
    fold : int
    roi : int or str
        Region, as in ``y``.
    n_train, n_test, n_dropped : int
        Rows; dropped ones share pixels with a test patch.
    """

    fold: int
    roi: int | str
    n_train: int
    n_test: int
    n_dropped: int

    @property
    def kept_share(self) -> float:
        """Share of the rows outside the test set that are trained on."""
        return self.n_train / max(1, self.n_train + self.n_dropped)


class SpatialBlockKFold(BaseCrossValidator):
    """K folds of contiguous blocks, with a buffer around the test patches.

    Neighbouring patches share most of their pixels, so that a random split tests
    on what it trained on. Here every region is cut into ``n_splits`` contiguous
    strips; each fold tests on one strip of every region, and leaves out of
    training all patches that share a pixel with a test patch, of any region.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, at least 2.
    axis : {"rows", "columns"} or None, default=None
        "rows" makes every strip a band of rows, "columns" of columns; None takes
        for each region what keeps more training rows. In a layered region,
        bands along the layers test on layers that were never trained on.
    verbose : int, default=0
        1 prints, for each fold, the share of rows kept of each region.

    See Also
    --------
    sklearn.model_selection.GroupKFold : Splits by specimen, given
        ``groups=patches.groups``.

    Notes
    -----
    The strips of each region are counted from the end that keeps more training
    rows. Slices are
    split by themselves: patches of different slices share no pixels, but
    neighbouring slices a few micrometres apart show the same tissue.

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
    """

    def __init__(
        self, n_splits: int = 5, *, axis: str | None = None, verbose: int = 0
    ) -> None:
        if isinstance(n_splits, bool) or not isinstance(n_splits, int | np.integer):
            raise TypeError(f"n_splits={n_splits!r} must be an integer.")
        if n_splits < 2:
            raise ValueError(f"n_splits={n_splits} must be at least 2.")
        if axis not in ("rows", "columns", None):
            raise ValueError(f"axis={axis!r} must be 'rows', 'columns' or None.")
        self.n_splits = int(n_splits)
        self.axis = axis
        self.verbose = verbose

    def get_n_splits(
        self,
        X: object = None,
        y: object = None,
        groups: object = None,
    ) -> int:
        """Return the number of folds.

        Parameters
        ----------
        X, y, groups : object
            Ignored.

        Returns
        -------
        n_splits : int
            As given to the constructor.
        """
        del X, y, groups
        return self.n_splits

    def split(
        self, X: Patches, y: ArrayLike, groups: ArrayLike | None = None
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield training and test rows of each fold.

        Parameters
        ----------
        X : Patches
            The patches to split; their centres say where they lie.
        y : array-like of shape (n,)
            Region of each patch. Unannotated rows are split as one more region.
        groups : array-like of shape (n,), default=None
            Ignored.

        Yields
        ------
        train, test : ndarray of int
            Row indices, in order.

        Raises
        ------
        TypeError
            If ``X`` is not `Patches`: plain arrays do not say where they lie.
        ValueError
            If ``y`` has another length than ``X``, or a region keeps no
            training rows or gets no test rows in a fold.
        """
        del groups
        labels = self._check(X, y)
        strips = spatial_strips(X, labels, self.n_splits, axis=self.axis)
        folds = []
        for fold in range(self.n_splits):
            test = strips == fold
            train = ~test & ~shares_pixels(X, X.take(test))
            folds.append((np.flatnonzero(train), np.flatnonzero(test)))
        reports = _report(labels, folds)
        for report in reports:
            if not report.n_train or not report.n_test:
                lacks = "training" if not report.n_train else "test"
                raise ValueError(
                    f"fold {report.fold} has no {lacks} rows of region {report.roi!r} "
                    f"with n_splits={self.n_splits}: the region is too small to be cut "
                    "into as many strips with a patch between them. Use fewer splits, "
                    "smaller patches, or leave the region out."
                )
        if self.verbose:
            print(_as_text(reports))
        yield from folds

    def report(self, X: Patches, y: ArrayLike) -> list[FoldReport]:
        """Return how many rows of each region each fold keeps.

        Parameters
        ----------
        X : Patches
            The patches to split.
        y : array-like of shape (n,)
            Region of each patch, as in :meth:`split`.

        Returns
        -------
        reports : list of FoldReport
            One for each fold and region.

        Raises
        ------
        TypeError, ValueError
            As in :meth:`split`.
        """
        folds = list(self.split(X, y))
        return _report(self._check(X, y), folds)

    def _check(self, X: Any, y: ArrayLike) -> NDArray:  # noqa: ANN401 - any input
        if not isinstance(X, Patches):
            raise TypeError(
                f"X is a {type(X).__name__}; SpatialBlockKFold needs Patches, which "
                "know where in the slice they lie. Cut them with PatchSampler."
            )
        if y is None:
            raise ValueError(
                "y is None; SpatialBlockKFold needs the region of each row."
            )
        labels = check_roi_labels(y)
        if labels.shape != (len(X),):
            raise ValueError(
                f"y has shape {labels.shape}, but X holds {len(X)} patches."
            )
        return labels


def _report(
    labels: NDArray, folds: list[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> list[FoldReport]:
    regions, codes, totals = np.unique(labels, return_inverse=True, return_counts=True)
    reports = []
    for fold, (train, test) in enumerate(folds):
        n_train = np.bincount(codes[train], minlength=len(regions)).tolist()
        n_test = np.bincount(codes[test], minlength=len(regions)).tolist()
        for at, region in enumerate(regions.tolist()):
            dropped = int(totals[at]) - n_train[at] - n_test[at]
            reports.append(FoldReport(fold, region, n_train[at], n_test[at], dropped))
    return reports


def _as_text(reports: list[FoldReport]) -> str:
    lines: dict[int, list[str]] = {}
    for report in reports:
        kept = f"{report.roi} {report.kept_share:.0%}"
        lines.setdefault(report.fold, []).append(kept)
    return "\n".join(
        f"fold {fold}: training rows kept of {', '.join(kept)}"
        for fold, kept in lines.items()
    )
