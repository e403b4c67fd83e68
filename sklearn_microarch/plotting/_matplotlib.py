"""Say how to install matplotlib where it is missing; imported first in this room."""

try:
    import matplotlib  # noqa: F401 - imported to learn whether it is there
except ImportError as error:
    raise ImportError(
        "sklearn_microarch.plotting needs matplotlib, which is not installed; "
        "pip install 'sklearn-microarch[plot]' adds it."
    ) from error
