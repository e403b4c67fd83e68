"""Estimate gain, offset and shading of a slice together with its shares of tissue."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from sklearn_microarch.features.normalization._exposure_model import (
    Estimate,
    ExposureModel,
    Windows,
)
from sklearn_microarch.features.normalization._grey_templates import (
    GreyTemplates,
    widen,
)

# Segmentation, shares and gain field in one model, after W. M. Wells III, W. E. L.
# Grimson, R. Kikinis and F. A. Jolesz, "Adaptive segmentation of MRI data", IEEE
# Transactions on Medical Imaging 15(4), 1996 (doi:10.1109/42.511747), and J. Ashburner
# and K. J. Friston, "Unified segmentation", NeuroImage 26(3), 2005
# (doi:10.1016/j.neuroimage.2005.02.018).

# A search begins where the slice's typical window is as one of the templates is, or has
# so many times its gain. The best few starts are followed.
GAINS, N_FOLLOWED = (0.85, 1.0, 1.2), 3
# Templates are wider at first, so that far ones are felt too.
WIDENED = (3.0, 1.0)
# Bounds of the logarithm of gain, beside that to which spreads point, and of a field.
WIDEST_GAIN, WIDEST_FIELD = 1.5, 1.0
# How far a search follows each start, and then the best of them.
ROUGHLY = {"maxiter": 40, "ftol": 1e-7}
# So far that a picture in other units has the same exposure, in its units.
EXACTLY = {"maxiter": 300, "ftol": 1e-13, "gtol": 1e-9}


def estimate_exposure(
    windows: Windows,
    templates: GreyTemplates,
    usual_field: NDArray[np.float64],
    freedom: NDArray[np.float64],
    *,
    log_spread: float,
    start: Estimate | None = None,
) -> Estimate:
    """Return the most probable exposure of a slice, the shares of tissue being free.

    ``usual_field`` (4,) is that of the fit, from which slices differ by a standard
    deviation of ``freedom`` (4,); where that is 0, they do not. ``log_spread`` is the
    usual logarithm of the spread, around which gains are looked for.
    """
    # The search sees grey levels in units of the slice's own.
    centre, log_unit = np.median(windows.measures[:, :2], axis=0).tolist()
    unit = np.exp(log_unit)
    measures = windows.measures.copy()
    measures[:, 0] = (measures[:, 0] - centre) / unit
    measures[:, 1] -= log_unit
    own = replace(windows, measures=measures)
    search = _Search(ExposureModel(own, templates, usual_field, freedom), -log_spread)
    if start is None:
        starts = search.starts()
    else:
        offset = (start.offset - centre) / unit
        starts = [search.model.pack(start.log_gain - log_unit, offset, start.field)]
    found = search.best(starts)
    return Estimate(
        found.log_gain + log_unit, centre + unit * found.offset, found.field
    )


class _Search:
    """A search for the most probable exposure, from several starts."""

    def __init__(self, model: ExposureModel, usual_log_gain: float) -> None:
        self.model, self.templates = model, model.templates
        self.usual_log_gain = usual_log_gain

    def starts(self) -> list[NDArray[np.float64]]:
        """Return the parameters from which to search."""
        model = self.model
        found = [
            np.array(
                [np.log(factor) - log_spread, level / model.unit, *model.usual_free]
            )
            for factor in GAINS
            for level, log_spread in self.templates.means[:, :2].tolist()
        ]
        model.templates = widen(self.templates, WIDENED[0])
        values = [model(start)[0] for start in found]
        return [found[at] for at in np.argsort(values)[:N_FOLLOWED]]

    def best(self, starts: list[NDArray[np.float64]]) -> Estimate:
        """Return the most probable exposure that is found from any of the starts."""
        ends = [self._follow(start) for start in starts]
        _, nearest = min(ends, key=lambda pair: pair[0])
        _, at = self._descend(nearest, EXACTLY)
        return self.model.unpack(at)

    def _follow(self, start: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Return the least value near a start, and where it is."""
        value, at = np.inf, start
        for factor in WIDENED:
            self.model.templates = widen(self.templates, factor)
            value, at = self._descend(at, ROUGHLY)
        return value, at

    def _descend(
        self, at: NDArray[np.float64], options: dict[str, float]
    ) -> tuple[float, NDArray[np.float64]]:
        usual, widest = self.usual_log_gain, WIDEST_FIELD
        found = minimize(
            self.model,
            at,
            jac=True,
            method="L-BFGS-B",
            bounds=[
                (usual - WIDEST_GAIN, usual + WIDEST_GAIN),
                (None, None),
                *[(-widest, widest)] * (len(at) - 2),
            ],
            options=options,
        )
        return float(found.fun), found.x
