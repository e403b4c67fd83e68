"""Measure what a split lets through, for any split of patches."""

from typing import TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import check_roi_labels
from sklearn_microarch.model_selection._leakage_report import (
    LeakageReport,
    RegionLeakage,
)
from sklearn_microarch.sampling import (
    Patches,
    count_independent,
    overlap_pixels,
    overlap_volume,
    separation_of,
    shares_pixels,
)


def leakage_report(
    patches: Patches,
    train: ArrayLike,
    test: ArrayLike,
    y: ArrayLike | None = None,
    *,
    z_um: ArrayLike | None = None,
) -> LeakageReport:
    """Measure how much of the test patches' tissue was seen in training.

    For any split, of this library or not. A random split of overlapping patches
    tests on pixels seen in training, and so measures memory.

    Parameters
    ----------
    patches : Patches
        All patches.
    train, test : array-like of int, or of shape (n,) and dtype bool
        Rows of ``patches``.
    y : array-like of shape (n,), default=None
        Region of each patch, to report each one by itself.
    z_um : array-like of shape (n_images,), default=None, unit: micrometres
        Height of each image of ``patches.images`` in its specimen. None: unknown,
        so that all slices of one specimen count as near, and no volume is given.

    Returns
    -------
    report : LeakageReport
        ``print`` shows it as text.

    Raises
    ------
    TypeError
        If ``patches`` are not `Patches`, or rows are neither integers nor booleans.
    ValueError
        If rows are out of range or missing, ``y`` or ``z_um`` has the wrong length,
        or ``z_um`` is given and the pixel size is unknown.
    PixelSizeMismatchError
        If the slices differ in pixel size.

    See Also
    --------
    SpatialBlockKFold : Folds that let nothing through.
    SpatialBlockShuffleSplit : Random splits that let nothing through.

    Notes
    -----
    A patch stands for a cube of tissue, as deep as it is wide, with its slice in the
    middle. Slices of one specimen closer in z than a patch are near: their patches
    share tissue where they overlap in rows and columns. Independent patches are
    counted greedily, and those of near slices as if they lay in one slice: a lower
    bound.

    Examples
    --------
    >>> from sklearn.model_selection import train_test_split
    >>> import numpy as np
    >>> from sklearn_microarch import Patches, leakage_report
    >>> rows, cols = np.mgrid[4:44:2, 4:64:2].reshape(2, -1)
    >>> patches = Patches(np.zeros((48, 68)), np.column_stack([rows, cols]), 8)
    >>> train, test = train_test_split(np.arange(len(patches)), random_state=0)
    >>> print(leakage_report(patches, train, test))
    training: 450 patches, 36 independent
    test: 150 patches, 33 independent
    test patches sharing pixels with training: 150 (100.0%)
    test pixels seen in training: 2908 of 2912 (99.9%)
    test patches sharing tissue with training, near slices included: 150 (100.0%)
    """
    if not isinstance(patches, Patches):
        raise TypeError(
            f"patches is a {type(patches).__name__}; leakage_report needs Patches, "
            "which know where in the slice they lie."
        )
    n = len(patches)
    train_rows = _check_rows(train, n, "train")
    test_rows = _check_rows(test, n, "test")
    labels = None if y is None else check_roi_labels(y)
    if labels is not None and labels.shape != (n,):
        raise ValueError(f"y has shape {labels.shape}, but patches holds {n} patches.")
    separation = separation_of(patches, z_um=z_um)
    trained, tested = patches.take(train_rows), patches.take(test_rows)
    sharing = shares_pixels(tested, trained)
    overlapping = shares_pixels(tested, trained, separation=separation)
    regions: tuple[RegionLeakage, ...] = ()
    if labels is not None:
        regions = tuple(
            RegionLeakage(
                roi=roi,
                n_train=int((labels[train_rows] == roi).sum()),
                n_test=int((labels[test_rows] == roi).sum()),
                n_sharing=int(sharing[labels[test_rows] == roi].sum()),
                n_overlapping=int(overlapping[labels[test_rows] == roi].sum()),
                n_independent_train=count_independent(
                    trained.take(labels[train_rows] == roi), separation=separation
                ),
                n_independent_test=count_independent(
                    tested.take(labels[test_rows] == roi), separation=separation
                ),
            )
            for roi in np.unique(labels).tolist()
        )
    return LeakageReport(
        n_train=len(trained),
        n_test=len(tested),
        n_sharing=int(sharing.sum()),
        n_overlapping=int(overlapping.sum()),
        n_independent_train=count_independent(trained, separation=separation),
        n_independent_test=count_independent(tested, separation=separation),
        regions=regions,
        **_shared_tissue(tested, trained, z_um, separation.pixel_size_um),
    )


class _SharedTissue(TypedDict):
    test_pixels: int
    shared_pixels: int
    test_area_um2: float | None
    shared_area_um2: float | None
    test_volume_um3: float | None
    shared_volume_um3: float | None


def _shared_tissue(
    tested: Patches,
    trained: Patches,
    z_um: ArrayLike | None,
    pixel_size_um: float | None,
) -> _SharedTissue:
    """Return what test patches show, and what of it training patches show too."""
    shown, shared = overlap_pixels(tested, trained)
    found = _SharedTissue(
        test_pixels=shown,
        shared_pixels=shared,
        test_area_um2=None,
        shared_area_um2=None,
        test_volume_um3=None,
        shared_volume_um3=None,
    )
    if pixel_size_um is not None:
        found["test_area_um2"] = shown * pixel_size_um**2
        found["shared_area_um2"] = shared * pixel_size_um**2
        if z_um is not None:
            volumes = overlap_volume(tested, trained, z_um, pixel_size_um)
            found["test_volume_um3"], found["shared_volume_um3"] = volumes
    return found


def _check_rows(rows: ArrayLike, n: int, name: str) -> NDArray[np.intp]:
    """Return row indices, from indices or a mask."""
    found = np.asarray(rows)
    if found.dtype == bool:
        if found.shape != (n,):
            raise ValueError(
                f"{name} is a mask of shape {found.shape}, but patches holds {n} "
                "patches."
            )
        found = np.flatnonzero(found)
    if not found.size:
        raise ValueError(f"{name} holds no rows; there is nothing to compare.")
    if found.dtype.kind not in "iu":
        raise TypeError(
            f"{name} has dtype {found.dtype}; it must hold row numbers or be a mask."
        )
    if found.ndim != 1 or not -n <= found.min() <= found.max() < n:
        raise ValueError(
            f"{name} must be 1-D with row numbers below {n}; it has shape "
            f"{found.shape} and reaches {found.max()}."
        )
    return found.astype(np.intp)
