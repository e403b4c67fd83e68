"""A finished page: shown in a notebook, or written to a file."""

from dataclasses import dataclass
from html import escape
from pathlib import Path

from sklearn_microarch._arguments._numbers import check_path, check_switch
from sklearn_microarch._whole import replace_file

# Pixels of a notebook that the page takes, below which it scrolls.
_NOTEBOOK_HEIGHT = 800


@dataclass(frozen=True, eq=False, repr=False)
class ReportPage:
    """One HTML page that needs no other file and no network.

    Made by `generate_report`. In a notebook the page shows itself.

    Parameters
    ----------
    html : str
        The whole page.
    title : str
        Its title.
    slice_sizes : dict of str to int, unit: bytes
        What each slice takes of the page.

    See Also
    --------
    generate_report : Makes it.

    Examples
    --------
    >>> from sklearn_microarch.report import ReportPage
    >>> ReportPage("<!doctype html><title>z309</title>", "z309", {})
    ReportPage('z309', 0 slices, 0.0 MB)
    """

    html: str
    title: str
    slice_sizes: dict[str, int]

    @property
    def n_bytes(self) -> int:
        """Size of the page as a file, in bytes."""
        return len(self.html.encode())

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the page to a file, whole or not at all.

        Parameters
        ----------
        path : path-like
            The file, such as ``"z309.html"``; any browser opens it.
        overwrite : bool, default=False
            Whether a file that is there may be replaced.

        Returns
        -------
        path : Path
            Where the page is.

        Raises
        ------
        FileExistsError
            If a file is there that may not be replaced.
        FileNotFoundError
            If the folder is missing.
        OSError
            If the file cannot be written; an earlier one is untouched then.
        TypeError
            If ``path`` is no path, or ``overwrite`` neither True nor False.
        """
        target = check_path("path", path)
        if not check_switch("overwrite", overwrite) and target.exists():
            raise FileExistsError(
                f"{target} exists; overwrite=True replaces it, or choose another path."
            )
        if not target.parent.is_dir():
            raise FileNotFoundError(
                f"there is no folder {target.parent} to write {target.name} to; make "
                "it first, or choose another path."
            )
        with replace_file(target) as file:
            file.write(self.html.encode())
        return target

    def _repr_html_(self) -> str:
        # A frame of its own: the page's styles and scripts stay out of the notebook.
        return (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="allow-scripts" '
            f'title="{escape(self.title)}" width="100%" height="{_NOTEBOOK_HEIGHT}" '
            'style="border: 1px solid #767676"></iframe>'
        )

    def __repr__(self) -> str:
        n_slices = len(self.slice_sizes)
        slices = "1 slice" if n_slices == 1 else f"{n_slices} slices"
        return f"ReportPage({self.title!r}, {slices}, {self.n_bytes / 1e6:.1f} MB)"
