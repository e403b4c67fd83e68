"""An error in one line of plain words."""

from sklearn_microarch.cli._console import one_line

# What input, files, machine and installation can be to blame for.
_EXPECTED = (ValueError, TypeError, OSError, MemoryError, ImportError, RuntimeError)


def describe_error(error: Exception) -> str:
    """Return what to print of an error."""
    words = one_line(_words(error))
    if isinstance(error, _EXPECTED):
        return words
    return (
        f"{words} This is a fault of the program, not of your files; --debug shows "
        "where it is. Please report it."
    )


def _words(error: Exception) -> str:
    kind = type(error).__name__
    if isinstance(error, OSError) and error.filename is not None:
        reason = (error.strerror or kind).rstrip(".")
        if isinstance(error, FileNotFoundError):
            reason = reason.replace(
                "No such file or directory", "no such file or folder"
            )
        return f"{error.filename}: {reason}"
    if isinstance(error, _EXPECTED) and str(error):
        return str(error)
    return f"{kind}: {error}." if str(error) else f"{kind}."
