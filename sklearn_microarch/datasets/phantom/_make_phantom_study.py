"""A folder of files as a study has them: slices, annotations, animals in two groups."""

import csv
import io
from pathlib import Path

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_path,
    check_switch,
)
from sklearn_microarch._whole import replace_file
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.datasets.phantom._make_thalamocortical_phantom import (
    make_thalamocortical_phantom,
)
from sklearn_microarch.datasets.phantom._write_roi_set import write_roi_set
from sklearn_microarch.images import SliceImage, write_tiff

GROUPS = ("control", "treated")
# Far enough that no cell is in two sections.
_BETWEEN_SECTIONS_UM = 100.0


def make_phantom_study(
    folder: str | Path,
    *,
    n_animals: int = 2,
    n_sections: int = 1,
    shape: tuple[int, int] = (600, 1800),
    effect: float = 0.6,
    variation: float = 0.3,
    overwrite: bool = False,
    random_state: int = 0,
) -> Path:
    """Write the files of a small study of two groups of animals, to try things on.

    Each section is an OME-TIFF file. Every other animal is annotated as QuPath would
    have it (``.geojson``), the others as ImageJ would (``_RoiSet.zip``). The sheet
    ``study.csv`` ties files, animals and groups together.

    Parameters
    ----------
    folder : path-like
        Made when missing.
    n_animals : int, default=2
        Animals of each group: "control" and "treated".
    n_sections : int, default=1
        Sections of each animal, 100 um apart.
    shape : tuple of int, default=(600, 1800), unit: pixels
        Height and width of a section; see `make_thalamocortical_phantom`.
    effect : float in [0, 2], default=0.6
        Cells in layer 4 of treated animals, as a share of those of controls; 1 for no
        effect.
    variation : float, default=0.3
        Natural variation between animals.
    overwrite : bool, default=False
        Whether files that exist may be replaced.
    random_state : int, default=0
        Seed of the first animal; the others have the next ones.

    Returns
    -------
    sheet : Path
        The sheet, with the columns image, rois, animal, group, z_um and sex.

    Raises
    ------
    FileExistsError
        If a file exists and ``overwrite`` is False.
    ImportError
        If the packages that write ImageJ's regions are not installed.
    TypeError, ValueError
        If an argument is out of range.

    See Also
    --------
    make_thalamocortical_phantom : Makes the sections.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn_microarch.datasets import make_phantom_study
    >>> with TemporaryDirectory() as folder:
    ...     sheet = make_phantom_study(folder, n_animals=1, shape=(96, 384))
    ...     sorted(path.name for path in sheet.parent.iterdir())
    ['m1_s1.geojson', 'm1_s1.ome.tif', 'm2_s1.ome.tif', 'm2_s1_RoiSet.zip', 'study.csv']
    """
    folder = check_path("folder", folder)
    n_animals = check_integer("n_animals", n_animals, minimum=1)
    n_sections = check_integer("n_sections", n_sections, minimum=1)
    effect = check_number("effect", effect, high=2.0)
    overwrite = check_switch("overwrite", overwrite)
    sheet = folder / "study.csv"
    if sheet.exists() and not overwrite:
        raise FileExistsError(
            f"{sheet} exists; pass overwrite=True to replace the study, or another "
            "folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for at in range(2 * n_animals):
        group, animal = GROUPS[at // n_animals], f"m{at + 1}"
        phantom = make_thalamocortical_phantom(
            n_sections,
            shape=shape,
            z_step_um=_BETWEEN_SECTIONS_UM,
            cells={"L4": effect} if group == "treated" else None,
            variation=variation,
            six_class=True,
            random_state=random_state + at,
        )
        for number, (image, codes) in enumerate(
            zip(phantom.images, phantom.rois, strict=True), start=1
        ):
            rois = RoiMap(codes, phantom.roi_names)
            names = _write_section(
                folder / f"{animal}_s{number}", image, rois, at, overwrite=overwrite
            )
            z_um = float(phantom.z_um[number - 1])
            rows.append([*names, animal, group, f"{z_um:g}", "fm"[at % 2]])
    _write_sheet(sheet, rows)
    return sheet


def _write_section(
    stem: Path, image: SliceImage, rois: RoiMap, animal: int, *, overwrite: bool
) -> list[str]:
    """Write a section and its annotation; return the names of both files."""
    picture = write_tiff(
        stem.with_name(f"{stem.name}.ome.tif"),
        image.replace(name=stem.name),
        overwrite=overwrite,
    )
    if animal % 2:
        annotation = stem.with_name(f"{stem.name}_RoiSet.zip")
        write_roi_set(rois, annotation)
    else:
        annotation = stem.with_name(f"{stem.name}.geojson")
        rois.write(annotation, image=image, overwrite=overwrite)
    return [picture.name, annotation.name]


def _write_sheet(path: Path, rows: list[list[str]]) -> None:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["image", "rois", "animal", "group", "z_um", "sex"])
    table.writerows(rows)
    with replace_file(path) as file:
        file.write(text.getvalue().encode())
