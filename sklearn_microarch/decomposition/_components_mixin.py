"""What an estimator does that has non-negative components."""

from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sklearn_microarch._arguments._matrix import check_matrix, check_rows_as_fitted
from sklearn_microarch._device import resolve_device
from sklearn_microarch.decomposition._row_checks import check_batch
from sklearn_microarch.decomposition.nnls._loadings import nonnegative_loadings

# Read as they are, batch by batch; anything else is converted to the first.
ROW_DTYPES = (np.float64, np.float32, np.float16)


# A TransformerMixin, since set_output works only where transform is defined.
class ComponentsMixin(TransformerMixin):
    """Loadings of rows, and rows from loadings."""

    device: str
    components_: NDArray[np.floating]

    def transform(self, X: ArrayLike) -> NDArray[np.floating]:
        """Return the exact non-negative loadings of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Non-negative rows.

        Returns
        -------
        loadings : ndarray of shape (n_samples, n_components), dtype of ``X``
            The same for a row alone and among others, to the bit.

        Raises
        ------
        TypeError
            If ``X`` holds anything but numbers.
        ValueError
            If ``X`` has another number of features than in ``fit``, or a negative
            or non-finite entry, or if ``device`` does not exist here.
        """
        check_is_fitted(self, "components_")
        rows = check_rows_as_fitted(self, X, dtype=ROW_DTYPES, ensure_all_finite=False)
        check = partial(check_batch, whom=f"{type(self).__name__}.transform")
        return nonnegative_loadings(
            rows, self.components_, device=self._device(), check=check
        )

    def inverse_transform(self, X: ArrayLike) -> NDArray[np.floating]:
        """Reconstruct rows from their loadings.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_components)
            Loadings.

        Returns
        -------
        reconstruction : ndarray of shape (n_samples, n_features)
            The loadings times ``components_``.

        Raises
        ------
        TypeError
            If ``X`` holds anything but numbers.
        ValueError
            If ``X`` does not have one column for each component, or is not finite.
        """
        check_is_fitted(self, "components_")
        loadings = check_matrix("X", X, dtype=ROW_DTYPES, estimator=self)
        if loadings.shape[1] != len(self.components_):
            raise ValueError(
                f"X has {loadings.shape[1]} columns, but there are "
                f"{len(self.components_)} components; pass what transform returned."
            )
        return loadings @ self.components_

    @property
    def _n_features_out(self) -> int:
        return len(self.components_)

    def _device(self) -> str:
        return resolve_device(self.device, dtype="float64")
