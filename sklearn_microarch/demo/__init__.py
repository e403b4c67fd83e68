"""The main job, end to end: train on an annotated slice, map a new one."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
