"""What a file of a study is for, told from its name alone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PICTURES = (
    ".ome.tiff",
    ".ome.tif",
    ".ome.zarr",
    ".zarr",
    ".tiff",
    ".tif",
    ".btf",
    ".tf8",
    ".svs",
    ".ndpi",
    ".scn",
    ".qptiff",
    ".png",
    ".jpeg",
    ".jpg",
    ".nii.gz",
    ".nii",
)
_OUTLINES = (".geojson", ".zip", ".roi", ".flat", ".npy")
# Words that say that a picture is an annotation, as programs append them.
_MARK = re.compile(
    r"[ _.-]+(rois?|roiset|labels?|labelled|labeled|annotations?|annotated|regions?|"
    r"segmentation|seg|rois?[_-]labels?)$",
    re.IGNORECASE,
)
# Of what this library writes beside the maps of a slice.
_MAPS = re.compile(r"_(factors|regions|clusters|region_labels|novelty|maps)$")
_MOST_FILES = 100_000


class KnownFile(NamedTuple):
    """A file: what it is for, and what it is called without ending and mark."""

    path: Path
    stem: str
    annotates: bool


def known_files(folder: Path) -> list[KnownFile]:
    """Return slices and annotations of a folder and those in it, in order of names."""
    found = [known for path in _walk(folder) if (known := _known(path)) is not None]
    mapped = {(one.path.parent, _stem(one.path)) for one in found}
    return [one for one in found if not _is_a_map(one.path, mapped)]


def _walk(folder: Path) -> Iterator[Path]:
    """Yield files, and folders that are pictures; ValueError for far too many."""
    count = 0
    waiting = [folder]
    while waiting:
        for path in sorted(waiting.pop(0).iterdir()):
            count += 1
            if count > _MOST_FILES:
                raise ValueError(
                    f"{folder} holds over {_MOST_FILES} files; name the folder of the "
                    "study."
                )
            if path.name.startswith("."):
                continue
            if path.is_file() or path.suffix.lower() == ".zarr":
                yield path
            elif path.is_dir() and not path.is_symlink():
                waiting.append(path)


def _known(path: Path) -> KnownFile | None:
    name = path.name.lower()
    for ending in _OUTLINES:
        if name.endswith(ending) and path.is_file():
            stem = _without(path.name[: -len(ending)], _PICTURES)
            return KnownFile(path, _MARK.sub("", stem), annotates=True)
    for ending in _PICTURES:
        if name.endswith(ending):
            stem = path.name[: -len(ending)]
            # QuPath keeps the ending of the slice in the names of what it exports.
            bare = _without(_MARK.sub("", stem), _PICTURES)
            return KnownFile(path, bare, annotates=_MARK.search(stem) is not None)
    return None


def _without(name: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name


def _stem(path: Path) -> str:
    return _without(path.name, (*_OUTLINES, *_PICTURES))


def _is_a_map(path: Path, stems: set[tuple[Path, str]]) -> bool:
    """Tell whether a file is one of the maps of a slice, not an annotation of it."""
    found = _MAPS.search(_stem(path))
    if found is None:
        return False
    slice_ = _stem(path)[: found.start()]
    record = path.with_name(f"{slice_}_maps.json").exists()
    return record or (path.parent, f"{slice_}_factors") in stems
