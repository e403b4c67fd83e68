"""Draft the sheet of a study from the names of its files."""

from pathlib import Path

from sklearn_microarch._arguments._numbers import check_path
from sklearn_microarch.exceptions import SheetError
from sklearn_microarch.sheets._sheet import Sheet
from sklearn_microarch.sheets.drafting._known_files import known_files
from sklearn_microarch.sheets.drafting._pair_files import pair_files


def draft_sheet(folder: str | Path) -> tuple[Sheet, list[str]]:
    """Draft the sheet of a study from the names of its files.

    Slices and annotations are paired where their names are equal but for the ending
    and a mark such as ``_rois``, ``_labels`` or ``_RoiSet``: ``a.tif`` with
    ``a.geojson``, ``a_RoiSet.zip`` or ``a_labels.tif``. Nothing is guessed: animals
    and groups are for you to fill in.

    Parameters
    ----------
    folder : path-like
        The folder; folders in it are looked into.

    Returns
    -------
    sheet : Sheet
        A section for each slice; write it with :meth:`Sheet.write`.
    left_over : list of str
        A sentence for each file that could not be paired.

    Raises
    ------
    NotADirectoryError
        If there is no such folder.
    SheetError
        If no file in it looks like a slice.

    See Also
    --------
    read_sheet : Reads the sheet once it is filled in.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn_microarch.sheets import draft_sheet
    >>> with TemporaryDirectory() as folder:
    ...     for name in ("a.tif", "a.geojson", "b.tif"):
    ...         Path(folder, name).touch()
    ...     sheet, left_over = draft_sheet(folder)
    >>> sheet[0].rois.name, sheet[1].rois
    ('a.geojson', None)
    >>> left_over
    ['b.tif: no annotation was found; column rois is empty.']
    """
    folder = check_path("folder", folder)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder; name that of the slices.")
    sections, left_over = pair_files(known_files(folder), folder)
    if not sections:
        raise SheetError(
            f"{folder} holds no file that looks like a slice (TIFF, SVS, NDPI, "
            "OME-Zarr, PNG, JPEG, NIfTI)."
        )
    return Sheet(sections), left_over
