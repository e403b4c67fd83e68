"""The slices to map, each read only when its turn comes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sklearn_microarch._arguments._collections import check_several
from sklearn_microarch._arguments._numbers import check_path
from sklearn_microarch.images import SliceImage
from sklearn_microarch.mapping.sinks._tiff_folder import stem_of
from sklearn_microarch.sheets import Section, Sheet, read_sheet


@dataclass(frozen=True)
class SliceJob:
    """One slice: what it is called, and how it is read."""

    name: str
    animal: str | None
    read: Callable[[], SliceImage]
    # Where it comes from, for messages and comparisons.
    picture: Path | None = None
    annotation: Path | None = None

    @property
    def stem(self) -> str:
        """What the files of the slice are named after."""
        return stem_of(self.name)


def slice_jobs(
    slices: Sheet | str | Path | SliceImage | Sequence[SliceImage],
    picture: Mapping[str, Any],
) -> list[SliceJob]:
    """Return a job for each slice; ValueError where two would have the same files."""
    if isinstance(slices, SliceImage):
        slices = [slices]
    if isinstance(slices, str | Path):
        slices = read_sheet(check_path("slices", slices))
    if isinstance(slices, Sheet):
        jobs = list(_of_sheet(slices, picture))
    else:
        jobs = [
            SliceJob(one.name or "slice", one.specimen, partial(_given, one))
            for one in _checked(slices)
        ]
    if not jobs:
        raise ValueError("there is no slice to map: slices is empty.")
    _refuse_twins(jobs)
    return jobs


def _checked(slices: Any) -> list[SliceImage]:  # noqa: ANN401 - checked here
    images = check_several("slices", slices)
    for at, image in enumerate(images):
        if not isinstance(image, SliceImage):
            raise TypeError(
                f"slices[{at}] is a {type(image).__name__}; it must be a SliceImage, "
                "as read_image gives it. Files are listed in a sheet."
            )
    return images


def _given(image: SliceImage) -> SliceImage:
    return image


def _of_sheet(sheet: Sheet, picture: Mapping[str, Any]) -> Iterator[SliceJob]:
    for section in sheet:
        yield SliceJob(
            section.name,
            section.animal or None,
            partial(_read_section, sheet, section, picture),
            section.image,
            section.rois,
        )


def _read_section(
    sheet: Sheet, section: Section, picture: Mapping[str, Any]
) -> SliceImage:
    """Read a section; those that are normalized together with it are looked at too."""
    together = [one for one in sheet if one.normalize_by == section.normalize_by]
    if section.normalize_by is None or len(together) == 1:
        return section.read_image(**picture)
    images = Sheet(together, path=sheet.path).read_images(**picture)
    return images[together.index(section)]


def _refuse_twins(jobs: Sequence[SliceJob]) -> None:
    """Raise ValueError where the maps of two slices would have the same files."""
    seen: dict[str, SliceJob] = {}
    for job in jobs:
        # As file systems that know no capitals tell them apart.
        stem = job.stem.lower()
        if stem in seen:
            places = [str(one.picture or one.name) for one in (seen[stem], job)]
            raise ValueError(
                f"two slices are named {job.name!r}, so that their maps would have the "
                f"same files: {places[0]} and {places[1]}. Rename one, or map them "
                "into two folders."
            )
        seen[stem] = job
