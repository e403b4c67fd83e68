"""A place for files or folders that are written together, or not at all."""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch._whole._hold_lock import hold_lock, is_held
from sklearn_microarch._whole._move import move, put_back, swap_places
from sklearn_microarch.exceptions import LeftoverWarning

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# What errors of writing say of what was there before.
UNTOUCHED = "it was not written, an earlier one is untouched"


class Place:
    """Entries of a folder that take the places of earlier ones together.

    They are made in ``new``, within a hidden folder ``work`` beside their final places,
    both named after ``stem``. Whoever holds the place is alone. What is complete is
    said in a file first and then moved: a process killed in between leaves what the
    next one, or `restore`, brings to its end. ``may_replace`` raises where what is at a
    path may never be replaced; ``shown`` is what messages call the place.
    """

    def __init__(
        self,
        folder: Path,
        stem: str,
        *,
        shown: Path,
        may_replace: Callable[[Path], None],
    ) -> None:
        self.folder, self.shown = folder, shown
        self.work = folder / f".{stem}.unfinished"
        self.new = self.work / "new"
        self._lock = folder / f".{stem}.lock"
        self._old = self.work / "old"
        self._commit = self.work / "commit.json"
        self._may_replace = may_replace

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Be the only writer while a block runs; strays of dead writers go before.

        What the block leaves in ``new`` is gone after it, other things in ``work``
        stay. The folder is made when missing, and taken away again after a failure if
        nothing is in it. OutputInUseError where another process or thread writes
        there; other OSErrors name the final place of what could not be written.
        """
        made = [one for one in (self.folder, *self.folder.parents) if not one.exists()]
        with ExitStack() as stack:
            stack.callback(_remove_empty, made)
            with self._final_names(), ExitStack() as held:
                self.folder.mkdir(parents=True, exist_ok=True)
                held.enter_context(hold_lock(self._lock, what=self.shown))
                stack.push(held.pop_all())
            with self._final_names():
                self._finish()
                stack.callback(self._clear)
                self._clear()
                # Where an earlier folder cannot be deleted, it is left alone.
                self.new, self._old = self._free("new"), self._free("old")
                self.new.mkdir(parents=True)
            with self._final_names():
                yield

    def commit(self, *, gone: Iterable[str] = ()) -> None:
        """Move what is in ``new`` to its place; of earlier entries ``gone`` go as well.

        To be called within `hold`. An OSError says where both are, where moving is
        refused for long: then all of the earlier entries are in place, and the new ones
        stay complete in ``new`` until the next writer or `restore` moves them.
        """
        names = {path.name: path.stat().st_ino for path in sorted(self.new.iterdir())}
        record = {
            "names": names,
            "gone": sorted(set(gone) - set(names)),
            "new": self.new.name,
            "old": self._old.name,
        }
        partial = self._commit.with_suffix(".part")
        with partial.open("w") as file:
            json.dump(record, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._commit)
        self._finish()

    def restore(self) -> None:
        """Bring to an end what a dead writer had complete; warn where that fails."""
        if not self._commit.exists() or is_held(self._lock):
            return
        try:
            with hold_lock(self._lock, what=self.shown):
                self._finish()
        except OSError as error:
            warn_user(f"{error}.", LeftoverWarning)

    def final(self, path: Path) -> Path:
        """Return where something in ``work`` belongs in the end."""
        if path.is_relative_to(self.new) and path != self.new:
            return self.folder / path.relative_to(self.new).parts[0]
        return self.shown

    def _finish(self) -> None:
        """Move what is said to be complete, if anything is, and clear up."""
        record = self._committed()
        if record is None:
            return
        self.new, self._old = self.work / record["new"], self.work / record["old"]
        try:
            self._move(record)
        except OSError as error:
            where = (
                f"what was there is as it was, and the new version is complete in "
                f"{self.new}. It takes its place in the next run, or when maps are "
                "opened with open_maps; close what holds the earlier one open first"
            )
            if error.errno is None:
                raise type(error)(f"{error} Meanwhile {where}.") from error
            reason = f"{error.strerror}; {UNTOUCHED}: {where}"
            raise OSError(error.errno, reason, str(self.shown)) from error
        for path in self.work.iterdir():
            if path != self._commit:
                _remove(path)
        self._commit.unlink()
        _remove_empty([self.work])

    def _committed(self) -> dict[str, Any] | None:
        """Return what is said to be complete; None where nothing is."""
        try:
            found = json.loads(self._commit.read_text())
            return {key: found[key] for key in ("names", "gone", "new", "old")}
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError) as error:
            reason = (
                f"{self._commit}, which tells what an earlier run had complete, is "
                f"damaged; take what you need out of {self.work}, and delete that "
                f"folder"
            )
            raise OSError(errno.EIO, reason, str(self.shown)) from error

    def _move(self, record: dict[str, Any]) -> None:
        """Move earlier entries away and then new ones in; all go back where one fails.

        So that never some of both are in place. What is done already is passed over.
        """
        moved: list[tuple[Path, Path]] = []
        try:
            for source, target in self._moves(record):
                move(source, target)
                moved.append((source, target))
        except OSError:
            for source, target in reversed(moved):
                put_back(target, source)
            raise

    def _moves(self, record: dict[str, Any]) -> Iterator[tuple[Path, Path]]:
        names: dict[str, int] = record["names"]
        for name in (*names, *record["gone"]):
            target = self.folder / name
            if not os.path.lexists(target) or self._is_new(target, names.get(name)):
                continue
            self._may_replace(target)
            alone = len(names) + len(record["gone"]) == 1
            if alone and swap_places(self.new / name, target):
                return
            self._old.mkdir(exist_ok=True)
            if os.path.lexists(self._old / name):
                reason = "something was put here while a new version was on its way"
                raise FileExistsError(errno.EEXIST, reason, str(target))
            yield target, self._old / name
        for name in names:
            if (self.new / name).exists() and not (self.folder / name).exists():
                yield self.new / name, self.folder / name

    def _is_new(self, target: Path, number: int | None) -> bool:
        return target.lstat().st_ino == number

    def _clear(self) -> None:
        """Remove what no complete maps are among."""
        if not self._commit.exists():
            for start in ("new", "old"):
                for folder in self.work.glob(f"{start}*"):
                    shutil.rmtree(folder, ignore_errors=True)
            _remove_empty([self.work])

    def _free(self, start: str) -> Path:
        """Return where in ``work`` nothing is yet: "new", else "new2" and so on."""
        path, number = self.work / start, 1
        while os.path.lexists(path):
            number += 1
            path = self.work / f"{start}{number}"
        return path

    @contextmanager
    def _final_names(self) -> Iterator[None]:
        """Let errors of writing name what a user knows of."""
        try:
            yield
        except OSError as error:
            where = self._where(error)
            if where is None:
                raise
            reason = error.strerror or str(error)
            if UNTOUCHED not in reason:
                reason = f"{reason}; {UNTOUCHED}"
            raise OSError(error.errno, reason, str(where)) from error

    def _where(self, error: OSError) -> Path | None:
        """Return what to call the place of an error; None where it is named well."""
        if error.errno is None:
            return None
        if not isinstance(error.filename, str | Path):
            return self.shown if error.errno in _FULL else None
        path = Path(error.filename)
        hidden = path.is_relative_to(self.work) or path == self._lock
        return self.final(path) if hidden else None


def _remove(path: Path) -> None:
    """Remove a file or folder that is no longer needed, or warn that it stays."""
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        warn_user(
            f"{path} holds what was replaced, or was needed on the way, and cannot be "
            f"deleted ({error.strerror}). The new version is in place; delete the rest "
            "yourself.",
            LeftoverWarning,
        )


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
