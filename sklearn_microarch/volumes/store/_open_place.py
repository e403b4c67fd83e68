"""Where the maps of a volume are built, and whether maps that stand there are of it."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sklearn_microarch._whole import Place
from sklearn_microarch.exceptions import OtherMapsError
from sklearn_microarch.images import read_ome_zarr_provenance
from sklearn_microarch.images.ome_zarr._check_output import check_output
from sklearn_microarch.mapping.reading._plane_record import says_volume
from sklearn_microarch.mapping.resume._compare_records import differences, task_of
from sklearn_microarch.volumes._volume import Volume
from sklearn_microarch.volumes.store._stored_grey_levels import keep_grey_levels
from sklearn_microarch.volumes.store._volume_layout import VolumeLayout
from sklearn_microarch.volumes.store._volume_store import make_volume


def open_place(
    path: Path,
    place: Place,
    layout: VolumeLayout,
    record: Mapping[str, Any],
    *,
    volume: Volume,
    resume: bool,
    overwrite: bool,
) -> Path:
    """Return the folder to map into: ``path``, or one that replaces it in the end.

    FileExistsError where something stands there that may not be replaced, and
    OtherMapsError where they are other maps. The place is held.
    """
    if not path.exists():
        _make(path, place, layout, record, volume)
        return path
    check_output(path, overwrite=overwrite or resume)
    unlike = _differences(path, record)
    if resume and not unlike:
        return path
    if not overwrite:
        raise OtherMapsError(
            f"{path} holds maps that differ from those asked for in "
            f"{', '.join(unlike)}. Pass overwrite=True to replace them, or choose "
            "another place."
        )
    beside = place.work / "volume"
    if beside.exists() and not (resume and not _differences(beside, record)):
        shutil.rmtree(beside)
    if not beside.exists():
        _make(beside, place, layout, record, volume)
    return beside


def close_place(folder: Path, path: Path, place: Place) -> None:
    """Put what was mapped beside earlier maps in their place."""
    if folder != path:
        folder.rename(place.new / path.name)
        place.commit()


def _make(
    folder: Path,
    place: Place,
    layout: VolumeLayout,
    record: Mapping[str, Any],
    volume: Volume,
) -> None:
    # In one move, so that no kill leaves a part of it.
    made = place.new / "made"
    make_volume(made, layout, record)
    keep_grey_levels(made, volume.grey_levels, volume.grey_course)
    made.rename(folder)


def _differences(path: Path, record: Mapping[str, Any]) -> list[str]:
    found = read_ome_zarr_provenance(path)
    if not says_volume(found):
        return ["that they are of a single slice"]
    ours, theirs = task_of(record), task_of(found)
    planes = [task["image"].pop("planes", None) or {} for task in (ours, theirs)]
    unlike = differences(ours, theirs)
    # A plane that could not be read, in one run or the other, tells nothing.
    changed = any(
        None not in (one, planes[1].get(at, one)) and one != planes[1].get(at, one)
        for at, one in planes[0].items()
    )
    return [*(["the pixels of the volume"] if changed else []), *unlike]
