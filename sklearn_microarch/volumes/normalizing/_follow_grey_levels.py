"""Find the gain and offset of all planes from those of some of them."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import NormalizationWarning
from sklearn_microarch.features import Exposure
from sklearn_microarch.images import (
    GreyLevels,
    SliceImage,
    measure_grey_levels,
    share_grey_levels,
)
from sklearn_microarch.volumes.normalizing._grey_course import GreyCourse
from sklearn_microarch.volumes.normalizing._smooth import (
    CurveScatter,
    scatter_of,
    smooth,
)

_FEWEST = 3
# A scatter of the logarithm of gain that does no harm, however little gain changes.
_USUAL = 0.1


def follow_grey_levels(
    network: Any,  # noqa: ANN401 - a fitted CNNFeatureExtractor
    planes: Mapping[int, SliceImage],
    n_planes: int,
) -> tuple[GreyLevels, GreyCourse]:
    """Return common grey levels of some planes, and how all planes differ from them.

    NormalizationWarning where too few of them show enough tissue: all are then alike.
    """
    course = _course(_exposures(network, planes), planes, n_planes)
    # As all planes would be exposed, had they the gain and offset of the fit.
    alike = [
        image.replace(grey_levels=course.common_levels(at, measure_grey_levels(image)))
        for at, image in planes.items()
    ]
    together = share_grey_levels(alike)[0].grey_levels
    assert together is not None
    return together, course


def _exposures(
    network: Any,  # noqa: ANN401
    planes: Mapping[int, SliceImage],
) -> dict[int, Exposure]:
    """Return the exposures of planes that show enough tissue; none of too few."""
    with warnings.catch_warnings():
        # How many planes show too little is told for the volume.
        warnings.simplefilter("ignore", NormalizationWarning)
        found = {at: network.exposure(image) for at, image in planes.items()}
    known = {at: exposure for at, exposure in found.items() if exposure.is_estimated}
    if len(known) >= _FEWEST:
        return known
    warn_user(
        f"{len(known)} of {len(planes)} planes that were looked at show enough tissue "
        f"to estimate an exposure, and {_FEWEST} are needed to follow it along z; all "
        "planes are normalized alike, as by normalize_by='volume'.",
        NormalizationWarning,
    )
    return {}


def _course(
    exposures: Mapping[int, Exposure], planes: Mapping[int, SliceImage], n_planes: int
) -> GreyCourse:
    n_channels = next(iter(planes.values())).n_channels or 1
    if not exposures:
        shape = (n_planes, n_channels)
        return GreyCourse(np.ones(shape), np.zeros(shape))
    gain = np.stack([one.gain for one in exposures.values()])
    offset = np.stack([one.offset for one in exposures.values()])
    medians = [
        np.median(measure_grey_levels(planes[at]).measures[:, :, 0], axis=0)
        for at in exposures
    ]
    # Where a plane's gain is off, its offset is off the other way: what both make of
    # a usual grey level is known best.
    usual = np.median((np.stack(medians) - offset) / gain, axis=0)
    z = np.array(list(exposures), dtype=np.float64)
    for channel in np.log(gain).T:
        _warn_of_scatter(scatter_of(z, channel))
    smooth_gain = np.exp(_along(z, np.log(gain), n_planes))
    level = _along(z, offset + gain * usual, n_planes)
    return GreyCourse(smooth_gain, level - smooth_gain * usual)


def _warn_of_scatter(found: CurveScatter) -> None:
    """Warn where logarithms of gain scatter by more than their curve explains."""
    if found.scatter <= max(_USUAL, found.change):
        return
    scatter, change = (f"{np.expm1(one):.0%}" for one in (found.scatter, found.change))
    warn_user(
        f"the gains of single planes scatter by {scatter} around their curve along z, "
        f"which itself changes by {change}: it may follow what planes show, and not "
        "how they are exposed. Larger planes tell more; else use "
        "normalize_by='volume', one gain for all planes.",
        NormalizationWarning,
    )


def _along(
    z: NDArray[np.float64], values: NDArray[np.float64], n_planes: int
) -> NDArray[np.float64]:
    """Return smooth curves (n_planes, n_channels) through values (n, n_channels)."""
    at = np.arange(n_planes, dtype=np.float64)
    return np.stack([smooth(z, channel, at) for channel in values.T], axis=1)
