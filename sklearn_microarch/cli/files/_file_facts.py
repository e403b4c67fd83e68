"""What a file is, and what it says of itself, as plain values."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sklearn_microarch.cli.options._sheet_argument import TABLES

_PICKLES = (".joblib", ".pkl", ".pickle")
_ANNOTATIONS = (".geojson", ".json", ".zip", ".roi", ".flat", ".npy")
_RECORD = "_maps.json"


class FileFacts(NamedTuple):
    """A file: its path, what kind it is of, and what it says."""

    path: Path
    kind: str
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        """What messages call it."""
        return str(self.path)


def file_facts(
    path: Path, *, settings: Mapping[str, Any], annotations: Path | None = None
) -> FileFacts:
    """Return what a file is; FileNotFoundError or ValueError where it is nothing known.

    ``settings`` are those of `read_image`; annotations that a model was trained on are
    looked for in the folder ``annotations``, and beside the model.
    """
    # Each imports what it needs, so that a sheet is told without torch.
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist.")
    lower = path.name.lower()
    if path.is_dir() or lower.endswith(_RECORD):
        return _of_folder(path, settings)
    if lower.endswith(_PICKLES):
        return FileFacts(path, "joblib file", _joblib_facts())
    if lower.endswith(TABLES):
        return FileFacts(path, "sheet", _sheet_facts(path))
    if _is_model(path):
        from sklearn_microarch.cli.files._model_facts import model_file_facts

        return FileFacts(path, "model", model_file_facts(path, annotations))
    if lower.endswith(_ANNOTATIONS) or _is_annotation(path):
        return FileFacts(path, "annotation", _annotation_facts(path))
    return FileFacts(path, "slice", _picture_facts(path, settings))


def _of_folder(path: Path, settings: Mapping[str, Any]) -> FileFacts:
    from sklearn_microarch.cli.files._maps_facts import (
        holds_maps,
        holds_volume,
        maps_facts,
    )

    if path.is_file():
        path = path.parent
    if holds_volume(path):
        from sklearn_microarch.cli.files._volume_facts import volume_facts

        return FileFacts(path, "maps of a volume", volume_facts(path))
    if holds_maps(path):
        return FileFacts(path, "maps", maps_facts(path))
    if _is_zarr(path):
        return FileFacts(path, "slice", _picture_facts(path, settings))
    raise ValueError(
        f"{path} is a folder, and neither an OME-Zarr image nor one of maps; name a "
        "file in it, or draft the sheet of a study: sklearn-microarch sheet."
    )


def _is_zarr(path: Path) -> bool:
    return any((path / name).exists() for name in ("zarr.json", ".zgroup", ".zarray"))


def _is_model(path: Path) -> bool:
    from sklearn_microarch.model_file.container._archive import is_model_file

    return path.suffix == ".microarch" or is_model_file(path)


def _is_annotation(path: Path) -> bool:
    from sklearn_microarch.annotation.writers._names_in_tiff import names_in_tiff

    return names_in_tiff(path) is not None


def _joblib_facts() -> dict[str, Any]:
    return {
        "content": "not looked at: opening a joblib file runs code that is in it. If "
        "you trust whoever made it, open it with map or drift, or keep the model "
        "anew with save_model."
    }


def _sheet_facts(path: Path) -> dict[str, Any]:
    from sklearn_microarch.sheets import read_sheet

    sheet = read_sheet(path)
    groups = sorted({section.group for section in sheet if section.group})
    sections = {
        section.name: ", ".join(
            [
                section.animal or "animal not filled in",
                *filter(None, [section.group, section.side]),
                "not annotated" if section.rois is None else section.rois.name,
            ]
        )
        for section in sheet
    }
    return {
        "sections": len(sheet),
        "annotated": sum(section.rois is not None for section in sheet),
        "animals": sheet.animals,
        "groups": groups,
        "further_columns": sorted({key for one in sheet for key in one.details}),
        "section": sections,
    }


def _annotation_facts(path: Path) -> dict[str, Any]:
    from sklearn_microarch.annotation import read_rois
    from sklearn_microarch.sheets._file_fingerprint import file_fingerprint

    rois = read_rois(path)
    return {
        "size": f"{rois.shape[0]} x {rois.shape[1]} pixels",
        "pixel_size_um": rois.pixel_size_um,
        "regions": {name: f"{area} pixels" for name, area in rois.areas().items()},
        "notes": list(rois.notes),
        "fingerprint": file_fingerprint(path),
    }


def _picture_facts(path: Path, settings: Mapping[str, Any]) -> dict[str, Any]:
    from sklearn_microarch.images import read_image

    image = read_image(path, **settings)
    height, width = image.shape
    facts: dict[str, Any] = {
        "name": image.name,
        "size": f"{height} x {width} pixels",
        "channels": image.n_channels or 1,
        "values": str(image.dtype),
        "pixel_size_um": image.pixel_size_um,
    }
    if image.pixel_size_um is not None:
        high, wide = (length * image.pixel_size_um / 1000 for length in image.shape)
        facts["size_mm"] = f"{high:.3g} x {wide:.3g}"
    if image.downsample != 1:
        facts["downsampled_by"] = image.downsample
    return facts | {"notes": list(image.notes)}
