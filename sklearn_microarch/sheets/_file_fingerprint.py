"""A file's fingerprint: equal as long as not a byte of it has changed."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path


def file_fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file, or of all files of a folder with their names."""
    if not path.is_dir():
        return _sha256(path)
    inside = sorted(one for one in path.rglob("*") if one.is_file())
    lines = [f"{one.relative_to(path).as_posix()} {_sha256(one)}" for one in inside]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def telling_names(paths: Sequence[Path]) -> list[str]:
    """Return names of files, with as many folders before them as tell them apart."""
    found = []
    for path in paths:
        others = {other.parts for other in paths if other.parts != path.parts}
        n = 1
        while any(parts[-n:] == path.parts[-n:] for parts in others):
            n += 1
        found.append("/".join(path.parts[-n:]))
    return found


def changed_since(known: Mapping[str, str], path: Path) -> bool:
    """Tell whether a file is known, by its telling name, with another fingerprint."""
    own = path.absolute().as_posix()
    of_file = [print_ for name, print_ in known.items() if own.endswith(f"/{name}")]
    return bool(of_file) and file_fingerprint(path) not in of_file
