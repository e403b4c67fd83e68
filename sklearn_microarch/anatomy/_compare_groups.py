"""Compare two groups of animals in every region, with animals as the unit."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_option,
    check_path,
    check_seed,
    shown,
)
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.anatomy._columns import Columns, as_columns
from sklearn_microarch.anatomy._group_comparison import GroupComparison
from sklearn_microarch.anatomy._regional_table import RegionalTable
from sklearn_microarch.anatomy.comparison._imaging import (
    ImagingDifference,
    known_columns,
    warn_of_imaging,
)
from sklearn_microarch.anatomy.comparison._intervals import (
    Estimates,
    animals_needed,
    estimate_groups,
    estimate_pairs,
)
from sklearn_microarch.anatomy.comparison._max_statistic import PermutationTest, permute
from sklearn_microarch.anatomy.comparison._permutations import (
    least_animals,
    smallest_p_value,
)
from sklearn_microarch.anatomy.comparison._two_groups import (
    TwoGroups,
    choose_groups,
    warn_of_few,
    warn_of_missing,
)
from sklearn_microarch.anatomy.comparison._unit_values import rows_of_measure
from sklearn_microarch.exceptions import PseudoReplicationWarning

# Below, a p value would say more of luck than of tissue.
_LEAST_OF_A_TEST = 3


def compare_groups(
    table: Any,  # noqa: ANN401 - a data frame, a mapping, a table or a path
    group: str = "group",
    unit: str = "specimen",
    *,
    measure: str = "loading",
    groups: Sequence[str] | None = None,
    pair: str | None = None,
    n_permutations: int = 9999,
    confidence: float = 0.95,
    random_state: int | RandomState | None = None,
) -> GroupComparison:
    """Compare two groups of animals, in each region and factor or cluster.

    Sections are combined to animals first, weighted by ``n_independent``: animals, not
    sections, patches or pixels, are what is counted.

    Parameters
    ----------
    table : DataFrame, RegionalTable, mapping of str to array-like, or path-like
        As `regional_summary` gives it, or the path of such a table as CSV. Columns
        ``specimen``, ``slice``, ``region``, ``n_independent`` and those named here are
        needed; ``kind`` and ``name`` for measures of factors and clusters. Fewer rows
        are fewer tests to correct for: keep the regions and factors that the
        question, asked before, is about.
    group : str, default="group"
        Column that tells the groups.
    unit : {"specimen", "slice"}, default="specimen"
        What is relabelled and counted. "slice" takes each section for an animal, which
        finds differences where there are none; to show just that.
    measure : str, default="loading"
        Column to compare: "loading" or "active_share" of factors, "cluster_share", or
        any column of numbers that is one of the region, such as "area_mm2",
        "grey_mean", "cluster_entropy_bits", or one of your own. Sections weigh the same
        in sizes (``area_mm2``, ``n_cells``, ``n_independent``).
    groups : sequence of two str, default=None
        Which two groups, where there are more, and their order: the difference is the
        second less the first. None: those there are, in alphabetical order.
    pair : {"side"} or None, default=None
        "side": each animal has one side in each group, as with ``group="side"``, and
        is compared with itself.
    n_permutations : int, default=9999
        Relabellings to try; all there are, where they are no more than this.
    confidence : float, default=0.95
        Of the intervals, each by itself.
    random_state : int, RandomState instance or None, default=None
        Draws relabellings, where not all are tried.

    Returns
    -------
    result : GroupComparison
        Print it; ``to_rows`` gives its table.

    Raises
    ------
    FileNotFoundError
        If ``table`` is the path of no file.
    TypeError
        If ``table`` is no table.
    DifferentModelsError
        If the table holds maps of several models.
    ValueError
        If a column is missing, or holds words where numbers are needed; there are not
        two groups, an animal is in both (or, in pairs, a side is), a row is there
        twice, or another argument is out of its range.

    Warns
    -----
    FewAnimalsWarning
        If a group has fewer than three animals: estimates only, without p values.
    ImagingDifferenceWarning
        If gain, offset, sharpness or raw grey level differ between the groups (Welch's
        t test, 5 % among all of them).
    MissingRegionsWarning
        If animals lack a region; they are left out there, and its n is smaller.
    PseudoReplicationWarning
        If ``unit="slice"``.

    See Also
    --------
    regional_summary : Makes the table.

    Notes
    -----
    Intervals are Welch's, of the animals' means (Student's of the differences, in
    pairs). P values rest on permutation alone: under the null hypothesis that the group
    tells nothing of an animal, each relabelling of animals is as likely, and so no
    distribution is assumed. In pairs, sides change places instead.

    The statistic is the difference over its standard error, as Welch's, each group's
    variances being moderated by those of all tests in it, as in [2]_: with four animals
    a group one variance is hardly known, and a difference that is clear would be
    drowned by others that are nothing but a small variance by chance. What tests vary
    in common is learned from values less the mean of their group (in pairs, from what
    no change of sides alters): else a difference in some factors would raise it in
    every relabelling but the present one, and others would seem to differ, too. Where
    groups vary alike, this decides what is easily found, and not how often something is
    found where there is nothing; where they do not, relabelling animals is no longer
    exact.

    The correction is the step-down maximum of [1]_: with a confidence of 95 % at most
    5 % of comparisons find a difference where there is none, however the tests depend
    on each other, and whatever else differs. Among three animals a group, no p value is
    below 0.1; among four, the least is 2 / 70.

    References
    ----------
    .. [1] P. H. Westfall and S. S. Young, "Resampling-Based Multiple Testing", Wiley,
       1993, algorithm 4.1.
    .. [2] G. K. Smyth, "Linear models and empirical Bayes methods for assessing
       differential expression in microarray experiments", Statistical Applications in
       Genetics and Molecular Biology 3(1), 2004.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch.anatomy import compare_groups
    >>> animals, sections = np.repeat(range(8), 3), np.tile(["a", "b", "c"], 8)
    >>> rng = np.random.default_rng(0)
    >>> loading = rng.normal(1, 0.1, 8)[animals] + rng.normal(0, 0.05, 24)
    >>> table = {
    ...     "specimen": [f"m{animal}" for animal in animals],
    ...     "group": np.where(animals < 4, "control", "treated"),
    ...     "slice": sections,
    ...     "region": ["CTX"] * 24,
    ...     "kind": ["factor"] * 24,
    ...     "name": ["factor07"] * 24,
    ...     "loading": np.where(animals < 4, 1.0, 0.6) * loading,
    ...     "n_independent": [20] * 24,
    ... }
    >>> result = compare_groups(table)
    >>> print(result)  # doctest: +ELLIPSIS
    loading of factor07 in CTX: ... % less in treated than in control (...
    """
    columns = _read(table)
    for argument, column in (("group", group), ("measure", measure)):
        if not isinstance(column, str) or column not in columns:
            raise ValueError(
                f"{argument}={shown(column)} is none of the columns of table: "
                f"{', '.join(columns)}."
            )
    check_option("unit", unit, ("specimen", "slice"))
    if pair is not None:
        check_option("pair", pair, ("side",))
    _check_pairable(columns, unit, pair)
    n_permutations = check_integer("n_permutations", n_permutations, minimum=19)
    confidence = check_number("confidence", confidence, low=0.5, high=0.9999)
    rng = check_seed("random_state", random_state)
    rows = rows_of_measure(columns, measure, group=group)
    two = choose_groups(rows, groups, group=group, paired=pair is not None)
    imaging = [
        _compare_imaging(columns, name, group, two, confidence)
        for name in known_columns(columns)
        if name != measure
    ]
    warn_of_imaging(imaging, two.names)
    if unit == "slice":
        warn_user(
            "unit='slice' counts sections as if each were an animal of its own: "
            "sections of one animal are alike, and groups seem to differ where they do "
            "not. Use unit='specimen'.",
            PseudoReplicationWarning,
        )
        rows = rows.by_section()
        two = choose_groups(rows, two.names, group=group, paired=False)
    values = two.combine(rows)
    found = _estimate(two, values, confidence)
    tested = found.counts.min(axis=1) >= _LEAST_OF_A_TEST
    warn_of_missing(rows, values, two, tested)
    warn_of_few(found, two, tested)
    test = _permute(two, values, tested, n_permutations, rng)
    return GroupComparison(
        groups=two.names,
        measure=measure,
        unit=unit,
        pair=pair,
        regions=np.array([region for region, _ in rows.tests]),
        names=np.array([name for _, name in rows.tests]),
        means=found.means,
        counts=found.counts,
        difference=found.difference,
        low=found.low,
        high=found.high,
        p_value=test.p_value,
        p_corrected=test.p_corrected,
        n_needed=_animals_needed(found, two),
        confidence=confidence,
        smallest_p=_smallest_p(test, two),
        n_permutations=test.n_permutations,
        is_exact=test.is_exact,
        least_animals=least_animals(0.05, paired=two.paired),
        imaging={one.column: one.means for one in imaging},
    )


def _read(table: Any) -> Columns:  # noqa: ANN401 - as compare_groups takes it
    if isinstance(table, str | os.PathLike):
        table = RegionalTable.read_csv(check_path("table", table))
    return as_columns(table)


def _check_pairable(columns: Columns, unit: str, pair: str | None) -> None:
    if pair is None:
        return
    if unit == "slice":
        raise ValueError(
            "unit='slice' cannot be paired: pair='side' compares both sides of an "
            "animal; use unit='specimen'."
        )
    if "side" not in columns or (columns["side"] == "").all():
        raise ValueError(
            "pair='side' needs a column side in table that tells the sides; give "
            "SliceImage(side='left')."
        )


def _estimate(
    two: TwoGroups, values: Sequence[NDArray[np.float64]], confidence: float
) -> Estimates:
    estimate = estimate_pairs if two.paired else estimate_groups
    return estimate(values[0], values[1], confidence)


def _compare_imaging(
    columns: Columns, name: str, group: str, two: TwoGroups, confidence: float
) -> ImagingDifference:
    """Compare one figure of imaging, over all regions of an animal."""
    rows = rows_of_measure(columns, name, group=group).over_all_regions()
    found = _estimate(two, two.combine(rows), confidence)
    first, second = found.means[0].tolist()
    return ImagingDifference(name, (first, second), float(found.p_value[0]))


def _permute(
    two: TwoGroups,
    values: Sequence[NDArray[np.float64]],
    tested: NDArray[np.bool_],
    n_permutations: int,
    rng: RandomState,
) -> PermutationTest:
    if not tested.any():
        none = np.full(len(tested), np.nan)
        return PermutationTest(none, none, 0, is_exact=False)
    both = np.concatenate(values)
    squares, count = np.nansum(both**2, axis=0), np.isfinite(both).sum(axis=0)
    scale = np.sqrt(squares / np.maximum(count, 1))
    return permute(
        values[1] - values[0] if two.paired else both,
        len(values[0]),
        paired=two.paired,
        tested=tested,
        # A measure that is 0 throughout has no size.
        scale=np.where(scale > 0, scale, 1.0),
        n_permutations=n_permutations,
        rng=rng,
    )


def _smallest_p(test: PermutationTest, two: TwoGroups) -> float:
    if not test.n_permutations:
        return np.nan
    drawn = 0.0 if test.is_exact else 1 / (test.n_permutations + 1)
    return max(two.smallest_p, drawn)


def _animals_needed(found: Estimates, two: TwoGroups) -> NDArray[np.float64]:
    """Return (k,) how many it takes, where no p value of 5 % is possible."""
    least = least_animals(0.05, paired=two.paired)
    needed = np.full(len(found.effect), np.nan)
    for at, counts in enumerate(found.counts.tolist()):
        few = min(counts) < _LEAST_OF_A_TEST
        if few or smallest_p_value(*counts, paired=two.paired) > 0.05:
            needed[at] = animals_needed(
                float(found.effect[at]), paired=two.paired, least=least
            )
    return needed
