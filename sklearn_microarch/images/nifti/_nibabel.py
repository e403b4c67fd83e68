"""The one door through which nibabel, an optional package, comes in."""

from types import ModuleType


def import_nibabel() -> ModuleType:
    """Return the package nibabel, or raise an ImportError that says how to get it."""
    try:
        import nibabel
    except ImportError as exc:
        raise ImportError(
            "NIfTI volumes need the package nibabel, which cannot be imported; "
            "install it with: pip install 'sklearn-microarch[annotation]'"
        ) from exc
    return nibabel
