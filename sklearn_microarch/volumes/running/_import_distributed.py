"""The one door through which dask.distributed, an optional package, comes in."""

from types import ModuleType


def import_distributed() -> ModuleType:
    """Return the package, or raise an ImportError that says how to get it."""
    try:
        import distributed
    except ImportError as error:
        raise ImportError(
            "mapping a volume needs the package distributed, which cannot be imported; "
            "install it with: pip install 'sklearn-microarch[volumes]'"
        ) from error
    return distributed
