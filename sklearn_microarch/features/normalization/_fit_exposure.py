"""Estimate gain, offset and shading of a slice together with its shares of tissue."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from sklearn_microarch.features.normalization._grey_templates import (
    GreyTemplates,
    log_densities,
    widen,
)

# Segmentation, shares and gain field in one model, after W. M. Wells III, W. E. L.
# Grimson, R. Kikinis and F. A. Jolesz, "Adaptive segmentation of MRI data", IEEE
# Transactions on Medical Imaging 15(4), 1996 (doi:10.1109/42.511747), and J. Ashburner
# and K. J. Friston, "Unified segmentation", NeuroImage 26(3), 2005
# (doi:10.1016/j.neuroimage.2005.02.018).

# Standard deviations of what slices usually differ by: the logarithm of gain, and the
# offset in deviations of the median grey level.
USUAL_GAIN, USUAL_OFFSET = 0.3, 1.5
# Windows say about the same as those around them.
INDEPENDENT = 0.24
# Least share of windows like no template.
LEAST_OTHER = 0.02
# Where a search may begin: gains, and to which of the templates' levels, from the
# darkest to the brightest, the median of the slice belongs. The best few are followed.
GAINS, PLACES, N_FOLLOWED = (0.7, 0.85, 1.0, 1.2, 1.45), (0.2, 0.4, 0.6, 0.8), 3
# Templates are widened at first, so that far ones are felt too, and then less.
WIDENED = (8.0, 3.0, 1.0)
WIDEST = 1.0
# Of windows that may show any kind of tissue.
ANY_KIND = -1


@dataclass(frozen=True, eq=False)
class Estimate:
    """Grey level = offset + gain * exp(field) * what the templates have."""

    log_gain: float
    offset: float
    field: NDArray[np.float64]  # (4,), coefficients
    mean_log_likelihood: float


@dataclass(frozen=True, eq=False)
class Windows:
    """Measures of a slice's windows in one channel, where they lie, and their kinds."""

    measures: NDArray[np.float64]  # (n, n_measures)
    terms: NDArray[np.float64]  # (n, 4), of the field
    overlap: float
    # Known while templates are learned, (n,).
    kinds: NDArray[np.intp] | None = None


def estimate_exposure(
    windows: Windows,
    templates: GreyTemplates,
    usual_field: NDArray[np.float64],
    freedom: NDArray[np.float64],
    *,
    usual_log_gain: float = 0.0,
    start: Estimate | None = None,
) -> Estimate:
    """Return the most probable exposure of a slice, the shares of tissue being free.

    ``usual_field`` (4,) is that of the fit, from which slices differ by a standard
    deviation of ``freedom`` (4,); where that is 0, they do not.
    """
    model = _Model(windows, templates, usual_field, freedom, usual_log_gain)
    if start is not None:
        starts = [model.pack(start.log_gain, start.offset, start.field)]
    else:
        starts = model.starts()
    found = [model.maximise(begin) for begin in starts]
    return min(found, key=lambda pair: pair[0])[1]


