"""How a model file says that it cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager

from sklearn_microarch.exceptions import ModelFileError

GET_AGAIN = (
    "The file was changed or cut short after it was written; copy or download it again."
)


@contextmanager
def as_model_error(subject: str, remedy: str = GET_AGAIN) -> Iterator[None]:
    """Turn whatever other libraries raise over a file into an error that names it.

    A parser meets any kind of damage with any kind of exception, memory and depth of
    recursion included.
    """
    try:
        yield
    except ModelFileError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        raise ModelFileError(f"{subject}: {said}. {remedy}") from error
