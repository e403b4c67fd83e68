"""Measure what a split lets through, for any split of patches."""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._format_table import format_table
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import count_independent, shares_pixels
from sklearn_microarch.spatial._check_arguments import (
    check_labels_of,
    check_patches,
)
from sklearn_microarch.spatial._overlap import overlap_pixels, overlap_volume
from sklearn_microarch.spatial._separation import separation_of


class _SharedTissue(TypedDict):
    """Part of a report: what test patches show, and what of it training patches do."""

    test_pixels: int
    shared_pixels: int
    test_area_um2: float | None
    shared_area_um2: float | None
    test_volume_um3: float | None
    shared_volume_um3: float | None


@dataclass(frozen=True)
class RegionLeakage:
    """What a split lets through of one region.

    Parameters
    ----------
    region : int or str
        Region, as in ``y``.
    n_train, n_test : int
        Patches.
    n_sharing : int
        Test patches that share a pixel with a training patch, of any region.
    n_overlapping : int
        Test patches that share tissue with one, also across near slices.
    n_independent_train, n_independent_test : int
        Patches that share no tissue with each other: what the many are worth.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches, leakage_report
    >>> centres = [[20, col] for col in range(10, 90, 10)]
    >>> patches = Patches(np.zeros((40, 100)), centres, 16)
    >>> report = leakage_report(patches, [0, 1, 2, 3], [4, 5, 6, 7], ["CTX"] * 8)
    >>> report.regions[0].n_sharing, report.regions[0].n_independent_test
    (1, 2)
    """

    region: int | str
    n_train: int
    n_test: int
    n_sharing: int
    n_overlapping: int
    n_independent_train: int
    n_independent_test: int


@dataclass(frozen=True)
class LeakageReport:
    """What a split lets through: test tissue that was seen in training.

    Parameters
    ----------
    n_train, n_test : int
        Patches.
    n_sharing : int
        Test patches that share at least one pixel with a training patch.
    n_overlapping : int
        Test patches that share tissue with a training patch: of the same slice, or
        of a near one.
    test_pixels, shared_pixels : int
        Pixels that the test patches show, each counted once, and those of them that
        training patches show too.
    test_area_um2, shared_area_um2 : float or None, unit: square micrometres
        The same as areas; None where the pixel size is unknown.
    test_volume_um3, shared_volume_um3 : float or None, unit: cubic micrometres
        Tissue of the test patches, taken as cubes, and what is also in those of the
        training patches; None where ``z_um`` is unknown.
    n_independent_train, n_independent_test : int
        Patches that share no tissue with each other.
    regions : tuple of RegionLeakage
        One for each region; empty without ``y``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches, leakage_report
    >>> centres = [[20, col] for col in range(10, 90, 10)]
    >>> patches = Patches(np.zeros((40, 100)), centres, 16)
    >>> report = leakage_report(patches, [0, 1, 2, 3], [4, 5, 6, 7])
    >>> report.n_sharing, report.test_pixels, report.shared_pixels
    (1, 736, 96)
    """

    n_train: int
    n_test: int
    n_sharing: int
    n_overlapping: int
    test_pixels: int
    shared_pixels: int
    test_area_um2: float | None
    shared_area_um2: float | None
    test_volume_um3: float | None
    shared_volume_um3: float | None
    n_independent_train: int
    n_independent_test: int
    regions: tuple[RegionLeakage, ...] = ()

    @property
    def seen_share(self) -> float:
        """Share of the test patches' pixels that training patches show too."""
        return self.shared_pixels / self.test_pixels

    def __str__(self) -> str:
        sharing = f"{self.n_sharing} ({self.n_sharing / self.n_test:.1%})"
        near = f"{self.n_overlapping} ({self.n_overlapping / self.n_test:.1%})"
        lines = [
            f"training: {self.n_train} patches, {self.n_independent_train} independent",
            f"test: {self.n_test} patches, {self.n_independent_test} independent",
            f"test patches sharing pixels with training: {sharing}",
            f"test pixels seen in training: {self.shared_pixels} of {self.test_pixels} "
            f"({self.seen_share:.1%})"
            + _of(self.shared_area_um2, self.test_area_um2, "um2"),
            f"test patches sharing tissue with training, near slices included: {near}"
            + _of(self.shared_volume_um3, self.test_volume_um3, "um3"),
        ]
        table = [
            {
                "region": str(each.region),
                "training": each.n_train,
                "independent": each.n_independent_train,
                "test": each.n_test,
                "independent ": each.n_independent_test,
                "share pixels": each.n_sharing,
                "share tissue": each.n_overlapping,
            }
            for each in self.regions
        ]
        return "\n".join([*lines, format_table(table)] if table else lines)


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
    check_patches("patches", patches, "leakage_report")
    n = len(patches)
    train_rows = _row_numbers(train, n, "train")
    test_rows = _row_numbers(test, n, "test")
    labels = None if y is None else check_labels_of(patches, y, name="y")
    separation = separation_of(patches, z_um=z_um)
    trained, tested = patches.take(train_rows), patches.take(test_rows)
    sharing = shares_pixels(tested, trained)
    overlapping = shares_pixels(tested, trained, separation=separation)
    regions: tuple[RegionLeakage, ...] = ()
    if labels is not None:
        regions = tuple(
            RegionLeakage(
                region=region,
                n_train=int((labels[train_rows] == region).sum()),
                n_test=int((labels[test_rows] == region).sum()),
                n_sharing=int(sharing[labels[test_rows] == region].sum()),
                n_overlapping=int(overlapping[labels[test_rows] == region].sum()),
                n_independent_train=count_independent(
                    trained.take(labels[train_rows] == region), separation=separation
                ),
                n_independent_test=count_independent(
                    tested.take(labels[test_rows] == region), separation=separation
                ),
            )
            for region in np.unique(labels).tolist()
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


def _row_numbers(rows: ArrayLike, n: int, name: str) -> NDArray[np.intp]:
    """Return row indices, from indices or a mask."""
    found = as_array(name, rows)
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


def _of(shared: float | None, whole: float | None, unit: str) -> str:
    """Return a part of a whole in words, nothing where it is unknown."""
    return "" if shared is None else f", {shared:.4g} of {whole:.4g} {unit}"
