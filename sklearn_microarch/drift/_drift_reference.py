"""What a pipeline saw in its reference, in compact form, without pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.drift.blocks._baseline import Baseline
from sklearn_microarch.drift.blocks._null import Null

# A region has a mean in a block that is filled to this share with it.
_FILLED = 1 / 8


@dataclass(frozen=True, eq=False, repr=False)
class DriftReference:
    """What a pipeline saw in its reference, in compact form.

    Made by `fit_drift_reference`; holds no image, and can be saved with joblib.

    Parameters
    ----------
    region_names : ndarray of shape (n_regions,)
        Regions the pipeline tells apart.
    region_shares : ndarray of shape (n_regions,)
        Share of the reference's rows predicted as each.
    stride, block_px : int, unit: pixels
        Distance of the centres looked at, and edge length of a block.
    min_rows : int
        Rows of one region that a block must hold to be compared.
    pixel_size_um : float or None
        Pixel size the pipeline was fitted with.
    n_grey_levels : int
        Different grey levels in the reference.
    false_alarm_rate : float
        Share of the reference's own parts that would be called shifted.
    baseline : Baseline
        Support and centres.
    null : Null
        What parts of the reference differ by among themselves.
    factor_agreement : float
        Mean cosine of factors learned anew on parts of the reference; NaN
        without factors that can be compared.
    n_images, n_units : int
        Slices of the reference, and how many of them are of other animals, or of
        other places in one: only these tell how much slices differ.
    normalization : str or None
        How the network normalizes grey levels.
    fingerprint : str
        Of the network and the factors.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_microarch import CNNFeatureExtractor, PatchSampler
    >>> from sklearn_microarch.drift import fit_drift_reference
    >>> rng = np.random.default_rng(0)
    >>> rois = np.repeat([[1] * 128 + [2] * 128], 128, axis=0)
    >>> image = rng.normal(100 * rois, 20)
    >>> pipe = make_pipeline(
    ...     PatchSampler(16, n_patches_per_roi=100, tissue=None, random_state=0),
    ...     CNNFeatureExtractor(max_epochs=2, n_features=4, random_state=0),
    ... )
    >>> pipe = pipe.fit(*pipe[0].sample(image, rois))
    >>> reference = fit_drift_reference(
    ...     pipe, image, stride=4, n_draws=20, random_state=0
    ... )
    >>> reference.region_names.tolist(), reference.stride, reference.block_px
    ([1, 2], 4, 16)
    """

    region_names: NDArray
    region_shares: NDArray[np.float64]
    stride: int
    block_px: int
    min_rows: int
    pixel_size_um: float | None
    n_grey_levels: int
    false_alarm_rate: float
    baseline: Baseline
    null: Null
    factor_agreement: float
    n_images: int
    n_units: int
    normalization: str | None
    fingerprint: str

    @property
    def n_blocks(self) -> float:
        """Region blocks of one slice, on average."""
        return float(self.baseline.features.counts.sum() / self.n_images)

    def __repr__(self) -> str:
        return (
            f"DriftReference({len(self.region_names)} regions, "
            f"{len(self.baseline.support)} rows of support, every {self.stride} "
            f"pixels in blocks of {self.block_px}, {len(self.null.indicators)} draws)"
        )


def min_rows_of(block_px: int, step: int) -> int:
    """Return how many rows make a mean of a block, of centres `step` px apart."""
    return max(1, round((block_px / step) ** 2 * _FILLED))
