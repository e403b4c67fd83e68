"""The sections of a sheet that are annotated: pictures, regions, files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sheets import Sheet
from sklearn_microarch.sheets._file_fingerprint import (
    file_fingerprint,
    telling_names,
)


@dataclass(frozen=True, eq=False)
class AnnotatedSection:
    """One section with its regions."""

    image: SliceImage
    rois: RoiMap
    picture: Path
    annotation: Path
    # The name of that file, with folders where several have one name.
    annotation_name: str

    @property
    def name(self) -> str:
        """What the section is called."""
        return self.image.name

    def to_record(self) -> dict[str, Any]:
        """Return what the model keeps of the section, as plain JSON values."""
        size = self.image.pixel_size_um
        return {
            "name": self.name,
            "animal": self.image.specimen,
            "group": self.image.group,
            "file": self.picture.name,
            "annotation": self.annotation_name,
            "fingerprint": str(joblib.hash(np.ascontiguousarray(self.image.pixels))),
            "annotation_fingerprint": file_fingerprint(self.annotation),
            "pixel_size_um": None if size is None else float(size),
            "shape": list(self.image.shape),
        }


def read_annotated(
    sheet: Sheet,
    *,
    picture: Mapping[str, Any],
    to_level: Sequence[str | int] = (),
    merge: Mapping[str, Sequence[str]],
    exclude: Sequence[str],
) -> tuple[list[AnnotatedSection], list[str]]:
    """Read the annotated sections; return them and the names of the others.

    ValueError where none is annotated, or a region to merge or to exclude is on none.
    """
    bare = [section.name for section in sheet if section.rois is None]
    if len(bare) == len(sheet):
        raise ValueError(
            "no section has an annotation, so that there is nothing to train on; fill "
            "the column rois of the sheet."
        )
    images = sheet.read_images(**picture)
    annotated = [
        (section, image, rois)
        for section, image in zip(sheet, images, strict=True)
        if (rois := section.read_rois(image)) is not None
    ]
    regrouped = regroup(
        [rois for _, _, rois in annotated],
        to_level=to_level,
        merge=merge,
        exclude=exclude,
    )
    files = [section.rois for section, _, _ in annotated if section.rois is not None]
    return [
        AnnotatedSection(image, rois, section.image, file, name)
        for (section, image, _), rois, file, name in zip(
            annotated, regrouped, files, telling_names(files), strict=True
        )
    ], bare


def _to_level(rois: RoiMap, levels: Sequence[str | int]) -> RoiMap:
    try:
        return rois.to_level(levels)
    except (TypeError, ValueError) as error:
        raise type(error)(f"to_level={list(levels)}: {error}") from error


def regroup(
    several: Sequence[RoiMap],
    *,
    to_level: Sequence[str | int] = (),
    merge: Mapping[str, Sequence[str]],
    exclude: Sequence[str],
) -> list[RoiMap]:
    """Bring regions to levels of the atlas, leave some out, then merge others.

    ValueError where a region is on no section; the message names those that are.
    """
    if to_level:
        several = [_to_level(rois, to_level) for rois in several]
    known = {name for rois in several for name in rois.region_names}
    asked = {*exclude, *(name for parts in merge.values() for name in parts)}
    unknown = sorted(asked - known)
    if unknown:
        raise ValueError(
            f"no section has the region {', '.join(unknown)}; there are "
            f"{', '.join(sorted(known))}."
        )
    regrouped = []
    for rois in several:
        here = rois.exclude([name for name in exclude if name in rois.region_names])
        groups = {
            new: [part for part in parts if part in here.region_names]
            for new, parts in merge.items()
        }
        regrouped.append(here.merge({k: v for k, v in groups.items() if v}))
    return regrouped
