"""Networks that learn to tell regions apart, and the features they find."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
