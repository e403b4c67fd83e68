"""The maps on disk of each section of a sheet, checked to be of one kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.exceptions import DifferentModelsError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.mapping import MicroarchMaps, open_maps
from sklearn_microarch.mapping.sinks._tiff_folder import stem_of
from sklearn_microarch.sheets import Section, Sheet

_ENDINGS = (".zarr", ".ome.zarr")
# What makes values another thing; the device and threads do not.
_SETTINGS = ("mask", "dense", "precision")


@dataclass(frozen=True, eq=False)
class StoredSection:
    """A section and its maps."""

    section: Section
    maps: MicroarchMaps
    # None where the section is not annotated.
    rois: RoiMap | None

    @property
    def name(self) -> str:
        """What the section is called."""
        return self.section.name

    @property
    def record(self) -> Mapping[str, Any]:
        """How the maps came about."""
        return self.maps.record


def open_sections(
    sheet: Sheet, folder: Path, picture: Mapping[str, Any]
) -> tuple[list[StoredSection], list[str]]:
    """Open the maps of all sections; return them and the names of those without.

    FileNotFoundError where no section has maps, DifferentModelsError where they are of
    several models or settings.
    """
    if not folder.is_dir():
        raise FileNotFoundError(
            f"there is no folder {folder}; map the sheet first, or say where maps are."
        )
    found, missing = [], []
    for section in sheet:
        place = _place_of(section, folder)
        if place is None:
            missing.append(section.name)
        else:
            found.append(_open(section, place, picture))
    if not found:
        raise FileNotFoundError(
            f"{folder} holds no maps of the sections of the sheet "
            f"({shown(missing)}); map the sheet into it first."
        )
    _check_alike(found)
    return found, missing


def _place_of(section: Section, folder: Path) -> Path | None:
    """Return the OME-Zarr image of a section's maps, or the record of its files."""
    stem = stem_of(section.name)
    for ending in _ENDINGS:
        place = folder / f"{stem}{ending}"
        if place.is_dir():
            return place
    record = folder / f"{stem}_maps.json"
    return record if record.is_file() else None


def _open(section: Section, place: Path, picture: Mapping[str, Any]) -> StoredSection:
    if place.suffix == ".json":
        maps = open_maps(place.parent, name=section.name)
    else:
        maps = open_maps(place)
    image = section.read_image(**picture)
    _check_picture(section, image, maps.record)
    return StoredSection(section, maps.replace(image=image), section.read_rois(image))


def _check_picture(
    section: Section, image: SliceImage, record: Mapping[str, Any]
) -> None:
    """Raise ValueError where a picture is not the one that was mapped."""
    known = (record.get("image") or {}).get("fingerprint")
    if known is not None and known != joblib.hash(np.ascontiguousarray(image.pixels)):
        raise ValueError(
            f"{section.image} is not the picture that the maps of {section.name!r} "
            "were made of: the file changed since, or it was read in another way. Map "
            "it anew, or give the same options as to map."
        )


def _check_alike(several: Sequence[StoredSection]) -> None:
    first = several[0]
    for one in several[1:]:
        for what, ours, others in _differences(first, one):
            raise DifferentModelsError(
                f"the maps of {one.name!r} were made with another {what} than those of "
                f"{first.name!r} ({shown(others)} and {shown(ours)}), so that their "
                "values cannot stand in one table; map all sections in one way."
            )


def _differences(
    first: StoredSection, other: StoredSection
) -> list[tuple[str, object, object]]:
    """Return what is unlike in how two sections were mapped."""
    pairs = [
        (what, _settings_of(first)[what], _settings_of(other)[what])
        for what in _settings_of(first)
    ]
    return [(what, ours, others) for what, ours, others in pairs if ours != others]


def _settings_of(one: StoredSection) -> dict[str, object]:
    model, settings = (one.record.get(key) or {} for key in ("model", "settings"))
    versions = one.record.get("versions") or {}
    cell = one.maps.cell_size_um
    found: dict[str, object] = {
        "model": model.get("fingerprint"),
        "version of this library": versions.get("sklearn_microarch"),
        "distance of values (stride), in um": None if cell is None else round(cell, 2),
    }
    # A mask belongs to its slice: that there is one is what differs.
    return found | {
        name: settings.get(name) is not None if name == "mask" else settings.get(name)
        for name in _SETTINGS
    }
