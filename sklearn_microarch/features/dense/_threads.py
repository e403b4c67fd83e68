"""Run iterators side by side, each in a thread of its own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Full, Queue
from typing import TypeVar

from sklearn_microarch.features._arithmetic import set_torch_threads

Item = TypeVar("Item")
# How long a thread waits before it looks whether it should stop.
PATIENCE_S = 0.1


class _End:
    """Says that one iterator has ended, and with what error."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def iterate_in_threads(tasks: Sequence[Callable[[], Iterator[Item]]]) -> Iterator[Item]:
    """Yield what several iterators give, as it comes, each iterator's in its order.

    In each thread, torch computes with one thread: they need not wait for each other,
    and results do not depend on how many there are. The first error stops all.
    """
    # What is done is never far ahead of what is taken.
    queue: Queue[Item | _End] = Queue(maxsize=len(tasks))
    stop = threading.Event()
    threads = [
        threading.Thread(target=_run, args=(task, queue, stop), daemon=True)
        for task in tasks
    ]
    try:
        for thread in threads:
            thread.start()
        running = len(threads)
        while running:
            item = queue.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                running -= 1
            else:
                yield item
    finally:
        stop.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join()


def _run(
    task: Callable[[], Iterator[Item]],
    queue: "Queue[Item | _End]",
    stop: threading.Event,
) -> None:
    end = _End()
    try:
        set_torch_threads(1)
        for item in task():
            if not _put(queue, item, stop):
                return
    except BaseException as error:
        end = _End(error)
    _put(queue, end, stop)


def _put(
    queue: "Queue[Item | _End]", item: "Item | _End", stop: threading.Event
) -> bool:
    """Put an item, unless nobody will take it."""
    while not stop.is_set():
        try:
            queue.put(item, timeout=PATIENCE_S)
        except Full:
            continue
        return True
    return False
