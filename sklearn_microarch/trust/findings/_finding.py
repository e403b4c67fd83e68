"""A published finding: whether it was found here, by which number and rule."""

from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sklearn_microarch._arguments._numbers import (
    check_option,
)
from sklearn_microarch.anatomy._table_file import write_rows

VERDICTS = ("found", "not found", "not testable")
BASELINE_WINS = "the baseline does better"


@dataclass(frozen=True)
class PublishedFinding:
    """One statement, and what became of it.

    Parameters
    ----------
    statement : str
        What was published.
    verdict : {"found", "not found", "not testable"}
        Whether it was found here.
    number : str
        What was measured, "" where nothing could be.
    baseline : str
        The same of something simpler, and whether that does better; "" where nothing
        could be.
    rule : str
        When it counts as found; where it is not testable, why.

    Raises
    ------
    ValueError
        If ``verdict`` is none of the three.

    See Also
    --------
    published_findings : Judges them.

    Examples
    --------
    >>> from sklearn_microarch.trust import PublishedFinding
    >>> none = PublishedFinding("barrels", "not testable", "", "", "none are annotated")
    >>> none.verdict
    'not testable'
    """

    statement: str
    verdict: str
    number: str
    baseline: str
    rule: str

    def __post_init__(self) -> None:
        check_option("verdict", self.verdict, VERDICTS)


@dataclass(frozen=True, eq=False, repr=False)
class FindingList:
    """Findings of one specimen; prints as a list, one block each.

    Parameters
    ----------
    specimen : str
        Whose they are.
    findings : tuple of PublishedFinding
        In the order of the paper.

    See Also
    --------
    published_findings : Makes it.

    Examples
    --------
    >>> from sklearn_microarch.trust import FindingList, PublishedFinding
    >>> none = PublishedFinding("barrels", "not testable", "", "", "none are annotated")
    >>> print(FindingList("m1", (none,)))
    One specimen: m1. Nothing here is said of another.
    <BLANKLINE>
    not testable  barrels
        because   none are annotated
    """

    specimen: str
    findings: tuple[PublishedFinding, ...]

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a row for each finding.

        Returns
        -------
        rows : list of dict
            ``statement``, ``verdict``, ``number``, ``baseline`` and ``rule``.
        """
        return [dict(vars(one)) for one in self.findings]

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the list to a file of comma-separated values.

        Parameters
        ----------
        path : path-like
            The file.
        overwrite : bool, default=False
            Replace a file that is there.

        Returns
        -------
        path : Path
            Where it is.

        Raises
        ------
        FileExistsError
            If it is there and is not to be replaced.
        TypeError
            If ``path`` is no path.
        """
        names = [field.name for field in fields(PublishedFinding)]
        return write_rows(path, self.to_rows(), names, overwrite=overwrite)

    def __repr__(self) -> str:
        counts = Counter(one.verdict for one in self.findings)
        words = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS)
        return f"FindingList({self.specimen!r}: {words})"

    def __str__(self) -> str:
        lines = [f"One specimen: {self.specimen}. Nothing here is said of another."]
        for one in self.findings:
            lines += ["", f"{one.verdict:<12}  {one.statement}"]
            if one.verdict == "not testable":
                lines.append(f"    because   {one.rule}")
                continue
            lines.append(f"    measured  {one.number}")
            lines.append(f"    baseline  {one.baseline}")
            lines.append(f"    rule      {one.rule}")
        return "\n".join(lines)


def judged(
    statement: str,
    *,
    is_found: bool,
    number: str,
    baseline: str,
    rule: str,
    does_better: bool = False,
) -> PublishedFinding:
    """Return a finding that a rule has decided; ``does_better`` is of the baseline.

    Rules that ask for no more than a number may be met where the baseline does better.
    """
    verdict = "found" if is_found else "not found"
    tail = f"; {BASELINE_WINS}" if does_better else ""
    return PublishedFinding(statement, verdict, number, f"{baseline}{tail}", rule)


def not_testable(statement: str, because: str) -> PublishedFinding:
    """Return a finding that nothing here can decide."""
    return PublishedFinding(statement, "not testable", "", "", because)
