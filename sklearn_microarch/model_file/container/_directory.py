"""The members of a zip file, each of them checked before it is read."""

import io
import re
import stat
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sklearn_microarch.exceptions import ModelFileError
from sklearn_microarch.model_file._problems import GET_AGAIN, as_model_error
from sklearn_microarch.model_file.container._end_record import EndRecord

MANIFEST, SCHEMA = "manifest.json", "schema.json"
_NAME = re.compile(r"manifest\.json|schema\.json|arrays/[0-9]{6}\.npy")
_LOCAL_HEADER = 30


def array_name(number: int) -> str:
    """Return the name of an array's member."""
    return f"arrays/{number:06d}.npy"


def read_directory(data: bytes, end: EndRecord, path: Path) -> dict[str, bytes]:
    """Return the members of a model file by name.

    Members lie one after the other and are stored as they are, so that they cannot
    grow: a file holds no more bytes than it has.
    """
    with (
        as_model_error(f"{path}: the zip file is damaged"),
        ZipFile(io.BytesIO(data)) as zip_file,
    ):
        # What zipfile tolerates in the order of things is refused here.
        infos = zip_file.infolist()
        _check_infos(infos, end, path)
        return {info.filename: zip_file.read(info) for info in infos}


def _check_infos(infos: list[ZipInfo], end: EndRecord, path: Path) -> None:
    if len(infos) != end.n_members:
        raise ModelFileError(
            f"{path} lists {len(infos)} members and counts {end.n_members}. {GET_AGAIN}"
        )
    names: set[str] = set()
    place = 0
    for info in infos:
        problem = _problem(info, place)
        if problem is None and info.filename in names:
            problem = "is there twice"
        if problem is not None:
            raise ModelFileError(
                f"{path}: the member {info.filename[:80]!r} {problem}. {GET_AGAIN}"
            )
        names.add(info.filename)
        place += _LOCAL_HEADER + len(info.filename) + info.file_size
    if place != end.directory_at:
        raise ModelFileError(f"{path} has bytes that belong to no member. {GET_AGAIN}")


def _problem(info: ZipInfo, place: int) -> str | None:
    """Return why a member is not read, None where it is; it should start at a place."""
    compressed = info.compress_type != ZIP_STORED
    problems = {
        # No other case, no folder above, no path from the root.
        "has a name that save_model never gives": not _NAME.fullmatch(
            info.orig_filename
        ),
        "is encrypted": info.flag_bits & 0x1,
        f"has flags {info.flag_bits:#x}, which save_model never sets": info.flag_bits,
        "is compressed, which save_model never does": compressed
        or info.compress_size != info.file_size,
        "is no ordinary file but a link, a folder or a device": not stat.S_ISREG(
            info.external_attr >> 16
        ),
        "has fields that save_model never writes": info.extra or info.comment,
        f"starts at byte {info.header_offset} in place of {place}": info.header_offset
        != place,
    }
    return next((text for text, is_so in problems.items() if is_so), None)
