"""Sections that others fill: verdicts on factors and clusters, and statistics."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.report.contents._tables import Table, table_of
from sklearn_microarch.trust import MapVerdict, TrustReport
from sklearn_microarch.trust.again._number_of_clusters import words_on_number


@dataclass(frozen=True)
class Given:
    """Sentences, and a table or none."""

    sentences: list[str]
    table: Table | None


def evidence(
    given: Any,  # noqa: ANN401 - checked here
    argument: str,
) -> Given | None:
    """Return what was given as sentences, rows, or both; None for nothing.

    Raises TypeError where it is neither.
    """
    if given is None:
        return None
    if isinstance(given, str):
        return Given(given.splitlines(), None)
    if isinstance(given, Mapping):
        unknown = set(given) - {"sentence", "rows"}
        if unknown:
            raise TypeError(
                f"{argument} holds {shown(sorted(unknown, key=str))}; a dict has a "
                "'sentence', 'rows', or both."
            )
        rows = given.get("rows") or []
        words = str(given.get("sentence") or "").splitlines()
        return Given(words, table_of(rows, argument=f"{argument}['rows']"))
    if isinstance(given, TrustReport):
        given = told_verdicts(given.verdicts)
        return Given(given["sentence"].splitlines(), table_of(given["rows"]))
    if hasattr(given, "to_rows"):
        return Given([], table_of(given.to_rows(), argument=argument))
    table = table_of(given, argument=argument)
    return None if table is None else Given([], table)


def told_verdicts(verdicts: Sequence[MapVerdict]) -> dict[str, Any]:
    """Return how many maps have which verdict, and rows that begin with it."""
    counts = Counter(one.verdict for one in verdicts)
    first = ("name", "verdict", "sentence")
    rows = [
        {name: row[name] for name in first}
        | {name: value for name, value in row.items() if name not in (*first, "kind")}
        for row in (dict(vars(one)) for one in verdicts)
    ]
    summary = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    n_seeds = max((one.n_seeds for one in verdicts), default=0)
    words = (
        f"Factors and clusters: {summary}.\n"
        f"Networks of other seeds that were trained: {n_seeds}."
    )
    said = "\n".join(filter(None, [words, words_on_number(verdicts)]))
    return {"sentence": said if rows else "", "rows": rows}
