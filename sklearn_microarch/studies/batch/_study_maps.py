"""What came of mapping many slices: one line for each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class MappedSlice:
    """What became of one slice.

    Parameters
    ----------
    name : str
        Of the slice.
    animal : str or None
        Its specimen.
    status : {"mapped", "found", "failed"}
        "found": the same maps were there already, and nothing was computed.
    message : str
        Whether the slice is like those the model knows, and how much of its tissue is
        unknown; of a slice that failed, why.
    unknown_share : float or None
        Share of the mapped cells with a novelty above 1; None where it is not known.
    drift : str or None
        Verdict of the comparison with what the model knows.
    files : tuple of Path
        What was written.
    seconds : float
        Time it took.
    error : Exception or None
        What a slice failed of.

    Examples
    --------
    >>> from sklearn_microarch.studies import MappedSlice
    >>> print(MappedSlice("m1_s1", "m1", "failed", "cannot be read"))
    m1_s1: failed: cannot be read
    """

    name: str
    animal: str | None
    status: str
    message: str
    unknown_share: float | None = None
    drift: str | None = None
    files: tuple[Path, ...] = ()
    seconds: float = 0.0
    error: Exception | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.name}: {_WORDS[self.status]}{self.message}"

    def after(self, seconds: float) -> "MappedSlice":
        """Return the same with the time it took.

        Parameters
        ----------
        seconds : float
            The time.

        Returns
        -------
        mapped : MappedSlice
            A copy.
        """
        return replace(self, seconds=round(seconds, 1))

    def to_row(self) -> dict[str, Any]:
        """Return what became of the slice, as plain JSON values.

        Returns
        -------
        row : dict
            The parameters but ``error``; files as str.
        """
        plain = {name: value for name, value in vars(self).items() if name != "error"}
        return plain | {"files": [str(path) for path in self.files]}


_WORDS = {
    "mapped": "",
    "found": "mapped before; ",
    "failed": "failed: ",
}


@dataclass(frozen=True, eq=False, repr=False)
class StudyMaps:
    """What came of mapping the slices of a study; print it for a line each.

    Parameters
    ----------
    folder : Path
        Where the maps are.
    slices : tuple of MappedSlice
        In the order given.
    table : Path or None, default=None
        The table of regions, where it was asked for.

    See Also
    --------
    map_study : Makes it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sklearn_microarch.studies import MappedSlice, StudyMaps
    >>> done = MappedSlice("m1_s1", "m1", "mapped", "like the slices the model knows")
    >>> print(StudyMaps(Path("maps"), (done,)))
    m1_s1: like the slices the model knows
    1 of 1 slice mapped in maps
    """

    folder: Path
    slices: Sequence[MappedSlice]
    table: Path | None = None

    @property
    def failed(self) -> list[MappedSlice]:
        """The slices that could not be mapped."""
        return [one for one in self.slices if one.status == "failed"]

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a row for each slice, as plain JSON values.

        Returns
        -------
        rows : list of dict
            See `MappedSlice`.
        """
        return [one.to_row() for one in self.slices]

    def summary(self) -> str:
        """Return in a line how many slices were mapped, and which were not.

        Returns
        -------
        words : str
            Such as "3 of 4 slices mapped in maps; 1 failed: m2_s1".
        """
        n_all, n_found = len(self.slices), self._count("found")
        n_there = self._count("mapped") + n_found
        s = "" if n_all == 1 else "s"
        words = f"{n_there} of {n_all} slice{s} mapped in {self.folder}"
        if n_found:
            words += f", {n_found} of them before"
        if self.failed:
            names = ", ".join(one.name for one in self.failed)
            words += f"; {len(self.failed)} failed: {names}"
        return words

    def _count(self, status: str) -> int:
        return sum(one.status == status for one in self.slices)

    def __repr__(self) -> str:
        return f"StudyMaps({self.summary()!r})"

    def __str__(self) -> str:
        return "\n".join([*map(str, self.slices), self.summary()])
