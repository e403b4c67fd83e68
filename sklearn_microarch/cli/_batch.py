"""Work on several slices, of which a bad one does not stop the others."""

import traceback
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from sklearn_microarch.cli._console import Console
from sklearn_microarch.cli._describe_error import describe_error

INPUT_ERROR, SOME_FAILED = 1, 3
Result = TypeVar("Result")


class Named(Protocol):
    """What has a name that messages can use."""

    @property
    def name(self) -> str:
        """The name."""


class Batch:
    """Slices that are worked on one after the other, and those that failed.

    ``hint`` adds to a message what option it asks for.
    """

    def __init__(
        self,
        items: Sequence[Named],
        console: Console,
        *,
        debug: bool = False,
        hint: Callable[[str], str] = str,
    ) -> None:
        self.items = items
        self.failed: dict[str, str] = {}
        self._console, self._debug, self._hint = console, debug, hint

    def run(
        self,
        work: Callable[[Any], Result],
        *,
        doing: str | None,
        items: Sequence[Any] | None = None,
    ) -> list[tuple[Any, Result]]:
        """Return what became of each item but those that failed.

        Progress is shown where it is told what is being done. ``items`` are those that
        are left after an earlier part of the work; None stands for all.
        """
        found = []
        left = self.items if items is None else items
        for item in self._console.progress(left, doing=doing) if doing else left:
            try:
                found.append((item, work(item)))
            except Exception as error:
                # A single one is the whole input: its error is that of the command.
                if len(self.items) == 1:
                    raise
                if self._debug:
                    traceback.print_exception(error)
                self.failed[item.name] = self._hint(describe_error(error))
                self._console.fail(f"{item.name}: {self.failed[item.name]}")
        return found

    def finish(self) -> int:
        """Say which slices failed, and return the exit status."""
        if not self.failed:
            return 0
        n_all, n_failed = len(self.items), len(self.failed)
        self._console.say(f"\n{n_failed} of {n_all} failed:")
        for name, words in self.failed.items():
            self._console.say(f"  {name}: {words}")
        return INPUT_ERROR if n_failed == n_all else SOME_FAILED
