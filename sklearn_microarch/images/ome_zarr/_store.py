"""A zarr store that can be closed for good, also while it is being written."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zarr.abc.buffer import Buffer
from zarr.storage import LocalStore

WAIT_S = 60.0


class ClosableStore(LocalStore):
    """A local folder that takes no more files once it is closed.

    zarr writes chunks in threads of its own, which go on when Ctrl-C has ended the
    statement that began the writing. Were the folder removed then, the next chunk would
    make it anew.
    """

    def __init__(self, root: Path | str, *, read_only: bool = False) -> None:
        super().__init__(root, read_only=read_only)
        self._closed = False
        self._n_writing = 0
        self._condition = threading.Condition()

    def close_for_good(self) -> None:
        """Refuse further files, and wait until none is being written."""
        with self._condition:
            self._closed = True
            self._condition.wait_for(lambda: self._n_writing == 0, timeout=WAIT_S)

    async def set(self, key: str, value: Buffer) -> None:
        """Write a file; see zarr."""
        with self._writing(key):
            await super().set(key, value)

    async def set_if_not_exists(self, key: str, value: Buffer) -> None:
        """Write a file unless there is one; see zarr."""
        with self._writing(key):
            await super().set_if_not_exists(key, value)

    def set_sync(self, key: str, value: Buffer) -> None:
        """Write a file; see zarr."""
        with self._writing(key):
            super().set_sync(key, value)

    @contextmanager
    def _writing(self, key: str) -> Iterator[None]:
        with self._condition:
            if self._closed:
                raise ValueError(
                    f"{self.root} is closed: {key} was written after the end of the "
                    "with statement of its OmeZarrWriter."
                )
            self._n_writing += 1
        try:
            yield
        finally:
            with self._condition:
                self._n_writing -= 1
                self._condition.notify_all()
