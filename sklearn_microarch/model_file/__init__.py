"""A fitted pipeline as a file that holds no code and runs none when it is loaded."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
