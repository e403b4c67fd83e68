"""What a split lets through: test tissue that was seen in training."""

from dataclasses import dataclass

from sklearn_microarch.model_selection._format_table import format_table


@dataclass(frozen=True)
class RegionLeakage:
    """What a split lets through of one region.

    Parameters
    ----------
    roi : int or str
        Region, as in ``y``.
    n_train, n_test : int
        Patches.
    n_sharing : int
        Test patches that share a pixel with a training patch, of any region.
    n_overlapping : int
        Test patches that share tissue with one, also across near slices.
    n_independent_train, n_independent_test : int
        Patches that share no tissue with each other: what the many are worth.
    """

    roi: int | str
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
                "region": str(each.roi),
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


def _of(shared: float | None, whole: float | None, unit: str) -> str:
    """Return a part of a whole in words, nothing where it is unknown."""
    return "" if shared is None else f", {shared:.4g} of {whole:.4g} {unit}"
