"""The one door through which Pillow, an optional package, comes in."""

from types import ModuleType


def import_pillow() -> ModuleType:
    """Return the package PIL with the formats read here, or raise an ImportError."""
    try:
        import PIL
        import PIL.Image
        import PIL.JpegImagePlugin
        import PIL.PngImagePlugin
    except ImportError as exc:
        raise ImportError(
            "PNG and JPEG pictures need the package Pillow, which cannot be imported; "
            "install it with: pip install 'sklearn-microarch[annotation]'"
        ) from exc
    return PIL
