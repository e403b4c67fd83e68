"""Let SIGTERM, with which systems and schedulers stop a process, act as Ctrl-C."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Terminated(KeyboardInterrupt):
    """Raised where the process is when it is told to end."""


@contextmanager
def raise_on_sigterm() -> Iterator[None]:
    """Raise `Terminated` at SIGTERM for as long as a block runs.

    Where somebody else handles the signal, or this is not the main thread, nothing
    changes. A forked process ends at once, as it would have.
    """
    mine = os.getpid()

    def stop(number: int, _frame: object) -> None:
        if os.getpid() != mine:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        raise Terminated

    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
