"""Find the annotation of each slice by their names, and say where none is found."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sklearn_microarch.sheets._name_of_file import name_of_file
from sklearn_microarch.sheets._section import Section
from sklearn_microarch.sheets.drafting._known_files import KnownFile


def pair_files(
    files: Sequence[KnownFile], folder: Path
) -> tuple[list[Section], list[str]]:
    """Return a section for each slice, and a sentence for each file left over."""
    pictures = [one for one in files if not one.annotates]
    left = [one for one in files if one.annotates]
    sections, words = [], []
    names = Counter(name_of_file(one.path) for one in pictures)
    for picture in pictures:
        found = _annotations(picture, left, pictures)
        left = [one for one in left if one not in found]
        label = picture.path.relative_to(folder)
        if not found:
            words.append(f"{label}: no annotation was found; column rois is empty.")
        elif len(found) > 1:
            several = ", ".join(str(one.path.relative_to(folder)) for one in found)
            words.append(
                f"{label}: several annotations were found ({several}); write the right "
                "one into column rois."
            )
        usual = name_of_file(picture.path)
        sections.append(
            Section(
                image=picture.path,
                rois=found[0].path if len(found) == 1 else None,
                name=usual if names[usual] == 1 else _long_name(label),
            )
        )
    words += [
        f"{one.path.relative_to(folder)}: looks like an annotation, and no slice is "
        f"named {one.stem}."
        for one in left
    ]
    return sections, words


def _annotations(
    picture: KnownFile, left: Sequence[KnownFile], pictures: Sequence[KnownFile]
) -> list[KnownFile]:
    """Return what is named like a slice: beside it, else anywhere if it alone is."""
    stem = picture.stem.lower()
    same = [one for one in left if one.stem.lower() == stem]
    beside = [one for one in same if one.path.parent == picture.path.parent]
    if beside:
        return beside
    alone = sum(one.stem.lower() == stem for one in pictures) == 1
    return same if alone else []


def _long_name(label: Path) -> str:
    """Return a name that tells slices of several folders apart."""
    return "_".join([*label.parent.parts, name_of_file(label)])
