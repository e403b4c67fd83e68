"""The version of this library, and its stamp on saved estimators."""

import warnings
from typing import TYPE_CHECKING, Any, Self

from sklearn_microarch.exceptions import ModelVersionWarning

__version__ = "0.1.0"

_KEY = "_sklearn_microarch_version"


class VersionedMixin:
    """Stamp pickles with the library's version, and warn of another one.

    scikit-learn does so for its own estimators only.
    """

    if TYPE_CHECKING:
        # scikit-learn's own have no types, which would be lost from here on.
        def set_params(self, **params: Any) -> Self: ...  # noqa: ANN401 - any value

    def __getstate__(self) -> dict[str, Any]:
        state: Any = super().__getstate__()
        return {**state, _KEY: __version__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        found = state.pop(_KEY, "unknown")
        if found != __version__:
            warnings.warn(
                f"{type(self).__name__} was saved with sklearn_microarch {found} and "
                f"is loaded with {__version__}; results may differ or fail. Install "
                "the version it was saved with, or fit it anew.",
                ModelVersionWarning,
                stacklevel=2,
            )
        super().__setstate__(state)  # type: ignore[misc]
