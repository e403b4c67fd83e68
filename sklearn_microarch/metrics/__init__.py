"""Scores on held-out rows, with intervals, and what they are scores of."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
