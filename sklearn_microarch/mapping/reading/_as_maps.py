"""From the record of maps and their arrays, wherever they lie, to maps."""

from pathlib import Path
from typing import Any

from sklearn_microarch._arguments._numbers import check_strings
from sklearn_microarch.drift._drift_check import from_record
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import check_placement
from sklearn_microarch.mapping._facts import KNOWN, facts_of
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps


def as_maps(
    record: dict[str, Any], image: SliceImage, arrays: dict[str, Any], path: Path
) -> MicroarchMaps:
    """Return maps of a slice, with what their record says of both.

    ``arrays`` are under the names of the constructor's parameters. ImageFileError,
    which names ``path``, where they do not fit together.
    """
    about = record["image"] if isinstance(record["image"], dict) else {}
    known = {key: about[key] for key in KNOWN if key in about}
    cell_size, offset = _placement(record, path)
    try:
        return MicroarchMaps(
            image=image.replace(
                name=str(about.get("name", "")),
                specimen=about.get("specimen"),
                **known,
            ),
            about=facts_of(record),
            record=record,
            cell_size=cell_size,
            offset=offset,
            factor_names=names_in(record, "factors", path),
            region_names=names_in(record, "regions", path),
            drift=from_record(record.get("drift")),
            **arrays,
        )
    except (TypeError, ValueError) as error:
        raise ImageFileError(
            f"{path} is damaged: its maps do not fit its slice ({error})."
        ) from error


def names_in(record: dict[str, Any], kind: str, path: Path) -> list[str]:
    """Return the names of channels that a record holds."""
    try:
        return check_strings(kind, record[kind])
    except TypeError as error:
        raise ImageFileError(
            f"{path} is damaged: in its record (attribute 'sklearn_microarch' of "
            f"OME-Zarr), {error}"
        ) from error


def _placement(record: dict[str, Any], path: Path) -> tuple[float, tuple[float, float]]:
    """Return how far apart the cells are, and where the first is, in pixels."""
    try:
        settings = record["settings"]
        return check_placement(settings["cell_size"], settings["offset"])
    except (KeyError, TypeError, ValueError) as error:
        raise ImageFileError(
            f"{path} does not say where its cells lie on the slice (attribute "
            f"'sklearn_microarch', settings: {type(error).__name__}: {error}); write "
            "the maps anew, or open it as an image with read_ome_zarr."
        ) from error
