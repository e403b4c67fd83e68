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
from sklearn_microarch.sheets._file_fingerprint import file_fingerprint


@dataclass(frozen=True, eq=False)
class AnnotatedSection:
    """One section with its regions."""

    image: SliceImage
    rois: RoiMap
    picture: Path
    annotation: Path

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
            "annotation": self.annotation.name,
            "fingerprint": str(joblib.hash(np.ascontiguousarray(self.image.pixels))),
            "annotation_fingerprint": file_fingerprint(self.annotation),
            "pixel_size_um": None if size is None else float(size),
            "shape": list(self.image.shape),
        }


def read_annotated(
    sheet: Sheet,
    *,
    picture: Mapping[str, Any],
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
    found = [
        AnnotatedSection(image, rois, section.image, section.rois)
        for section, image in zip(sheet, images, strict=True)
        if section.rois is not None and (rois := section.read_rois(image)) is not None
    ]
    regrouped = regroup([one.rois for one in found], merge=merge, exclude=exclude)
    return [
        AnnotatedSection(one.image, rois, one.picture, one.annotation)
        for one, rois in zip(found, regrouped, strict=True)
    ], bare


def regroup(
    several: Sequence[RoiMap],
    *,
    merge: Mapping[str, Sequence[str]],
    exclude: Sequence[str],
) -> list[RoiMap]:
    """Leave regions out, then merge others, on each section what is there of them.

    ValueError where a region is on no section; the message names those that are.
    """
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
