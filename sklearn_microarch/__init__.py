"""Scikit-learn estimators that map brain microarchitecture from an annotated slice."""

import lazy_loader

from sklearn_microarch._version import __version__ as __version__

# The stub beside this file names every public object, once, and where it is; each is
# loaded on first use, so that `import sklearn_microarch` does not import torch.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
