"""Put several files in place together, once all of them are complete."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def staging_folder(folder: Path) -> Iterator[Path]:
    """Give a place beside the final one, which is gone when the context ends.

    Parameters
    ----------
    folder : pathlib.Path
        Where files will go; made when missing, and taken away again after a failure
        if nothing is in it.

    Yields
    ------
    staging : pathlib.Path
        A folder within ``folder``, so that files need only be renamed.

    Raises
    ------
    OSError
        If ``folder`` cannot be written, or from the work done in the context; the
        message names the final place of a file.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    staging = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".maps-", dir=folder) as name:
            staging = Path(name)
            yield staging
    except BaseException as exc:
        for place in made:
            with suppress(OSError):
                place.rmdir()
        if isinstance(exc, OSError) and exc.errno is not None:
            where = _final_place(exc.filename, staging, folder)
            if where is not None:
                raise OSError(exc.errno, exc.strerror, str(where)) from exc
        raise


def _final_place(name: object, staging: Path | None, folder: Path) -> Path | None:
    """Return what to call a file in a message; None if it is named well already."""
    if not isinstance(name, str | Path):
        return None
    if staging is None:
        # The temporary folder's own name would mean nothing to a user.
        return folder if Path(name).parent == folder else None
    path = Path(name)
    return folder / path.relative_to(staging) if path.is_relative_to(staging) else None
