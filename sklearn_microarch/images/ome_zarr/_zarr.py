"""The one door through which zarr, an optional package, comes in."""

from types import ModuleType


def import_zarr() -> ModuleType:
    """Return the package zarr, or raise an ImportError that says how to get it."""
    try:
        import zarr
    except ImportError as exc:
        raise ImportError(
            "OME-Zarr images need the package zarr (3.1 or later), which cannot be "
            "imported; install it with: pip install 'sklearn-microarch[zarr]'"
        ) from exc
    return zarr
