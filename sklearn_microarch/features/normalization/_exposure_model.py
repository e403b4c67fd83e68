"""How improbable an exposure of a slice is, its shares of tissue being free."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.features.normalization._grey_templates import (
    GreyTemplates,
    log_densities,
)
from sklearn_microarch.features.normalization._shares import LEAST_LOG, best_shares

# Windows say about the same as those around them.
INDEPENDENT = 0.24
# Least share of windows like no template.
LEAST_OTHER = 0.02
# Of windows that may show any kind of tissue.
ANY_KIND = -1


@dataclass(frozen=True, eq=False)
class Estimate:
    """Grey level = offset + gain * exp(field) * what the templates have."""

    log_gain: float
    offset: float
    field: NDArray[np.float64]  # (4,), coefficients


@dataclass(frozen=True, eq=False)
class Windows:
    """Measures of a slice's windows in one channel, where they lie, and their kinds."""

    measures: NDArray[np.float64]  # (n, n_measures)
    terms: NDArray[np.float64]  # (n, 4), of the field
    overlap: float
    # Known while templates are learned, (n,).
    kinds: NDArray[np.intp] | None = None


class ExposureModel:
    """The negative log-posterior of one slice's exposure, per window.

    Of windows whose medians have a median of 0. Parameters are the logarithm of the
    gain; the template level of a grey level of 0, in deviations; and those
    coefficients of the field that are free. Gain and offset have no prior: a picture
    in other units has the same optimum, in its units.
    """

    def __init__(
        self,
        windows: Windows,
        templates: GreyTemplates,
        usual_field: NDArray[np.float64],
        freedom: NDArray[np.float64],
    ) -> None:
        self.windows, self.templates = windows, templates
        self.free = freedom > 0
        self.usual_field, self.usual_free = usual_field, usual_field[self.free]
        self.freedom = freedom[self.free]
        low, high = np.quantile(windows.measures, [0.005, 0.995], axis=0)
        # Density of a window that is like no template: even over what there is.
        self.log_even = -np.log(np.maximum(1.5 * (high - low), 1e-3)).sum()
        self.unit = float(np.sqrt(np.linalg.inv(templates.precisions)[:, 0, 0].mean()))
        self.n_independent = len(windows.measures) * INDEPENDENT / windows.overlap
        self.allowed = None
        if windows.kinds is not None:
            known = windows.kinds[:, None]
            self.allowed = (known == templates.kinds) | (known == ANY_KIND)
        self.shares: NDArray[np.float64] | None = None

    def pack(
        self, log_gain: float, offset: float, field: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return an exposure's parameters."""
        level = -offset / np.exp(log_gain) / self.unit
        return np.array([log_gain, level, *field[self.free]])

    def unpack(self, parameters: NDArray[np.float64]) -> Estimate:
        """Return the exposure of parameters."""
        field = self.usual_field.copy()
        field[self.free] = parameters[2:]
        offset = -np.exp(parameters[0]) * parameters[1] * self.unit
        return Estimate(float(parameters[0]), float(offset), field)

    def __call__(
        self, parameters: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64]]:
        """Return value and gradient, at the best shares."""
        windows, exposure = self.windows, self.unpack(parameters)
        log_gains = exposure.log_gain + windows.terms @ exposure.field
        seen = seen_under(exposure, windows.measures, windows.terms)
        log_density, slopes = log_densities(self.templates, seen)
        log_density -= log_gains[:, None]
        belongs, value = self._share_out(log_density)
        # What moves the scaled median, and the scaled spread.
        by_level = -(belongs * slopes[:, :, 0]).sum(axis=1)
        by_spread = -(belongs * slopes[:, :, 1]).sum(axis=1)
        by_log_gain = -(by_level * seen[:, 0] + by_spread) - belongs.sum(axis=1)
        by_offset = -(by_level * np.exp(-log_gains)).sum()
        off_usual = (parameters[2:] - self.usual_free) / self.freedom
        # What fields usually differ by, weighed as one window in n is.
        weight = 1 / max(self.n_independent, 1e-9)
        value += 0.5 * weight * float((off_usual**2).sum())
        of_windows = [
            by_log_gain.sum() + by_offset * exposure.offset,
            -by_offset * np.exp(exposure.log_gain) * self.unit,
            *(windows.terms[:, self.free].T @ by_log_gain),
        ]
        gradient = -np.array(of_windows) / len(seen)
        gradient[2:] += weight * off_usual / self.freedom
        return value, gradient

    def _share_out(
        self, log_density: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], float]:
        """Return to which template (n, k) windows belong, and the value."""
        if self.allowed is not None:
            log_density = np.where(self.allowed, log_density, -np.inf)
        top = np.maximum(log_density.max(axis=1), self.log_even)
        density = (1 - LEAST_OTHER) * np.exp(log_density - top[:, None])
        even = np.exp(self.log_even - top)[:, None]
        # What is shared out is what is left when some are taken to be like no template.
        both = np.hstack([even, density + LEAST_OTHER * even])
        self.shares = best_shares(both, self.shares)
        total = both @ self.shares
        value = -(np.log(total) + top).mean() - LEAST_LOG * np.log(self.shares).sum()
        return density * self.shares[1:] / total[:, None], float(value)


def seen_under(
    estimate: Estimate, measures: NDArray[np.float64], terms: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the measures (n, n_measures) of windows under the exposure of the fit."""
    log_gains = estimate.log_gain + terms @ estimate.field
    seen = measures.copy()
    seen[:, 0] = (seen[:, 0] - estimate.offset) * np.exp(-log_gains)
    seen[:, 1] -= log_gains
    return seen
