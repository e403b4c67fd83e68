"""What the spatial splitters share: their checks, their report, their rule."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import BaseCrossValidator

from sklearn_microarch._arguments._numbers import check_integer, shown
from sklearn_microarch.model_selection._spatial_folds import Fold, check_groups
from sklearn_microarch.model_selection._split_report import SplitReport, report_splits
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial._check_arguments import (
    check_axis,
    check_labels_of,
    check_patches,
)
from sklearn_microarch.spatial._separation import (
    Separation,
    check_buffer,
    separation_of,
)
from sklearn_microarch.spatial._spatial_strips import MOST_STRIPS


class SpatialSplitter(BaseCrossValidator, ABC):
    """Base of the splitters whose test patches are separate from all training ones."""

    # Read by scikit-learn's metadata routing: groups are used where they are given.
    __metadata_request__split = {"groups": True}  # noqa: RUF012 - its form is given

    def __init__(
        self,
        n_splits: int,
        *,
        fewest_splits: int,
        axis: str | None,
        buffer: int,
        buffer_um: float | None,
        z_um: ArrayLike | None,
        verbose: int,
    ) -> None:
        check_axis(axis)
        check_buffer(buffer, buffer_um)
        if not isinstance(verbose, int | np.integer | np.bool_):
            raise TypeError(f"verbose={shown(verbose)} must be an integer.")
        self.n_splits = check_integer(
            "n_splits", n_splits, minimum=fewest_splits, maximum=MOST_STRIPS
        )
        self.axis = axis
        self.buffer = buffer
        self.buffer_um = buffer_um
        self.z_um = z_um
        self.verbose = verbose

    def split(
        self,
        X: Patches,
        y: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> Iterator[Fold]:
        """Return training and test rows of each split.

        Parameters
        ----------
        X : Patches
            The patches to split; their centres say where they lie.
        y : array-like of shape (n,)
            Region of each patch. Unannotated rows are split as one more region.
        groups : array-like of shape (n,), default=None
            Group of each patch, integers or strings, such as the specimens of
            ``X.groups``. Whole groups are tested on then, and no region is cut.

        Returns
        -------
        folds : iterator of (train, test)
            Row indices, in order.

        Raises
        ------
        TypeError
            If ``X`` is not `Patches`: plain arrays do not say where they lie; or if
            ``y`` or ``groups`` holds None, or mixes numbers and strings.
        ValueError
            If ``y`` or ``groups`` has another length than ``X``, if a region falls
            wholly into one strip or occurs in one group only, or if a length in
            micrometres is given and the pixel size is unknown.
        PixelSizeMismatchError
            If the slices differ in pixel size.

        Warns
        -----
        FewerFoldsWarning
            If fewer folds are made than asked for.
        """
        labels, parts = self._check(X, y, groups)
        folds = self._folds(X, labels, parts)
        if self.verbose:
            print(report_splits(labels, folds))
        return iter(folds)

    def report(
        self, X: Patches, y: ArrayLike, groups: ArrayLike | None = None
    ) -> SplitReport:
        """Return how many rows of each region each split keeps.

        Parameters
        ----------
        X : Patches
            The patches to split.
        y : array-like of shape (n,)
            Region of each patch, as in :meth:`split`.
        groups : array-like of shape (n,), default=None
            As in :meth:`split`.

        Returns
        -------
        report : SplitReport
            One `FoldReport` for each split and region; ``print`` shows a table.
            Of random splits those that :meth:`split` makes only where
            ``random_state`` is an integer.

        Raises
        ------
        TypeError, ValueError
            As in :meth:`split`.

        Warns
        -----
        FewerFoldsWarning
            If fewer folds are made than asked for.
        """
        labels, parts = self._check(X, y, groups)
        return report_splits(labels, self._folds(X, labels, parts))

    @abstractmethod
    def _folds(self, X: Patches, labels: NDArray, groups: NDArray | None) -> list[Fold]:
        """Return the rows of each split; see :meth:`split`."""

    def _separation(self, X: Patches) -> Separation:
        """Return when patches of ``X`` count as separate."""
        return separation_of(
            X, buffer=self.buffer, buffer_um=self.buffer_um, z_um=self.z_um
        )

    def _check(
        self,
        X: Any,  # noqa: ANN401 - any input
        y: ArrayLike | None,
        groups: ArrayLike | None,
    ) -> tuple[NDArray, NDArray | None]:
        """Return regions and groups (n,) as `split` takes them."""
        name = type(self).__name__
        check_patches("X", X, name)
        if y is None:
            raise ValueError(f"y is None; {name} needs the region of each row.")
        labels = check_labels_of(X, y, name="y", of="X")
        if not len(X):
            raise ValueError("X holds no patches; there is nothing to split.")
        return labels, None if groups is None else check_groups(labels, groups)
