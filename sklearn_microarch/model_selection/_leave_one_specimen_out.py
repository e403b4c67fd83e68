"""Cross-validation that tests on one specimen and trains on the others."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import BaseCrossValidator

from sklearn_microarch._annotation import annotated_rows, check_roi_labels
from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.model_selection._spatial_folds import Fold, check_groups
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial._check_arguments import check_patches


class LeaveOneSpecimenOut(BaseCrossValidator):
    """One fold for each specimen: it is tested on, and the others are trained on.

    Spatial folds within a specimen tell how a model does on tissue it has not seen of
    an animal, stain and scan that it has. What it does on another animal only another
    animal tells.

    See Also
    --------
    SpatialBlockKFold : Folds within specimens.
    specimen_report : Both, side by side.
    sklearn.model_selection.LeaveOneGroupOut : The same for groups that are given.

    Notes
    -----
    The specimen of a patch is that of its slice, ``SliceImage(specimen=...)``; slices
    of one specimen are left out together, whatever their pixel sizes were. Rows
    without annotation, of label -1 or "", are dealt like the others, and a region may
    be missing in a specimen: it is not scored there.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import LeaveOneSpecimenOut, Patches, SliceImage
    >>> pixels = np.zeros((48, 68))
    >>> slices = [SliceImage(pixels, specimen=name) for name in ("m2", "m1", "m2")]
    >>> centres = [[at, 20, col] for at in range(3) for col in (20, 40)]
    >>> patches = Patches(slices, centres, 8)
    >>> cv = LeaveOneSpecimenOut()
    >>> for specimen, (train, test) in zip(cv.specimens(patches), cv.split(patches)):
    ...     print(specimen, train, test)
    m1 [0 1 4 5] [2 3]
    m2 [2 3] [0 1 4 5]
    """

    # Read by scikit-learn's metadata routing: groups are used where they are given.
    __metadata_request__split = {"groups": True}  # noqa: RUF012 - its form is given

    def split(
        self,
        X: Any,  # noqa: ANN401 - Patches, or rows where groups are given
        y: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> Iterator[Fold]:
        """Return training and test rows, a fold for each specimen in sorted order.

        Parameters
        ----------
        X : Patches, or array-like of n rows
            Where ``groups`` is None, patches of slices whose specimens are known.
        y : array-like of shape (n,), default=None
            Region of each row, to check that each occurs in two specimens.
        groups : array-like of shape (n,), default=None
            Specimen of each row, integers or strings; None takes ``X.groups``.

        Returns
        -------
        folds : iterator of (train, test)
            Row indices, in order.

        Raises
        ------
        TypeError
            If ``X`` is not `Patches` and ``groups`` is None, or ``groups`` or ``y``
            mixes numbers and strings.
        ValueError
            If there is one specimen only, that of a slice is unknown, a region occurs
            in one specimen only, or lengths differ.
        """
        whose = self._check(X, y, groups)
        return iter(
            [
                (np.flatnonzero(whose != name), np.flatnonzero(whose == name))
                for name in np.unique(whose)
            ]
        )

    def get_n_splits(
        self,
        X: Any = None,  # noqa: ANN401 - as `split`
        y: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> int:
        """Return the number of folds, which is that of the specimens.

        Parameters
        ----------
        X : Patches, or array-like of n rows, default=None
            As in :meth:`split`; may be None where ``groups`` is given.
        y : array-like of shape (n,), default=None
            As in :meth:`split`.
        groups : array-like of shape (n,), default=None
            As in :meth:`split`.

        Returns
        -------
        n_splits : int
            At least 2.

        Raises
        ------
        TypeError, ValueError
            As in :meth:`split`.
        """
        return len(np.unique(self._check(X, y, groups)))

    def specimens(
        self,
        X: Any,  # noqa: ANN401 - as `split`
        groups: ArrayLike | None = None,
    ) -> NDArray:
        """Return the specimen that each fold tests on.

        Parameters
        ----------
        X : Patches, or array-like of n rows
            As in :meth:`split`.
        groups : array-like of shape (n,), default=None
            As in :meth:`split`.

        Returns
        -------
        specimens : ndarray of shape (n_splits,)
            In the order of :meth:`split`.

        Raises
        ------
        TypeError, ValueError
            As in :meth:`split`.
        """
        return np.unique(self._check(X, None, groups))

    def _check(
        self,
        X: Any,  # noqa: ANN401 - any input
        y: ArrayLike | None,
        groups: ArrayLike | None,
    ) -> NDArray:
        """Return the specimen of each row (n,), of which there are at least two."""
        if groups is None:
            whose = _known_specimens(check_patches("X", X, type(self).__name__))
        else:
            whose = check_roi_labels(groups, name="groups", what="groups")
            if X is not None and _count_rows(X) != len(whose):
                raise ValueError(
                    f"groups has {len(whose)} entries, but X has {_count_rows(X)} rows."
                )
        found = np.unique(whose).tolist()
        if len(found) < 2:
            raise ValueError(
                f"groups: there is one specimen only, {found}, so that none is left to "
                "train on. Annotate a slice of a second animal, "
                "SliceImage(specimen=...), or test within the specimen, with "
                "SpatialBlockKFold."
            )
        if y is not None:
            labels = check_roi_labels(y, name="y")
            if labels.shape != whose.shape:
                raise ValueError(
                    f"y has {len(labels)} labels for {len(whose)} rows of X."
                )
            _check_regions(labels, whose)
        return whose


def _check_regions(labels: NDArray, specimens: NDArray) -> None:
    """Raise where a region, of rows that have one, occurs in one specimen only."""
    annotated = annotated_rows(labels, -1)
    if not annotated.any():
        return
    try:
        check_groups(labels[annotated], specimens[annotated])
    except ValueError as error:
        raise ValueError(f"y: {error}") from error


def _count_rows(X: Any) -> int:  # noqa: ANN401 - any input
    try:
        return len(X)
    except TypeError as error:
        raise TypeError(f"X={shown(X)} has no rows to split.") from error


def _known_specimens(patches: Patches) -> NDArray:
    """Return the specimen of each patch, which all of their slices must name."""
    unknown = [
        image.name or "without a name"
        for image in patches.used_images
        if image.specimen is None
    ]
    if unknown:
        raise ValueError(
            f"X: the specimen of {len(unknown)} of {len(patches.used_images)} images "
            f"is unknown ({', '.join(unknown)}), so that nothing tells which slices "
            "are of one animal. Name it, image.replace(specimen='mouse 3'), or give "
            "groups."
        )
    return patches.groups
