"""How a slice was exposed, beside the slices a network was trained on."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.features.normalization._field import (
    POWERS,
    field_terms,
    places_along,
)
from sklearn_microarch.images import GreyLevels, SliceImage


@dataclass(frozen=True, eq=False, repr=False)
class Exposure:
    """Gain, offset and shading of one slice, as `CNNFeatureExtractor` removes them.

    A grey level of the slice is ``offset + gain * shading * level``, where ``level``
    is what the tissue has in the slices the network was trained on, shading included.

    Parameters
    ----------
    gain, offset : ndarray of shape (n_channels,), dtype float64
        1 and 0 for a slice exposed like those of the fit, on average.
    coefficients : ndarray of shape (n_channels, 4), dtype float64
        Of the logarithm of the shading: the row's place in the slice, from -1 to 1,
        its square, the column's place and its square.
    sharpness : ndarray of shape (n_channels,), dtype float64
        Mean difference of neighbouring pixels over the spread of grey levels.
    is_estimated : bool
        False where the slice shows too little tissue, and is taken to be exposed as
        the slices of the fit.

    Attributes
    ----------
    shading : ndarray of shape (n_channels,), dtype float64
        Largest gain within the slice over the least, less 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch.features import Exposure
    >>> Exposure(np.array([1.2]), np.array([-10.0]), np.array([[0, 0.2, 0, 0]]))
    Exposure(gain 1.2, offset -10, shading 22%)
    """

    gain: NDArray[np.float64]
    offset: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    sharpness: NDArray[np.float64] = field(default_factory=lambda: np.array([np.nan]))
    is_estimated: bool = True

    @property
    def shading(self) -> NDArray[np.float64]:
        """Largest gain within the slice over the least, less 1, of each channel."""
        along = np.linspace(-1, 1, 101)
        terms = field_terms(np.stack([along, along], axis=1))
        n = len(POWERS)
        spans = [
            np.ptp(part @ coefficients.T, axis=0)
            for part, coefficients in (
                (terms[:, :n], self.coefficients[:, :n]),
                (terms[:, n:], self.coefficients[:, n:]),
            )
        ]
        return np.expm1(spans[0] + spans[1])

    def __repr__(self) -> str:
        parts = [
            f"{name} {', '.join(f'{value:{form}}' for value in values)}"
            for name, values, form in (
                ("gain", self.gain, ".3g"),
                ("offset", self.offset, ".3g"),
                ("shading", self.shading, ".0%"),
            )
        ]
        known = "" if self.is_estimated else ", not estimated"
        return f"Exposure({', '.join(parts)}{known})"


@dataclass(frozen=True, eq=False)
class Profiles:
    """An exposure along the rows and columns of one slice, ready to be removed."""

    offset: NDArray[np.float32]  # (n_channels, 1)
    rows: NDArray[np.float32]  # (n_channels, height), gain of each row
    cols: NDArray[np.float32]  # (n_channels, width), its factor in each column


def profiles_of(
    exposure: Exposure, image: SliceImage, grey_levels: GreyLevels
) -> Profiles:
    """Return the exposure of each row and column of a slice."""
    rows, cols = places_along(image, grey_levels)
    n = len(POWERS)
    powers = np.array(POWERS)
    of_rows = exposure.coefficients[:, :n] @ (rows[None] ** powers[:, None])
    of_cols = exposure.coefficients[:, n:] @ (cols[None] ** powers[:, None])
    return Profiles(
        exposure.offset[:, None].astype(np.float32),
        (exposure.gain[:, None] * np.exp(of_rows)).astype(np.float32),
        np.exp(of_cols).astype(np.float32),
    )
