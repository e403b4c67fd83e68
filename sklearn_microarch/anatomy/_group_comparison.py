"""Two groups of animals compared in each region, as a table and in words."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_path, check_switch
from sklearn_microarch._format_table import count_of, decimals, format_table
from sklearn_microarch.anatomy._table_file import write_table

_ROWS_SHOWN = 20


@dataclass(frozen=True, eq=False, repr=False)
class GroupComparison:
    """How two groups of animals differ, for each region and factor or cluster.

    Made by `compare_groups`; ``print(result)`` shows it. Arrays have one entry for each
    of the k tests.

    Parameters
    ----------
    groups : tuple of (str, str)
        Differences are those of the second less the first.
    measure : str
        Column that was compared.
    unit : {"specimen", "slice"}
        What n counts.
    pair : {"side"} or None
        Whether both sides of an animal were compared with each other.
    regions, names : ndarray of shape (k,), dtype str
        Region, and factor or cluster (or the measure, where it is one of the region).
    means : ndarray of shape (k, 2)
        Mean over the animals of each group.
    counts : ndarray of shape (k, 2), dtype int64
        Animals of each group that have the region.
    difference, low, high : ndarray of shape (k,)
        Difference and its interval, of each test by itself; NaN of too few animals.
    p_value, p_corrected : ndarray of shape (k,)
        By permutation of animals: of each test by itself, and corrected for all tests
        that were made. NaN where a group has fewer than three animals.
    n_needed : ndarray of shape (k,)
        Animals per group that a difference as large takes to be found with a power of
        80 % (at 5 %, one test); given where these are too few for any p value of 5 %,
        else NaN.
    confidence : float
        Of the intervals; what is a finding is held against 1 less it.
    smallest_p : float
        The least p value that permutation of so many animals can give; NaN where
        nothing was tested.
    n_permutations : int
        Relabellings that were tried; 0 where nothing was tested.
    is_exact : bool
        Whether these were all there are.
    least_animals : int
        Animals per group (pairs) from which on a p value of 5 % is possible at all.
    imaging : dict of str to (float, float)
        Means of gain, offset, sharpness and raw grey level in both groups, where known.

    See Also
    --------
    compare_groups : Makes it.

    Examples
    --------
    >>> from sklearn_microarch.anatomy import compare_groups
    >>> animals = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"]
    >>> table = {
    ...     "specimen": animals,
    ...     "group": ["control"] * 4 + ["treated"] * 4,
    ...     "slice": ["s1"] * 8,
    ...     "region": ["CTX"] * 8,
    ...     "n_independent": [10] * 8,
    ...     "cell_density": [5.1, 4.8, 5.3, 5.0, 4.1, 3.9, 4.4, 4.2],
    ... }
    >>> result = compare_groups(table, measure="cell_density")
    >>> result.difference.round(2).tolist(), result.p_value.round(3).tolist()
    ([-0.9], [0.029])
    """

    groups: tuple[str, str]
    measure: str
    unit: str
    pair: str | None
    regions: NDArray[np.str_]
    names: NDArray[np.str_]
    means: NDArray[np.float64]
    counts: NDArray[np.int64]
    difference: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p_value: NDArray[np.float64]
    p_corrected: NDArray[np.float64]
    n_needed: NDArray[np.float64]
    confidence: float
    smallest_p: float
    n_permutations: int
    is_exact: bool
    least_animals: int
    imaging: dict[str, tuple[float, float]]

    @property
    def n_tests(self) -> int:
        """How many tests the correction is for."""
        return int(np.isfinite(self.p_value).sum())

    @property
    def is_finding(self) -> NDArray[np.bool_]:
        """Which differences (k,) hold after the correction for all tests."""
        found: NDArray[np.bool_] = self.p_corrected <= 1 - self.confidence + 1e-12
        return found

    @property
    def percent(self) -> NDArray[np.float64]:
        """Difference (k,) in per cent of the first group's mean, NaN where it is 0."""
        base = np.where(self.means[:, 0] == 0, np.nan, np.abs(self.means[:, 0]))
        percent: NDArray[np.float64] = 100 * self.difference / base
        return percent

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table; ``pandas.DataFrame(rows)`` makes a data frame of it.

        Returns
        -------
        rows : list of dict
            One for each test, in the order of the arrays.
        """
        first, second = self.groups
        return [
            {
                "region": str(self.regions[at]),
                "name": str(self.names[at]),
                f"mean_{first}": float(self.means[at, 0]),
                f"mean_{second}": float(self.means[at, 1]),
                "difference": float(self.difference[at]),
                "percent": float(self.percent[at]),
                "low": float(self.low[at]),
                "high": float(self.high[at]),
                "p_value": float(self.p_value[at]),
                "p_corrected": float(self.p_corrected[at]),
                "is_finding": bool(self.is_finding[at]),
                f"n_{first}": int(self.counts[at, 0]),
                f"n_{second}": int(self.counts[at, 1]),
                "n_needed": float(self.n_needed[at]),
            }
            for at in range(len(self.regions))
        ]

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the table of :meth:`to_rows` to a file of comma-separated values.

        Parameters
        ----------
        path : path-like
            The file.
        overwrite : bool, default=False
            Replace what is there.

        Returns
        -------
        path : Path
            Where it was written; numbers that are not known are empty.

        Raises
        ------
        FileExistsError
            If something is there and is not to be replaced.
        TypeError
            If ``path`` is no path.
        """
        rows = self.to_rows()
        return write_table(
            check_path("path", path),
            {name: np.array([row[name] for row in rows]) for name in rows[0]},
            overwrite=check_switch("overwrite", overwrite),
        )

    def __str__(self) -> str:
        order = self._by_evidence()
        table = [self._shown(at) for at in order[:_ROWS_SHOWN].tolist()]
        sentence = fill(self._sentence(int(order[0])), 88)
        lines = [sentence, "", format_table(table)]
        if len(order) > _ROWS_SHOWN:
            lines.append(f"and {len(order) - _ROWS_SHOWN} more: to_rows() has them all")
        lines += ["", *(fill(note, 88) for note in self._notes())]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return (
            f"GroupComparison({self.groups[1]!r} less {self.groups[0]!r}, "
            f"{self.measure}, {len(self.regions)} differences, "
            f"{int(self.is_finding.sum())} findings)"
        )

    def _by_evidence(self) -> NDArray[np.intp]:
        """Return the order in which to show tests: what is least by chance first."""
        size = -np.nan_to_num(np.abs(self.percent), nan=-1.0)
        p_value, corrected = (
            np.nan_to_num(p, nan=2.0) for p in (self.p_value, self.p_corrected)
        )
        return np.lexsort((size, p_value, corrected))

    def _shown(self, at: int) -> dict[str, str]:
        row = {
            "region": str(self.regions[at]),
            "name": str(self.names[at]),
            self.groups[0]: f"{self.means[at, 0]:.4g}",
            self.groups[1]: f"{self.means[at, 1]:.4g}",
            "difference": f"{self.difference[at]:+.3g}",
            "%": f"{self.percent[at]:+.0f}" if np.isfinite(self.percent[at]) else "-",
            f"{self.confidence:.0%} interval": _interval(self.low[at], self.high[at]),
            "p": _shown_p(self.p_value[at]),
            "p corrected": _shown_p(self.p_corrected[at]),
            "n": " ".join(map(str, self.counts[at].tolist())),
        }
        if np.isfinite(self.n_needed).any():
            row["n needed"] = decimals(self.n_needed[at], 0)
        return row

    def _sentence(self, at: int) -> str:
        """Return the reading of one difference, and what n is."""
        first, second = self.groups
        size = f"{self.difference[at]:+.3g}"
        if np.isfinite(self.percent[at]):
            word = "more" if self.percent[at] > 0 else "less"
            size = f"{abs(self.percent[at]):.0f} % {word}"
        what = f"{self.measure} of {self.names[at]} in {self.regions[at]}"
        if self.names[at] == self.measure:
            what = f"{self.measure} in {self.regions[at]}"
        text = f"{what}: {size} in {second} than in {first}"
        if np.isfinite(self.low[at]):
            text += (
                f" (difference {self.difference[at]:+.3g}, {self.confidence:.0%} "
                f"interval {_interval(self.low[at], self.high[at])})"
            )
        if np.isfinite(self.p_value[at]):
            p_value = _shown_p(self.p_value[at])
            text += f", p {p_value if p_value[0] == '<' else f'= {p_value}'}"
            text += f", corrected for {count_of(self.n_tests, 'test')} "
            text += _shown_p(self.p_corrected[at])
        else:
            text += ", an estimate, not a test"
        return f"{text}; {self._n_in_words(at)}."

    def _n_in_words(self, at: int) -> str:
        n_first, n_second = self.counts[at].tolist()
        if self.unit == "slice":
            return (
                f"{n_first} against {n_second} sections, which are not animals: these "
                "p values are too small"
            )
        if self.pair:
            animals = count_of(n_first, "animal")
            return f"{animals}, both sides of each; sections are not animals"
        same = f"{count_of(n_first, 'animal')} per group"
        unlike = f"{n_first} and {n_second} animals"
        return f"{same if n_first == n_second else unlike}; sections are not animals"

    def _notes(self) -> list[str]:
        """Return what the table does not say by itself."""
        what = "pairs" if self.pair else "animals per group"
        notes = []
        if not self.n_permutations:
            notes.append(
                f"no p values: a test takes 3 {what}, and at least "
                f"{self.least_animals} before p can reach 0.05 at all"
            )
        else:
            number = self.n_permutations
            count = f"all {number}" if self.is_exact else f"{number} random"
            notes.append(
                f"p: {count} relabellings, the least p possible "
                f"{self.smallest_p:.2g}; corrected for "
                f"{'all ' if self.n_tests > 1 else ''}{count_of(self.n_tests, 'test')}"
            )
            if self.smallest_p > 0.05:
                notes.append(
                    f"so few animals cannot give p below 0.05: it takes "
                    f"{self.least_animals} {what}"
                )
        if np.isfinite(self.n_needed).any():
            notes.append(
                f"n needed: {what} to find a difference as large as this with 80 % "
                "power, in one test at 5 %; a rough guess from so few"
            )
        if self.imaging:
            listed = (
                f"{name} {means[0]:.4g} and {means[1]:.4g}"
                for name, means in self.imaging.items()
            )
            notes.append(f"imaging, {' and '.join(self.groups)}: {'; '.join(listed)}")
        return notes


def _shown_p(p_value: float) -> str:
    """Return a p value; none is 0, and what would round to it is below 0.001."""
    return "< 0.001" if p_value < 0.0005 else decimals(p_value)


def _interval(low: float, high: float) -> str:
    return f"{low:+.3g} to {high:+.3g}" if np.isfinite(low) else "-"
