"""What tissue looks like, and the exposure of slices that follows from it."""

from dataclasses import dataclass
from functools import cached_property

import joblib
import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import NormalizationWarning
from sklearn_microarch.features.normalization._exposure import (
    Exposure,
    Profiles,
    profiles_of,
)
from sklearn_microarch.features.normalization._exposure_model import Windows
from sklearn_microarch.features.normalization._field import (
    N_TERMS,
    field_terms,
    freedom_of,
)
from sklearn_microarch.features.normalization._fit_exposure import estimate_exposure
from sklearn_microarch.features.normalization._grey_templates import GreyTemplates
from sklearn_microarch.images import GreyLevels, SliceImage, measure_grey_levels
from sklearn_microarch.sampling._slices import called

# Fewer windows of tissue, touching each other, say little about gain and offset.
FEWEST_WINDOWS = 40


@dataclass(frozen=True, eq=False)
class SliceNormalizer:
    """What windows of tissue look like in the slices of the fit, in each channel."""

    templates: list[GreyTemplates]  # of each channel
    usual_fields: NDArray[np.float64]  # (n_channels, 4)
    # Median logarithm of the spread in the fit, (n_channels,): gains lie around it.
    log_spreads: NDArray[np.float64]

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all that an exposure depends on beside the slice."""
        arrays = [self.usual_fields, self.log_spreads]
        for templates in self.templates:
            arrays += vars(templates).values()
        # Memory-mapped arrays, and those of other strides, have another hash.
        return str(joblib.hash([np.array(values, order="C") for values in arrays]))

    def __getstate__(self) -> dict[str, object]:
        state = dict(vars(self))
        state.pop("fingerprint", None)
        return state

    def exposure(self, image: SliceImage) -> Exposure:
        """Return the exposure of a slice; it is estimated once and kept beside it."""
        return self._known(image)[0]

    def profiles(self, image: SliceImage) -> Profiles:
        """Return the exposure along the rows and columns of a slice."""
        return self._known(image)[1]

    def _known(self, image: SliceImage) -> tuple[Exposure, Profiles]:
        kept = getattr(image, "_exposures", None)
        if kept is None:
            kept = {}
            # Beside the fields, so that neither hash nor pickle knows of it.
            object.__setattr__(image, "_exposures", kept)
        if self.fingerprint not in kept:
            grey_levels = measure_grey_levels(image)
            exposure = self._estimate(image, grey_levels)
            if not exposure.is_estimated:
                _warn_of_little(image, grey_levels)
            kept[self.fingerprint] = (
                exposure,
                profiles_of(exposure, image, grey_levels),
            )
        found: tuple[Exposure, Profiles] = kept[self.fingerprint]
        return found

    def _estimate(self, image: SliceImage, grey_levels: GreyLevels) -> Exposure:
        n_channels = len(self.templates)
        if len(grey_levels) < FEWEST_WINDOWS:
            return unknown_exposure(n_channels, grey_levels)
        terms, freedom = field_terms(grey_levels.places), freedom_of(image, grey_levels)
        found = []
        for channel, templates in enumerate(self.templates):
            measures = grey_levels.measures[:, channel]
            found.append(
                estimate_exposure(
                    Windows(measures, terms, grey_levels.overlap),
                    templates,
                    self.usual_fields[channel],
                    freedom,
                    log_spread=float(self.log_spreads[channel]),
                )
            )
        return Exposure(
            np.exp([one.log_gain for one in found]),
            np.array([one.offset for one in found]),
            # Shading that the slices of the fit have too is what the network knows.
            np.stack([one.field for one in found]) - self.usual_fields,
            grey_levels.sharpness,
        )


def unknown_exposure(n_channels: int, grey_levels: GreyLevels) -> Exposure:
    """Return the exposure of the fit, for a slice that shows too little."""
    return Exposure(
        np.ones(n_channels),
        np.zeros(n_channels),
        np.zeros((n_channels, N_TERMS)),
        grey_levels.sharpness,
        is_estimated=False,
    )


def _warn_of_little(image: SliceImage, grey_levels: GreyLevels) -> None:
    warn_user(
        f"{called(image)} of shape {image.shape} shows {len(grey_levels)} windows of "
        f"tissue where {FEWEST_WINDOWS} are needed to estimate its exposure; its grey "
        "levels are taken as they are. Of a crop, give those of the whole slice, "
        "SliceImage(..., grey_levels=measure_grey_levels(whole)); or set "
        "normalization='train'.",
        NormalizationWarning,
    )
