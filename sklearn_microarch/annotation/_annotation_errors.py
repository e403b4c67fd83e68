"""How the reading of an annotation fails, whatever its format."""

from collections.abc import Iterator
from contextlib import contextmanager

from sklearn_microarch.exceptions import ImageFileError


@contextmanager
def as_annotation_error(where: object) -> Iterator[None]:
    """Turn whatever a damaged file brings about into one error that names it."""
    try:
        yield
    except (ImageFileError, ImportError, Warning):
        raise
    # Damaged files fail in a dozen types, from struct.error to RecursionError.
    except Exception as exc:
        reason = (str(exc) or type(exc).__name__).rstrip(".")
        raise ImageFileError(
            f"{where} cannot be read as an annotation: {reason}."
        ) from exc
