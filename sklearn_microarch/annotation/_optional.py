"""The one door to the libraries of other programs' files, imported when needed."""

from importlib import import_module
from types import ModuleType

_PACKAGES = {"PIL": "pillow"}


def optional(module: str, purpose: str) -> ModuleType:
    """Return a module such as "shapely", "roifile", "nibabel.nifti1", "PIL.Image"."""
    try:
        return import_module(module)
    except ImportError as error:
        root = module.partition(".")[0]
        package = _PACKAGES.get(root, root)
        raise ImportError(
            f"{purpose} needs {package}, which is not installed; "
            "pip install 'sklearn-microarch[annotation]' adds it."
        ) from error
