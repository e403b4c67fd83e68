"""The sections of a study, in order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, overload

from sklearn_microarch._arguments._collections import check_several
from sklearn_microarch._arguments._numbers import check_path, check_switch
from sklearn_microarch.exceptions import SheetError
from sklearn_microarch.images import SliceImage, share_grey_levels
from sklearn_microarch.sheets._section import Section
from sklearn_microarch.sheets.table._write_table_file import write_table_file


class Sheet(Sequence[Section]):
    """The sections of a study, in order.

    Parameters
    ----------
    sections : iterable of Section
        The sections.
    path : path-like or None, default=None
        The file they were read from.

    Raises
    ------
    SheetError
        If there is no section, or two have one name.
    TypeError
        If a section is no `Section`.

    See Also
    --------
    read_sheet : Reads a sheet from a CSV file.
    draft_sheet : Drafts one from a folder.

    Examples
    --------
    >>> from sklearn_microarch.sheets import Section, Sheet
    >>> sheet = Sheet([Section("a.tif", animal="m1"), Section("b.tif", animal="m2")])
    >>> sheet
    Sheet(2 sections of 2 animals)
    >>> sheet[1].name
    'b'
    """

    def __init__(
        self, sections: Iterable[Section], *, path: str | Path | None = None
    ) -> None:
        self._sections = tuple(check_several("sections", sections))
        self._path = None if path is None else check_path("path", path)
        for at, section in enumerate(self._sections):
            if not isinstance(section, Section):
                raise TypeError(
                    f"sections[{at}] is a {type(section).__name__}; it must be a "
                    "Section."
                )
        _check_names(self._sections)

    @property
    def path(self) -> Path | None:
        """The file the sections were read from, if any."""
        return self._path

    @property
    def animals(self) -> list[str]:
        """Animals, each once, in order; those not known are left out."""
        return list(dict.fromkeys(one.animal for one in self if one.animal))

    def read_images(self, **picture_settings: Any) -> list[SliceImage]:  # noqa: ANN401
        """Read the slices of all sections.

        Parameters
        ----------
        **picture_settings : object
            Arguments of `read_image`, for all sections.

        Returns
        -------
        images : list of SliceImage
            In order; sections with the same ``normalize_by`` share their grey levels.

        Raises
        ------
        OSError, TypeError, ValueError, ImportError
            If a file cannot be read; see `Section.read_image`.
        """
        images = [section.read_image(**picture_settings) for section in self]
        together = defaultdict(list)
        for at, section in enumerate(self):
            if section.normalize_by is not None:
                together[section.normalize_by].append(at)
        for places in together.values():
            shared = share_grey_levels([images[at] for at in places])
            for at, image in zip(places, shared, strict=True):
                images[at] = image
        return images

    def require_animals(self) -> None:
        """Check that the animal of every section is known.

        Raises
        ------
        SheetError
            If one is not; the message names the sections.
        """
        unknown = [section.name for section in self if not section.animal]
        if unknown:
            where = "the sheet" if self.path is None else str(self.path)
            raise SheetError(
                f"{where}: the animal of {', '.join(unknown)} is not known; fill the "
                "column animal, with the same word for sections of one animal. "
                "Statistics count animals, not sections."
            )

    def write(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the sheet as a CSV file.

        Parameters
        ----------
        path : path-like
            The file. Paths in it are relative to its folder where that is possible.
        overwrite : bool, default=False
            Whether a file that exists may be replaced.

        Returns
        -------
        path : Path
            The file, in UTF-8, which `read_sheet` reads and Excel opens.

        Raises
        ------
        FileExistsError
            If it exists, and ``overwrite`` is False.
        OSError
            If it cannot be written.
        """
        path = check_path("path", path)
        if path.exists() and not check_switch("overwrite", overwrite):
            raise FileExistsError(
                f"{path} exists; pass overwrite=True to replace it, or another name."
            )
        write_table_file(list(self), path)
        return path

    @overload
    def __getitem__(self, at: int) -> Section: ...
    @overload
    def __getitem__(self, at: slice) -> "Sheet": ...
    def __getitem__(self, at: int | slice) -> "Section | Sheet":
        if isinstance(at, slice):
            return Sheet(self._sections[at], path=self.path)
        return self._sections[at]

    def __len__(self) -> int:
        return len(self._sections)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sheet) and self._sections == other._sections

    def __repr__(self) -> str:
        s, a = "s" * (len(self) != 1), "s" * (len(self.animals) != 1)
        animals = f" of {len(self.animals)} animal{a}" if self.animals else ""
        return f"Sheet({len(self)} section{s}{animals})"


def _check_names(sections: Sequence[Section]) -> None:
    if not sections:
        raise SheetError(
            "there is no section: sections is empty; a sheet has at least one."
        )
    seen: dict[str, Section] = {}
    for section in sections:
        other = seen.setdefault(section.name, section)
        if other is section:
            continue
        if other.image == section.image:
            raise SheetError(f"{section.image} is given twice; leave one out.")
        raise SheetError(
            f"two sections are named {section.name!r}: {other.image} and "
            f"{section.image}. Rename one file, or give each section a name of its own "
            "in a column name."
        )
