"""Splits without leaks, what a split lets through, and the results of searches."""

import lazy_loader

from sklearn_microarch.spatial import border_distance  # noqa: F401 - see the stub

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
