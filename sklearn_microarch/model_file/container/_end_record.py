"""The end of a model file: what kind of file it is, and where its directory lies."""

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn_microarch.exceptions import ModelFileError
from sklearn_microarch.model_file._problems import GET_AGAIN

FORMAT = 1
LARGEST_FILE = 2**30
MOST_MEMBERS = 10_000

# Signature, four fields of disks and counts, size and place of the directory, length
# of the comment: the end of central directory record of a zip file.
_END = struct.Struct("<4s4H2LH")
_COMMENT = re.compile(rb"sklearn_microarch model ([0-9]{4}) ([0-9a-f]{64})")
_COMMENT_LENGTH = len("sklearn_microarch model 0001 ") + 64
# Of one member in the directory: 46 bytes and a name.
_LONGEST_ENTRY = 80
_ZIP = b"PK\x03\x04"
_MARK = b"sklearn_microarch model "
# How joblib and pickle begin their files, compressed or not.
_COMPRESSED = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_PICKLES = (b"\x80", *_COMPRESSED, b"\x5d\x00\x00", b"\x04\x22\x4d\x18")


@dataclass(frozen=True)
class EndRecord:
    """What the end of a model file says."""

    n_members: int
    directory_at: int
    manifest_sum: str


def end_comment(manifest_sum: str) -> bytes:
    """Return the last bytes of a model file, always as many."""
    return f"sklearn_microarch model {FORMAT:04d} {manifest_sum}".encode()


def begins_as_model(start: bytes) -> bool:
    """Tell a file of ours, of this format or another, by its first bytes."""
    return start.startswith(_ZIP) and start[30:43] == b"manifest.json"


def ends_as_model(end: bytes) -> bool:
    """Tell a file of ours, of this format or another, by its last bytes."""
    return _MARK in end


def read_end(data: bytes, path: Path) -> EndRecord:
    """Return what the end of a file says, if it is a model file of this format."""
    if not data.startswith(_ZIP):
        raise ModelFileError(f"{path} is no model file: {_kind_of(data, path)}")
    comment = _COMMENT.fullmatch(data[-_COMMENT_LENGTH:])
    if comment is None or int(comment[1]) != FORMAT:
        raise ModelFileError(f"{path}: {_why_no_end(data)}")
    place = len(data) - _COMMENT_LENGTH - _END.size
    if place < 0:
        raise ModelFileError(f"{path} has {len(data)} bytes only. {GET_AGAIN}")
    end: tuple[Any, ...] = _END.unpack_from(data, place)
    signature, *disks, here, count, size, at, length = end
    if signature != b"PK\x05\x06" or any(disks) or length != _COMMENT_LENGTH:
        raise ModelFileError(f"{path}: the end of the zip file is damaged. {GET_AGAIN}")
    if here != count or not 0 < count <= MOST_MEMBERS:
        raise ModelFileError(
            f"{path} says that it has {here} of {count} members; at most "
            f"{MOST_MEMBERS} are read, all of one file. {GET_AGAIN}"
        )
    other_directory = data[max(0, place - 20) :].startswith(b"PK\x06\x07")
    if at + size != place or size > count * _LONGEST_ENTRY or other_directory:
        raise ModelFileError(
            f"{path}: the directory of the zip file is not where it should be. "
            + GET_AGAIN
        )
    return EndRecord(count, at, comment[2].decode())


def _kind_of(data: bytes, path: Path) -> str:
    if data.startswith(_PICKLES):
        return (
            "it looks like one that joblib or pickle wrote. Loading such a file runs "
            f"code that is in it: joblib.load({str(path)!r}), only if you trust who "
            "made it; then save_model(pipe, ...) writes a model file."
        )
    if not data:
        return "it is empty. Copy or download it again."
    return (
        f"it begins with {data[:8]!r}, not as a zip file does. Name a file that "
        "save_model wrote."
    )


def _why_no_end(data: bytes) -> str:
    at = data.rfind(_MARK)
    version = re.match(rb"([0-9]{4}) ", data[at + len(_MARK) :]) if at >= 0 else None
    if version is not None and int(version[1]) > FORMAT:
        return (
            f"the file is of format {int(version[1])}, and this version of "
            f"sklearn_microarch reads format {FORMAT}. Install a newer "
            "sklearn_microarch, or ask for a file of this format."
        )
    if begins_as_model(data[:64]):
        return f"the end of the model file is missing or damaged. {GET_AGAIN}"
    return (
        "it is a zip file, but none that save_model wrote. Name a file that save_model "
        "wrote; what skops alone wrote is read with skops.io.load."
    )
