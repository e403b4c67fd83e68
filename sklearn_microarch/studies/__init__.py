"""Whole studies in one call: train on annotated sections, map many slices."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
