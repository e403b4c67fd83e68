"""What a mapping has computed so far, on disk, so that it need not be done again."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.exceptions import OtherMapsError
from sklearn_microarch.mapping.resume._checksum import checksum
from sklearn_microarch.mapping.resume._compare_records import differences
from sklearn_microarch.mapping.resume._piece import Piece

RECORD, LINES, VALUES = "task.json", "ledger.txt", "values"
# Of what is written here.
FORMAT = 1


class Ledger:
    """A line for each finished piece of a map, with the checksum of its values.

    Values of all pieces follow each other in one file, a line says where those of a
    piece begin. A piece whose line or values are not whole is as if it was not there.
    ``task`` decides all values: OtherMapsError where what is kept is of another one.
    """

    def __init__(self, folder: Path, task: Mapping[str, Any]) -> None:
        self._folder = folder
        self._task = {"format": FORMAT, **task}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._begin()
        self._values = self._open.enter_context((self._folder / VALUES).open("ab"))
        self._lines = self._open.enter_context((self._folder / LINES).open("ab"))
        self._end = (self._folder / VALUES).stat().st_size
        # Whatever stands on the last line, which may be a part of one.
        self._lines.write(b"\n")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def add(self, piece: Piece) -> None:
        """Keep a piece, from now on also if the process is killed."""
        arrays = piece.arrays()
        about = {
            "at": self._end,
            "arrays": [[key, one.dtype.str, one.shape] for key, one in arrays.items()],
        }
        line = json.dumps(about).encode()
        total = checksum(0, line)
        for values in arrays.values():
            if values.size:
                total = checksum(total, values)
                self._values.write(values.data)
                self._end += values.nbytes
        # Values first: a line promises that they are there.
        self._values.flush()
        self._lines.write(b"%08x %s\n" % (total, line))
        self._lines.flush()

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces that are kept whole."""
        with (
            (self._folder / LINES).open("rb") as lines,
            (self._folder / VALUES).open("rb") as values,
        ):
            for line in lines:
                arrays = _read(line.rstrip(b"\n"), values)
                if arrays is not None:
                    yield Piece.of(arrays)

    def _begin(self) -> None:
        """Check that what is here is of the same task; begin anew where nothing is."""
        path = self._folder / RECORD
        known = _json_object(path)
        if known is None:
            for name in (LINES, VALUES):
                (self._folder / name).unlink(missing_ok=True)
            partial = path.with_suffix(".part")
            partial.write_text(json.dumps(self._task))
            partial.replace(path)
            return
        unlike = differences(json.loads(json.dumps(self._task)), known)
        if unlike:
            raise OtherMapsError(
                f"{self._folder} holds an interrupted mapping that differs from this "
                f"one in {', '.join(unlike)}. Map with what it was begun with to go "
                "on, or pass resume=False to begin anew."
            )


def has_pieces(folder: Path) -> bool:
    """Tell whether an interrupted mapping left anything worth keeping."""
    return (folder / LINES).exists() and (folder / LINES).stat().st_size > 1


def discard(folder: Path) -> None:
    """Throw away what an interrupted mapping left."""
    for name in (RECORD, LINES, VALUES):
        (folder / name).unlink(missing_ok=True)


def _read(line: bytes, values: Any) -> dict[str, NDArray] | None:  # noqa: ANN401 - a file
    """Return the arrays that a line tells of; None where anything is not whole."""
    total, _, about = line.partition(b" ")
    try:
        found = json.loads(about)
        expected = int(total, 16)
        values.seek(found["at"])
        arrays = {}
        now = checksum(0, about)
        for key, dtype, shape in found["arrays"]:
            n_bytes = np.dtype(dtype).itemsize * int(np.prod(shape, dtype=np.int64))
            data = values.read(n_bytes)
            now = checksum(now, data) if n_bytes else now
            arrays[key] = np.frombuffer(data, dtype).reshape(shape)
    except (ValueError, TypeError, KeyError, OverflowError, MemoryError):
        return None
    return arrays if now == expected and "rows" in arrays else None


def _json_object(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None
