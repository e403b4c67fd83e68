"""The sheet of a study: which files are slices, whose, and how they are annotated."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
