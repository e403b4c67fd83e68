"""Keep what is warned of during long work, and say it once the work is safe."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from sklearn_microarch._warn_user import warn_user

# Categories by sentence, each once, in order.
Warned = dict[str, type[Warning]]


@contextmanager
def gather_warnings() -> Iterator[Warned]:
    """Collect what is warned of within, instead of showing it."""
    found: Warned = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # Of other libraries about Python: nothing that a user could mend.
        for kind in (DeprecationWarning, PendingDeprecationWarning, ResourceWarning):
            warnings.simplefilter("ignore", kind)
        try:
            yield found
        finally:
            found |= {str(one.message): one.category for one in caught}


def issue_warnings(found: Warned, *, but: tuple[type[Warning], ...] = ()) -> None:
    """Warn of what was collected, but of some categories."""
    for sentence, kind in found.items():
        if not issubclass(kind, but):
            warn_user(sentence, kind)
