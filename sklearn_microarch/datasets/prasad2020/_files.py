"""The files of the thalamocortical section: read with checks, kept with a record."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._whole import replace_file
from sklearn_microarch.datasets.prasad2020._regions import (
    PIXEL_SIZE_UM,
    SLICE_SHAPE,
    unknown_codes,
)
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import SliceImage, read_tiff, write_tiff

SPECIMEN = "prasad2020"


def find_file(name: str, folders: Sequence[Path]) -> Path | None:
    """Return the first file of this name in the folders, or None."""
    return next((f / name for f in folders if (f / name).is_file()), None)


def read_slice(path: Path) -> SliceImage:
    """Return a slice of the data set; ImageFileError when the file is not one."""
    check_against_record(path)
    image = read_tiff(path, pixel_size_um=PIXEL_SIZE_UM, specimen=SPECIMEN)
    if image.data.shape != SLICE_SHAPE or image.dtype != np.uint8:
        raise ImageFileError(
            f"{path} holds {image.dtype} pixels of shape {image.data.shape}, but "
            f"slices of this data set are uint8 and {SLICE_SHAPE}; replace the file."
        )
    return image


def read_region_codes(path: Path) -> NDArray[np.uint8]:
    """Return the ROI codes of a slice, checked as `read_slice` does and for codes."""
    rois = read_slice(path).data
    unknown = unknown_codes(rois)
    if unknown:
        raise ImageFileError(
            f"{path} holds the ROI codes {unknown[:8]}, but those of this data set are "
            "0 to 8; replace the file."
        )
    return rois


def save_download(path: Path, pixels: NDArray[np.uint8], *, url: str) -> None:
    """Keep a downloaded slice, with a record of its origin and of its sha256.

    The record is in place before the slice is, and both appear whole, so that
    an interrupted download leaves nothing under the final name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}-{uuid.uuid4().hex}.tif")
    image = SliceImage(pixels, PIXEL_SIZE_UM, name=path.stem)
    try:
        write_tiff(partial, image)
        record = {"url": url, "sha256": _sha256(partial)}
        with replace_file(_record_path(path)) as file:
            file.write(json.dumps(record, indent=1).encode())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def download_url(path: Path) -> str | None:
    """Return where a file was downloaded from, or None when there is no record."""
    record = _read_record(path)
    return None if record is None else record["url"]


def check_against_record(path: Path) -> None:
    """Raise when a downloaded file is no longer what it was at the first download."""
    record = _read_record(path)
    if record is not None and _sha256(path) != record["sha256"]:
        raise ImageFileError(
            f"{path} has changed since it was downloaded: its sha256 is not the one in "
            f"{_record_path(path).name}. Delete both files and download again, or "
            "delete the record if the file was replaced on purpose."
        )


def _record_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _read_record(path: Path) -> dict[str, str] | None:
    record_path = _record_path(path)
    try:
        record = json.loads(record_path.read_text(encoding="utf-8"))
        return {key: str(record[key]) for key in ("url", "sha256")}
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as exc:
        raise ImageFileError(
            f"{record_path} is no record of a download ({exc!r}); delete it together "
            f"with {path.name} and download again."
        ) from exc


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
