"""Put the maps of a study in one table, and compare its groups of animals."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sklearn_microarch._arguments._collections import check_mapping
from sklearn_microarch._arguments._numbers import (
    check_option,
    check_path,
    check_strings,
    shown,
)
from sklearn_microarch.anatomy import (
    RegionalTable,
    compare_groups,
    regional_summary,
)
from sklearn_microarch.exceptions import DifferentModelsError
from sklearn_microarch.model_file import read_manifest
from sklearn_microarch.sheets import Sheet, read_sheet
from sklearn_microarch.sheets._file_fingerprint import changed_since
from sklearn_microarch.studies.statistics._methods_sentence import methods_sentence
from sklearn_microarch.studies.statistics._stored_maps import (
    StoredSection,
    open_sections,
)
from sklearn_microarch.studies.statistics._study_table import StudyStatistics
from sklearn_microarch.studies.training._annotated_sections import regroup


def study_statistics(
    sheet: Sheet | str | Path,
    maps: str | Path,
    *,
    compare: str | None = None,
    groups: Sequence[str] | None = None,
    pair: str | None = None,
    measure: str = "loading",
    regions: Sequence[str] | None = None,
    factors: Sequence[str] | None = None,
    source: str = "auto",
    to_level: Sequence[str | int] = (),
    merge: Mapping[str, Sequence[str]] | None = None,
    exclude: Sequence[str] = (),
    model: str | Path | None = None,
    picture: Mapping[str, Any] | None = None,
    n_permutations: int = 9999,
    random_state: int | np.random.RandomState | None = 0,
) -> StudyStatistics:
    """Put the maps of a study in one table, and compare two groups of its animals.

    Parameters
    ----------
    sheet : Sheet or path-like
        The sections; animal, group, side, height and further columns go into the table.
    maps : path-like
        The folder they were mapped to, with OME-Zarr images or TIFF files.
    compare : str or None, default=None
        Column that tells two groups apart, such as "group" or one of the sheet's own.
        None: the table only.
    groups : sequence of two str, default=None
        Which two, and their order; see `compare_groups`.
    pair : {"side"} or None, default=None
        "side": compare both sides of each animal.
    measure : str, default="loading"
        What is compared; see `compare_groups`.
    regions, factors : sequence of str, default=None
        The regions, and the factors or clusters by their name in the table, that the
        question is about: what is compared, and corrected for. None: all.
    source : {"auto", "annotation", "predicted"}, default="auto"
        Where regions come from. "auto": the annotation where every section with maps
        has one, else the predicted regions of all.
    to_level, merge, exclude : sequence, mapping, sequence of str
        Levels of the atlas to bring regions of the annotation to, regions to make one,
        and to leave out, as in `train_study`.
    model : path-like or None, default=None
        The file of the model. Where it is given, the maps must be of this model, and
        annotations that changed since it was trained are named.
    picture : mapping or None, default=None
        How pictures are read: arguments of `read_image`, as for `map_study`.
    n_permutations : int, default=9999
        See `compare_groups`.
    random_state : int, RandomState instance or None, default=0
        See `compare_groups`.

    Returns
    -------
    result : StudyStatistics
        Print it; ``save`` writes it.

    Raises
    ------
    FileNotFoundError
        If the folder, or any map of the sections, is missing.
    DifferentModelsError
        If maps are of several models or settings, or of another model than ``model``.
    SheetError
        If the animal of a section is not known.
    ValueError
        If a picture is not the one that was mapped, a region or factor is unknown, or
        groups cannot be compared.

    See Also
    --------
    map_study : Makes the maps.
    compare_groups : Compares groups by any such table.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn_microarch import PatchSampler, make_microarch_pipeline, map_slice
    >>> from sklearn_microarch.datasets import make_thalamocortical_phantom
    >>> from sklearn_microarch.images import write_tiff
    >>> from sklearn_microarch.sheets import Section, Sheet
    >>> from sklearn_microarch.studies import study_statistics
    >>> phantom = make_thalamocortical_phantom(
    ...     shape=(192, 768), six_class=True, random_state=0
    ... )
    >>> image = phantom.images[0].replace(name="s1")
    >>> sampler = PatchSampler(24, n_patches_per_roi=40, random_state=0)
    >>> pipe = make_microarch_pipeline(sampler=sampler, n_components=8, random_state=0)
    >>> pipe = pipe.set_params(features__max_epochs=1)
    >>> pipe = pipe.fit(*sampler.sample(image, phantom.rois[0]))
    >>> with TemporaryDirectory() as folder:
    ...     path = write_tiff(Path(folder) / "s1.tif", image)
    ...     maps = map_slice(pipe, image, stride=16, out=f"{folder}/s1.zarr")
    ...     sheet = Sheet([Section(path, animal="m1", details={"sex": "f"})])
    ...     result = study_statistics(sheet, folder)
    >>> sorted(set(result.table["sex"].tolist()))
    ['f']
    """
    source = check_option("source", source, ("auto", "annotation", "predicted"))
    sheet = (
        sheet if isinstance(sheet, Sheet) else read_sheet(check_path("sheet", sheet))
    )
    sheet.require_animals()
    settings = check_mapping("picture", picture)
    found, missing = open_sections(sheet, check_path("maps", maps), settings)
    notes = _say_what_is_missing(missing)
    if model is not None:
        notes += _changed_since(check_path("model", model), found)
    asked = {"to_level": to_level, "merge": merge or {}, "exclude": exclude}
    table = _table_of(found, source, asked, notes)
    columns = {name: table[name] for name in table.columns}
    comparison = None
    if compare is not None:
        columns = _keep(columns, regions, factors)
        comparison = compare_groups(
            columns,
            compare,
            measure=measure,
            groups=groups,
            pair=pair,
            n_permutations=n_permutations,
            random_state=random_state,
        )
    return StudyStatistics(
        table,
        comparison,
        methods_sentence(columns, comparison, group=compare or "group"),
        tuple(missing),
        tuple(notes),
    )


def _say_what_is_missing(missing: Sequence[str]) -> list[str]:
    if not missing:
        return []
    return [f"Without maps, and left out: {', '.join(missing)}."]


def _changed_since(model: Path, found: Sequence[StoredSection]) -> list[str]:
    """Return what to know of the files a model was trained on.

    DifferentModelsError where maps are of another model.
    """
    manifest = read_manifest(model)
    own = (manifest.get("model") or {}).get("fingerprint")
    made_by = (found[0].record.get("model") or {}).get("fingerprint")
    if own and made_by and own != made_by:
        raise DifferentModelsError(
            f"the maps were not made with {model}: the model changed since, or was "
            "trained anew. Map the sheet with it first."
        )
    known = (manifest.get("facts") or {}).get("annotations") or {}
    changed = [
        one.section.rois.name
        for one in found
        if one.section.rois is not None and changed_since(known, one.section.rois)
    ]
    if not changed:
        return []
    return [
        f"Changed since the model was trained: {', '.join(changed)}. Regions are those "
        "of the files as they are now; train and map anew to have the maps follow."
    ]


def _table_of(
    found: Sequence[StoredSection],
    source: str,
    asked: Mapping[str, Any],
    notes: list[str],
) -> RegionalTable:
    """Return the table of all sections, and note what its regions are."""
    bare = [one.name for one in found if one.rois is None]
    if source == "annotation" and bare:
        raise ValueError(
            f"source='annotation', but {', '.join(bare)} have none; fill the column "
            "rois of the sheet, or use the predicted regions."
        )
    maps = [one.maps for one in found]
    if source == "predicted" or bare:
        if bare and source == "auto" and len(bare) < len(found):
            notes.append(
                f"{len(bare)} of {len(found)} sections have no annotation, so that "
                "predicted regions are used for all."
            )
        if any(asked.values()):
            raise ValueError(
                f"{', '.join(asked)} are about annotated regions, and predicted ones "
                "are used here; leave them out."
            )
        table = regional_summary(maps)
    else:
        rois = [one.rois for one in found if one.rois is not None]
        table = regional_summary(maps, regroup(rois, **asked))
    return RegionalTable(table)


def _keep(
    columns: dict[str, np.ndarray],
    regions: Sequence[str] | None,
    factors: Sequence[str] | None,
) -> dict[str, np.ndarray]:
    """Return the rows of some regions and factors; ValueError where one is unknown."""
    kept = np.ones(len(columns["region"]), dtype=bool)
    for argument, column, asked in (
        ("regions", "region", regions),
        ("factors", "name", factors),
    ):
        if asked is None:
            continue
        names = check_strings(argument, asked)
        known = sorted(set(columns[column].tolist()))
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ValueError(
                f"{argument}={shown(unknown)} are not in the table; there are "
                f"{', '.join(known)}."
            )
        kept &= np.isin(columns[column], names)
    return {name: values[kept] for name, values in columns.items()}
