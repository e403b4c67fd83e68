"""The one door to skops, which turns estimators into plain values and back."""

from types import ModuleType


def skops_io(task: str) -> ModuleType:
    """Return ``skops.io``; ``task`` names who needs it. ImportError names the extra."""
    try:
        import skops.io
    except ImportError as error:
        raise ImportError(
            f"{task} needs skops, which is not installed; "
            "pip install 'sklearn-microarch[safe]' adds it."
        ) from error
    return skops.io
