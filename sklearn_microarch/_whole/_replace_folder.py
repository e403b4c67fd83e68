"""Write a folder as a whole or not at all."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sklearn_microarch._whole._place import Place
from sklearn_microarch._whole._replace_file import resolve_link

Check = Callable[[Path], None]


def place_of_folder(path: Path, *, may_replace: Check) -> Place:
    """Return where a folder goes; of a link, where it points to."""
    target = resolve_link(path)
    return Place(target.parent, target.name, shown=path, may_replace=may_replace)


@contextmanager
def replace_folder(
    path: Path, *, check: Check, may_replace: Check, place: Place | None = None
) -> Iterator[Path]:
    """Give a folder that takes the place of ``path`` once it is complete.

    What was at ``path`` stays as it was until then, and after any failure; of a link,
    what it points to is replaced. ``check`` raises where what is there may not be
    replaced now, ``may_replace`` where it never may. ``place`` is one of
    `place_of_folder` that is held already. OSErrors of writing name ``path``.
    """
    if place is None:
        place = place_of_folder(path, may_replace=may_replace)
        with (
            place.hold(),
            replace_folder(
                path, check=check, may_replace=may_replace, place=place
            ) as folder,
        ):
            yield folder
        return
    target = resolve_link(path)
    check(target)
    partial = place.new / target.name
    try:
        partial.mkdir()
        yield partial
        check(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    place.commit()
