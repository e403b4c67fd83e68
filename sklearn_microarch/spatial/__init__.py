"""Where patches lie: what they share, strips, blocks, and distances to borders."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
