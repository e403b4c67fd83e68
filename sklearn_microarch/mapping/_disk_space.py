"""Whether maps will fit on the disk, said before they are computed."""

import shutil
from math import prod
from pathlib import Path

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import DiskSpaceError, DiskSpaceWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.mapping._steps import MappedRows

# Maps are compressed. Real numbers hardly get smaller, but where there are none, and
# labels and pictures at best to so much of what they are in memory.
LEAST_SHARE = 0.4
# A pyramid of halved levels adds a third.
PYRAMID = 4 / 3


def check_disk_space(
    path: Path,
    image: SliceImage,
    sample: MappedRows,
    n_rows: int,
    *,
    in_pyramids: bool,
    is_kept_twice: bool,
) -> None:
    """Raise DiskSpaceError where maps cannot fit on a disk, warn where they may not.

    ``sample`` is one row of ``n_rows``, ``path`` where they go; with ``is_kept_twice``
    finished pieces are kept there as well, until the maps stand.
    """
    values = sum(
        found.nbytes
        for found in (sample.factors, sample.region_probabilities, sample.novelty)
        if found is not None
    )
    labels = 4 * (
        (sample.clusters is not None) + (sample.region_probabilities is not None)
    )
    picture = prod(image.data.shape) * image.dtype.itemsize
    factor = PYRAMID if in_pyramids else 1.0
    kept = n_rows * (values + labels) * is_kept_twice
    most = factor * (n_rows * (values + labels) + picture) + kept
    least = n_rows * values * LEAST_SHARE + kept
    free = _free_space(path)
    if free is None or free >= most:
        return
    where = (
        f"{path} are about to take up to {size_in_words(most)}, and its disk has "
        f"{size_in_words(free)}"
    )
    remedy = "Make room, write elsewhere, or map with a larger stride"
    if free < least:
        raise DiskSpaceError(
            f"the maps at {where} left, less than the {size_in_words(least)} they "
            f"need. {remedy}."
        )
    warn_user(
        f"the maps at {where} left: they may not fit. {remedy}; should the disk be "
        "full, what is at that place now stays.",
        DiskSpaceWarning,
    )


def _free_space(path: Path) -> int | None:
    """Return the bytes that are free where a path is, or will be; None if unknown."""
    for folder in (path, *path.absolute().parents):
        try:
            return shutil.disk_usage(folder).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None


def size_in_words(n_bytes: float) -> str:
    return f"{n_bytes / 1e9:.3g} GB" if n_bytes >= 1e8 else f"{n_bytes / 1e6:.3g} MB"
