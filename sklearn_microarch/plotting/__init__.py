"""Displays of maps over their slice, in the manner of scikit-learn's displays."""

import lazy_loader

from sklearn_microarch.plotting import _matplotlib  # noqa: F401 - fails first

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
