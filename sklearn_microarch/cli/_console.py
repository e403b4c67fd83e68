"""What a command says to its user, and what it gives to other programs."""

import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sized
from pathlib import Path
from typing import Any, TextIO, TypeVar

from sklearn_microarch.cli._make_parser import PROGRAM

Item = TypeVar("Item")


class Console:
    """Words for people, and with ``--json`` one JSON value on standard output.

    Streams are looked up at each call, so that they can be redirected meanwhile.
    """

    def __init__(self, *, json: bool = False) -> None:
        self.json = json

    @property
    def stream(self) -> TextIO:
        """Where words for people go."""
        return sys.stderr if self.json else sys.stdout

    @property
    def terminal(self) -> bool:
        """Whether a person looks on, so that progress may be drawn."""
        return sys.stderr.isatty()

    def say(self, text: object) -> None:
        """Print what a person wants to know; with ``--json`` on the error stream."""
        if not self.terminal:
            print(text, file=self.stream, flush=True)
            return
        from tqdm import tqdm

        tqdm.write(str(text), file=self.stream)
        self.stream.flush()

    def warn(self, text: object) -> None:
        """Print a warning in one line."""
        self._aside("warning", text)

    def fail(self, text: object) -> None:
        """Print an error in one line."""
        self._aside("error", text)

    def result(self, value: object) -> None:
        """Give a plain value to other programs; nothing is printed without --json."""
        if self.json:
            print(json.dumps(plain(value), indent=2, ensure_ascii=False), flush=True)

    def progress(
        self, items: Iterable[Item], *, doing: str, total: int | None = None
    ) -> Iterator[Item]:
        """Yield items; show a bar on a terminal, and in a log a line for each item.

        An item is called by its ``name``, where it has one. A single one goes without.
        """
        if total is None and isinstance(items, Sized):
            total = len(items)
        if total == 1:
            yield from items
            return
        if self.terminal:
            from tqdm import tqdm

            yield from tqdm(items, desc=doing, total=total, file=sys.stderr)
            return
        of = "" if total is None else f" of {total}"
        for number, item in enumerate(items, start=1):
            name = getattr(item, "name", "")
            words = f"{doing} {number}{of}{': ' if name else ''}{name}"
            print(words, file=sys.stderr, flush=True)
            yield item

    def _aside(self, kind: str, text: object) -> None:
        line = f"{PROGRAM}: {kind}: {one_line(text)}"
        if not self.terminal:
            print(line, file=sys.stderr, flush=True)
            return
        from tqdm import tqdm

        # A bar that is being drawn is moved out of the way.
        tqdm.write(line, file=sys.stderr)


def one_line(text: object) -> str:
    """Return a text without line breaks and runs of blanks."""
    return " ".join(str(text).split())


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a command gives
    """Return a value as JSON holds it; NaN and infinity become None."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
