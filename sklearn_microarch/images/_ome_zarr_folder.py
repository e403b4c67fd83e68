"""Write a folder as a whole or not at all."""

import errno
import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def check_output(path: Path, *, overwrite: bool) -> None:
    """Raise when a zarr group may not be written to ``path``.

    Parameters
    ----------
    path : pathlib.Path
        Final name of the group.
    overwrite : bool
        Whether a zarr group that is there may be replaced.

    Raises
    ------
    FileExistsError
        If something exists that may not be replaced.
    FileNotFoundError
        If the folder to write into does not exist.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"There is no folder {path.parent} for {path.name}; make it first."
        )
    if not path.exists():
        return
    if not _is_zarr_group(path):
        raise FileExistsError(
            f"{path} exists and is no zarr group, so that it is not replaced even with "
            "overwrite=True; choose another path."
        )
    if not overwrite:
        raise FileExistsError(
            f"{path} exists; pass overwrite=True to replace it, or another path."
        )


@contextmanager
def replace_folder(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """Make a folder that takes the place of ``path`` once it is complete.

    What was at ``path`` stays as it was until then, and after any failure.

    Parameters
    ----------
    path : pathlib.Path
        Final name.
    overwrite : bool
        Whether a zarr group that is there may be replaced.

    Yields
    ------
    folder : pathlib.Path
        Empty, under a temporary name beside ``path``.

    Raises
    ------
    OSError
        If the folder cannot be written or the disk is full; the subclass
        tells which, the message names ``path``.
    """
    # Of a link, what it points to is replaced, not the link.
    target = path.resolve()
    partial = _beside(target, "part")
    try:
        partial.mkdir()
        yield partial
        check_output(target, overwrite=overwrite)
        _move_into_place(partial, target)
    except BaseException as exc:
        shutil.rmtree(partial, ignore_errors=True)
        if isinstance(exc, OSError) and _is_about(exc, partial):
            reason = f"{exc.strerror}; it was not written, an earlier one is untouched"
            raise OSError(exc.errno, reason, str(path)) from exc
        raise


def _move_into_place(partial: Path, target: Path) -> None:
    if not target.exists():
        partial.rename(target)
        return
    earlier = _beside(target, "old")
    target.rename(earlier)
    try:
        partial.rename(target)
    except BaseException:
        earlier.rename(target)
        raise
    shutil.rmtree(earlier)


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}.{uuid.uuid4().hex}.{kind}")


def _is_about(exc: OSError, folder: Path) -> bool:
    """Tell whether an error comes from writing, not from what else was done."""
    if exc.errno is None:
        return False
    name = exc.filename
    inside = isinstance(name, str | Path) and Path(name).is_relative_to(folder)
    return inside or (name is None and exc.errno in _FULL)


def _is_zarr_group(path: Path) -> bool:
    if (path / ".zgroup").is_file():
        return True
    try:
        metadata = json.loads((path / "zarr.json").read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(metadata, dict) and metadata.get("node_type") == "group"
