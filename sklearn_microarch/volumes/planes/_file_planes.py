"""Planes that are files of a folder, or pages of one file."""

import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.images import SliceImage, read_image
from sklearn_microarch.images.tiff._tiff_stack import describe_tiff_stack

_PICTURES = (".tif", ".tiff", ".png", ".jpg", ".jpeg")


class FilePlanes:
    """One picture for each plane; ``options`` of `read_image`."""

    distance_um: float | None = None
    is_loaded = False

    def __init__(self, paths: Sequence[Path], options: Mapping[str, Any]) -> None:
        self._paths, self._options = list(paths), dict(options)

    @property
    def n_planes(self) -> int:
        """Number of files."""
        return len(self._paths)

    def plane(self, at: int) -> SliceImage:
        """Return the picture in a file."""
        return read_image(self._paths[at], **self._options)

    def describe(self) -> str:
        """Return the folder of the files."""
        return f"{len(self._paths)} files in {self._paths[0].parent}"


class StackPlanes:
    """The pages of one TIFF file."""

    is_loaded = False

    def __init__(self, path: Path, options: Mapping[str, Any]) -> None:
        self._path, self._options = path, dict(options)
        self.n_planes, self.distance_um = describe_tiff_stack(path)

    def plane(self, at: int) -> SliceImage:
        """Return the picture on a page."""
        return read_image(self._path, page=at, **self._options)

    def describe(self) -> str:
        """Return the path of the file."""
        return str(self._path)


def files_in_order(folder: Path) -> list[Path]:
    """Return the pictures of a folder, by the numbers in their names.

    ValueError where there are none, or numbers are left out.
    """
    found = [
        path
        for path in folder.iterdir()
        if path.suffix.lower() in _PICTURES and not path.name.startswith(".")
    ]
    if not found:
        raise ValueError(
            f"{folder} holds no pictures ({', '.join(_PICTURES)}), and is no OME-Zarr "
            "image."
        )
    found.sort(key=lambda path: _words_and_numbers(path.name))
    _check_numbers(folder, found)
    return found


def _words_and_numbers(name: str) -> list[tuple[int, int, str]]:
    """Return a key by which "z10" comes after "z9"."""
    return [
        (0, int(part), "") if part.isdigit() else (1, 0, part.lower())
        for part in re.split(r"(\d+)", name)
        if part
    ]


def _check_numbers(folder: Path, paths: Sequence[Path]) -> None:
    """Raise ValueError where the last number of the names skips some."""
    ends = [re.search(r"(\d+)\D*$", path.stem) for path in paths]
    kinds = {
        path.stem[: end.start(1)] if end else None
        for path, end in zip(paths, ends, strict=True)
    }
    if len(kinds) != 1 or None in kinds or len(paths) < 3:
        return
    numbers = [int(end.group(1)) for end in ends if end]
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    step = min(steps)
    if step <= 0 or all(one == step for one in steps):
        return
    known = set(numbers)
    missing = [n for n in range(numbers[0], numbers[-1], step) if n not in known]
    raise ValueError(
        f"{folder} lacks the pictures with the numbers {shown(missing[:8])}"
        f"{' and more' if len(missing) > 8 else ''}, so that planes would lie at wrong "
        "depths. Put them there, or give a list of the files if they follow each other "
        "all the same."
    )