class _Model:
    """The negative log-posterior of one slice's exposure, per window."""

    def __init__(
        self,
        windows: Windows,
        templates: GreyTemplates,
        usual_field: NDArray[np.float64],
        freedom: NDArray[np.float64],
        usual_log_gain: float,
    ) -> None:
        self.windows, self.templates = windows, templates
        self.free = freedom > 0
        self.usual_field, self.freedom = usual_field, freedom[self.free]
        self.usual_log_gain = usual_log_gain
        measures = windows.measures
        low, high = np.quantile(measures, [0.005, 0.995], axis=0)
        # Density of a window that is like no template: even over what there is.
        self.log_even = -np.log(np.maximum(1.5 * (high - low), 1e-3)).sum()
        self.centre = float(np.median(measures[:, 0]))
        self.unit = float(np.sqrt(np.linalg.inv(templates.precisions)[:, 0, 0].mean()))
        self.n_independent = len(measures) * INDEPENDENT / windows.overlap
        self.allowed = None
        if windows.kinds is not None:
            known = windows.kinds[:, None]
            self.allowed = (known == templates.kinds) | (known == ANY_KIND)
        n_templates = len(templates.means)
        self.shares = np.full(1 + n_templates, 1 / (1 + n_templates))

    def starts(self) -> list[NDArray[np.float64]]:
        """Return the parameters from which to search."""
        levels = np.quantile(self.templates.means[:, 0], PLACES).tolist()
        found = []
        for factor in GAINS:
            log_gain = self.usual_log_gain + np.log(factor)
            offsets = [self.centre - np.exp(log_gain) * level for level in levels]
            found += [
                self.pack(log_gain, offset, self.usual_field)
                for offset in (0.0, *offsets)
            ]
        given = self.templates
        self.templates = widen(given, WIDENED[1])
        values = []
        for start in found:
            self.shares[:] = 1 / len(self.shares)
            # Shares come near to their best in two rounds.
            self(start)
            values.append(self(start)[0])
        self.templates = given
        return [found[at] for at in np.argsort(values)[:N_FOLLOWED]]

    def pack(
        self, log_gain: float, offset: float, field: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return parameters: log gain, the template level of the median, the field."""
        level = (self.centre - offset) / np.exp(log_gain) / self.unit
        return np.array([log_gain, level, *field[self.free]])

    def _offset(self, parameters: NDArray[np.float64]) -> float:
        gain, level = np.exp(parameters[0]), parameters[1] * self.unit
        return float(self.centre - gain * level)

    def maximise(self, begin: NDArray[np.float64]) -> tuple[float, Estimate]:
        """Return the least value from a start, and the estimate there."""
        limits = [(None, None)] * 2 + [(-WIDEST, WIDEST)] * int(self.free.sum())
        limits[0] = (self.usual_log_gain - 1.5, self.usual_log_gain + 1.5)
        given, at = self.templates, begin
        for factor in WIDENED:
            self.templates = widen(given, factor)
            self.shares[:] = 1 / len(self.shares)
            found = minimize(
                self,
                at,
                jac=True,
                method="L-BFGS-B",
                bounds=limits,
                options={"maxiter": 40},
            )
            at = found.x
        self.templates = given
        field = self.usual_field.copy()
        field[self.free] = found.x[2:]
        offset = self._offset(found.x)
        estimate = Estimate(float(found.x[0]), offset, field, -float(found.fun))
        return float(found.fun), estimate

    def __call__(
        self, parameters: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64]]:
        """Return value and gradient."""
        windows, templates = self.windows, self.templates
        field = self.usual_field.copy()
        field[self.free] = parameters[2:]
        log_gains = parameters[0] + windows.terms @ field
        inverse = np.exp(-log_gains)
        offset = self._offset(parameters)
        seen = windows.measures.copy()
        seen[:, 0] = (seen[:, 0] - offset) * inverse
        seen[:, 1] -= log_gains
        log_density, slopes = log_densities(templates, seen)
        log_density -= log_gains[:, None]
        belongs, log_sum = self._share_out(log_density)
        # What moves the scaled median, and the scaled spread.
        by_level = -(belongs * slopes[:, :, 0]).sum(axis=1)
        by_spread = -(belongs * slopes[:, :, 1]).sum(axis=1)
        by_log_gain = -(by_level * seen[:, 0] + by_spread) - belongs.sum(axis=1)
        by_offset = -(by_level * inverse).sum()
        n, gain = len(seen), float(np.exp(parameters[0]))
        by_gain_in_offset, by_level_in_offset = (
            -gain * parameters[1] * self.unit,
            -gain * self.unit,
        )
        gradient = (
            -np.array(
                [
                    by_log_gain.sum() + by_offset * by_gain_in_offset,
                    by_offset * by_level_in_offset,
                    *(windows.terms[:, self.free].T @ by_log_gain),
                ]
            )
            / n
        )
        value = -log_sum.mean()
        # What slices usually differ by, weighed as one window in n is.
        gain_off = (parameters[0] - self.usual_log_gain) / USUAL_GAIN
        offset_off = offset / (USUAL_OFFSET * self.unit * np.exp(self.usual_log_gain))
        field_off = (field - self.usual_field)[self.free] / self.freedom
        weight = 1 / max(self.n_independent, 1e-9)
        value += 0.5 * weight * (gain_off**2 + offset_off**2 + (field_off**2).sum())
        unit = USUAL_OFFSET * self.unit * np.exp(self.usual_log_gain)
        gradient[0] += weight * (
            gain_off / USUAL_GAIN + offset_off / unit * by_gain_in_offset
        )
        gradient[1] += weight * offset_off / unit * by_level_in_offset
        gradient[2:] += weight * field_off / self.freedom
        return float(value), gradient

    def _share_out(
        self, log_density: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return to which template (n, k) windows belong, and log densities (n,).

        Shares are brought to their best by a few steps of expectation maximisation.
        """
        if self.allowed is not None:
            log_density = np.where(self.allowed, log_density, -np.inf)
        top = np.maximum(log_density.max(axis=1), self.log_even)
        density = np.exp(log_density - top[:, None])
        even = np.exp(self.log_even - top)
        shares = self.shares
        for _ in range(8):
            total = density @ shares[1:] + shares[0] * even
            of_templates = density.T @ (1 / total) * shares[1:] / len(density)
            of_none = max(float((shares[0] * even / total).mean()), LEAST_OTHER)
            shares = np.concatenate([[of_none], of_templates + 1e-4])
            shares /= shares.sum()
        self.shares = shares
        total = density @ shares[1:] + shares[0] * even
        return density * shares[1:] / total[:, None], np.log(total) + top
