"""Warnings that point at the user's line, and come once for it."""

import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import joblib
import sklearn

# Frames of files in these folders are passed over.
_LIBRARIES = tuple(
    f"{Path(file).parent}{os.sep}"
    for file in (__file__, sklearn.__file__, joblib.__file__)
)

_shown: set[tuple[str, type[Warning], str, int]] = set()
_listening = threading.local()


def warn_user(message: str, category: type[Warning]) -> None:
    """Warn at the innermost line outside this library, scikit-learn and joblib.

    Filters act as ever. Where one shows a warning once for a line, the same words are
    shown once, also within a search, for which Python forgets what it has shown.
    """
    heard = getattr(_listening, "heard", None)
    if heard is not None:
        heard.append((category, message))
        return
    frame, stacklevel = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_LIBRARIES):
        frame, stacklevel = frame.f_back, stacklevel + 1
    line = frame.f_lineno
    module = str(frame.f_globals.get("__name__", "<unknown>"))
    if _action(message, category, module, line) in ("default", "module", "once"):
        warning = (message, category, frame.f_code.co_filename, line)
        if warning in _shown:
            return
        _shown.add(warning)
    warnings.warn(message, category, stacklevel=stacklevel)


@contextmanager
def hear_warnings() -> Iterator[list[tuple[type[Warning], str]]]:
    """Keep what this thread would warn of, and warn of nothing.

    Python's filters are one for all threads: whoever changes them for a while in
    several at a time leaves them changed.
    """
    before = getattr(_listening, "heard", None)
    _listening.heard = heard = list[tuple[type[Warning], str]]()
    try:
        yield heard
    finally:
        _listening.heard = before


def _action(message: str, category: type[Warning], module: str, line: int) -> str:
    """Return what the first filter that fits a warning does with it."""
    # Compiled patterns, where the stubs have strings.
    filters: list[tuple] = list(warnings.filters)
    for action, words, kind, where, number in filters:
        if (
            issubclass(category, kind)
            and number in (0, line)
            and (words is None or words.match(message))
            and (where is None or where.match(module))
        ):
            return str(action)
    return "default"
