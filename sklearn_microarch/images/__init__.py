"""Slices of tissue as images with a pixel size, and their way in and out of files."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
