"""What the statistics of a study consist of, in words and in files."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

from sklearn_microarch._arguments._numbers import check_path, check_switch
from sklearn_microarch._whole import replace_file
from sklearn_microarch.anatomy import GroupComparison, RegionalTable


@dataclass(frozen=True, eq=False, repr=False)
class StudyStatistics:
    """The table of a study's maps, the groups compared, and how to report it.

    Made by `study_statistics`; ``print(result)`` shows it.

    Parameters
    ----------
    table : RegionalTable
        A row per section, region, and factor or cluster, as `regional_summary` gives
        it, with the columns of the sheet.
    comparison : GroupComparison or None
        Two groups of animals, where they were asked for.
    methods : str
        A sentence for the methods section of a paper.
    missing : tuple of str
        Sections of the sheet that have no maps.
    notes : tuple of str
        What to know before the numbers are used, a sentence each.

    See Also
    --------
    study_statistics : Makes it.

    Examples
    --------
    >>> from sklearn_microarch.anatomy import RegionalTable
    >>> from sklearn_microarch.studies import StudyStatistics
    >>> table = RegionalTable({"specimen": ["m1"], "slice": ["s1"], "region": ["CTX"]})
    >>> StudyStatistics(table, None, "Maps were averaged.", ("s2",), ())
    StudyStatistics(1 rows of 1 animals)
    """

    table: RegionalTable
    comparison: GroupComparison | None
    methods: str
    missing: tuple[str, ...]
    notes: tuple[str, ...]

    def save(self, folder: str | Path, *, overwrite: bool = False) -> list[Path]:
        """Write the tables as CSV, and the sentence as a text.

        Parameters
        ----------
        folder : path-like
            Where to write; it is made when missing.
        overwrite : bool, default=False
            Replace files of these names that are there.

        Returns
        -------
        paths : list of Path
            ``regions.csv``, ``comparison.csv`` where groups were compared, and
            ``methods.txt``.

        Raises
        ------
        FileExistsError
            If a file is there and is not to be replaced; none is written then.
        TypeError
            If ``folder`` is no path.
        """
        folder = check_path("folder", folder)
        names = ["regions.csv", "comparison.csv", "methods.txt"]
        if self.comparison is None:
            names.remove("comparison.csv")
        paths = [folder / name for name in names]
        taken = [str(path) for path in paths if path.exists()]
        if taken and not check_switch("overwrite", overwrite):
            raise FileExistsError(
                f"{', '.join(taken)} exist; pass overwrite=True to replace them, or "
                "another folder."
            )
        folder.mkdir(parents=True, exist_ok=True)
        self.table.to_csv(paths[0], overwrite=True)
        if self.comparison is not None:
            self.comparison.to_csv(paths[1], overwrite=True)
        with replace_file(paths[-1]) as file:
            file.write(f"{self.methods}\n".encode())
        return paths

    def __str__(self) -> str:
        parts = [] if self.comparison is None else [str(self.comparison)]
        parts += [fill(note, 88) for note in self.notes]
        parts.append("For the methods section:\n" + fill(self.methods, 88))
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        n_animals = len(set(self.table["specimen"].tolist()))
        return f"StudyStatistics({len(self.table)} rows of {n_animals} animals)"
