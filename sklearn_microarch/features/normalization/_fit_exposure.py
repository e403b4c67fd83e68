"""Estimate gain, offset and shading of a slice together with its shares of tissue."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from sklearn_microarch.features.normalization._grey_templates import GreyTemplates

# Segmentation, shares and gain field in one model, after W. M. Wells III, W. E. L.
# Grimson, R. Kikinis and F. A. Jolesz, "Adaptive segmentation of MRI data", IEEE
# Transactions on Medical Imaging 15(4), 1996 (doi:10.1109/42.511747), and J. Ashburner
# and K. J. Friston, "Unified segmentation", NeuroImage 26(3), 2005
# (doi:10.1016/j.neuroimage.2005.02.018).

# Standard deviations of what slices usually differ by: the logarithm of gain, the
# offset in deviations of the median grey level, and coefficients of the field.
USUAL_GAIN, USUAL_OFFSET, USUAL_FIELD = 0.3, 1.5, 0.07
# Windows say about the same as those around them.
INDEPENDENT = 0.48
# Least share of windows like no template.
LEAST_OTHER = 0.02
STARTS = (1.0, 0.75, 1.33)
WIDEST = 1.0


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
    kinds: NDArray[np.intp] | None = None  # (n,), known while templates are learned


def estimate_exposure(
    windows: Windows,
    templates: GreyTemplates,
    usual_field: NDArray[np.float64],
    free: NDArray[np.bool_],
    *,
    usual_log_gain: float = 0.0,
    start: Estimate | None = None,
) -> Estimate:
    """Return the most probable exposure of a slice, the shares of tissue being free.

    ``usual_field`` (4,) is that of the fit, and stays where it is not ``free`` (4,).
    """
    model = _Model(windows, templates, usual_field, free, usual_log_gain)
    if start is not None:
        starts = [model.pack(start.log_gain, start.offset, start.field)]
    else:
        starts = [model.first(factor) for factor in STARTS]
    found = [model.maximise(begin) for begin in starts]
    return min(found, key=lambda pair: pair[0])[1]


class _Model:
    """The negative log-posterior of one slice's exposure, per window."""

    def __init__(
        self,
        windows: Windows,
        templates: GreyTemplates,
        usual_field: NDArray[np.float64],
        free: NDArray[np.bool_],
        usual_log_gain: float,
    ) -> None:
        self.windows, self.templates = windows, templates
        self.usual_field, self.free = usual_field, free
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
            self.allowed = windows.kinds[:, None] == templates.kinds
        n_templates = len(templates.means)
        self.shares = np.full(1 + n_templates, 1 / (1 + n_templates))

    def first(self, factor: float) -> NDArray[np.float64]:
        """Return where a search begins: medians agree, gain by a factor off."""
        log_gain = self.usual_log_gain + np.log(factor)
        level = float(np.average(self.templates.means[:, 0]))
        offset = self.centre - np.exp(log_gain) * level
        return self.pack(log_gain, offset, self.usual_field)

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
        self.shares[:] = 1 / len(self.shares)
        limits = [(None, None)] * 2 + [(-WIDEST, WIDEST)] * int(self.free.sum())
        limits[0] = (self.usual_log_gain - 1.5, self.usual_log_gain + 1.5)
        found = minimize(
            self, begin, jac=True, method="L-BFGS-B", bounds=limits,
            options={"maxiter": 60},
        )  # fmt: skip
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
        away = seen[:, None] - templates.means
        slopes = np.einsum("kij,nkj->nki", templates.precisions, away)
        log_density = -0.5 * (
            np.einsum("nki,nki->nk", away, slopes)
            + templates.log_dets
            + seen.shape[1] * np.log(2 * np.pi)
        )
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
        field_off = (field - self.usual_field)[self.free] / USUAL_FIELD
        weight = 1 / max(self.n_independent, 1e-9)
        value += 0.5 * weight * (gain_off**2 + offset_off**2 + (field_off**2).sum())
        unit = USUAL_OFFSET * self.unit * np.exp(self.usual_log_gain)
        gradient[0] += weight * (
            gain_off / USUAL_GAIN + offset_off / unit * by_gain_in_offset
        )
        gradient[1] += weight * offset_off / unit * by_level_in_offset
        gradient[2:] += weight * field_off / USUAL_FIELD
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
