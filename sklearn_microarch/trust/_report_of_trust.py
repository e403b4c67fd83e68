"""A verdict for every factor and cluster, as a table and in files."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path

from sklearn_microarch._format_table import count_of, decimals, format_table
from sklearn_microarch.anatomy._table_file import write_rows
from sklearn_microarch.trust._map_verdict import MapVerdict
from sklearn_microarch.trust._select_again import THRESHOLDS
from sklearn_microarch.trust.again._number_of_clusters import words_on_number

# Whether a region is followed with shading taken out.
_FLAT = {True: "holds", False: "lost", None: "-"}
_OF_LAYERS = ("depth", "p redrawn")


@dataclass(frozen=True, eq=False, repr=False)
class TrustReport:
    """A verdict for every factor and cluster of a pipeline.

    Made by `trust_report`; ``print(report)`` shows a table.

    Parameters
    ----------
    verdicts : tuple of MapVerdict
        Factors first, then clusters.
    n_shifts : int
        Times that the labels were moved, and random maps drawn.
    n_placements : int
        Places inside the tissue that the labels could be moved to, of the slice that
        has the fewest.
    n_dropped : int
        Places that were left out, as less than 80 % of the labels would have stayed in
        the tissue; of those that keep half.
    n_seeds : int
        Networks of other seeds.
    n_blocks : int
        Annotated blocks, of two patches' edge.

    See Also
    --------
    trust_report : Makes it, and says by which rules.

    Examples
    --------
    >>> from sklearn_microarch.trust import TrustReport
    >>> nothing = TrustReport((), 199, 512, 90, 5, 60)
    >>> nothing.to_rows(), nothing.verdicts
    ([], ())
    """

    verdicts: tuple[MapVerdict, ...]
    n_shifts: int
    n_placements: int
    n_dropped: int
    n_seeds: int
    n_blocks: int

    def to_rows(self) -> list[dict[str, object]]:
        """Return a row for each map; ``pandas.DataFrame(rows)`` makes a table of it.

        Returns
        -------
        rows : list of dict
            Values by column, as `MapVerdict` has them.
        """
        return [dict(vars(one)) for one in self.verdicts]

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the table to a file.

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
        ValueError
            If there is no verdict to write.
        """
        rows = self.to_rows()
        if not rows:
            raise ValueError("the report is empty; it has no factor and no cluster.")
        return write_rows(path, rows, list(rows[0]), overwrite=overwrite)

    def __repr__(self) -> str:
        counts = Counter(one.verdict for one in self.verdicts)
        words = ", ".join(f"{count} {word}" for word, count in counts.items())
        return f"TrustReport({words})"

    def __str__(self) -> str:
        if not self.verdicts:
            return "no factors and no clusters"
        rows = [
            {
                "": one.name,
                "verdict": one.verdict,
                "region": one.region,
                "AUC": decimals(one.auc, 2),
                "p moved": decimals(one.p_moved_labels),
                "p random": decimals(one.p_surrogates),
                "regions": decimals(one.by_regions, 2),
                "nuisance": f"{one.nuisance} {decimals(one.by_nuisance, 2)}",
                "flat": _FLAT[one.holds_flat],
                "depth": decimals(one.by_depth, 2),
                "p redrawn": decimals(one.p_redrawn),
                "beyond logits": decimals(one.beyond_logits, 2),
                "again": decimals(one.again, 2),
                "inside": decimals(one.again_within, 2),
                "p inside": decimals(one.p_within),
                "chosen for": _chosen(one),
                "why": one.sentence,
            }
            for one in self.verdicts
        ]
        layers = any(not isnan(one.by_depth) for one in self.verdicts)
        table = [
            {name: row[name] for name in row if layers or name not in _OF_LAYERS}
            for row in rows
        ]
        asked = (
            f"{count_of(self.n_seeds, 'other network')}; labels moved "
            f"{count_of(self.n_shifts, 'time')} among "
            f"{count_of(self.n_placements, 'place')} inside the tissue, "
            f"{self.n_dropped} left out; {count_of(self.n_blocks, 'block')}."
        )
        words = _words_on_selection(self.verdicts), words_on_number(self.verdicts)
        return "\n".join([format_table(table), "", asked, *filter(None, words)])


def _chosen(one: MapVerdict) -> str:
    """Return the region a factor is chosen for, and whether thresholds change it."""
    word = one.selected or ("-" if one.selection_holds is not False else "none")
    return f"{word} (changes)" if one.selection_holds is False else word


def _words_on_selection(verdicts: Sequence[MapVerdict]) -> str:
    """Return whether traces of a factor decide what is chosen; "" without choice."""
    holds = [one.selection_holds for one in verdicts if one.selection_holds is not None]
    if not holds:
        return ""
    shares = " or ".join(f"{share:g}" for share in THRESHOLDS[1:])
    is_same = "is the same"
    if not all(holds):
        is_same = f"changes for {holds.count(False)} of {len(holds)} factors"
    return (
        f"The choice of factors {is_same} if a factor is active only above {shares} "
        "of its 99th percentile."
    )
