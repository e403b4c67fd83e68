"""Learn what windows of each tissue look like, from slices of any exposure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import NormalizationWarning
from sklearn_microarch.features.normalization._exposure_model import (
    ANY_KIND,
    Estimate,
    Windows,
    seen_under,
)
from sklearn_microarch.features.normalization._field import (
    N_TERMS,
    field_terms,
    freedom_of,
)
from sklearn_microarch.features.normalization._fit_exposure import estimate_exposure
from sklearn_microarch.features.normalization._grey_templates import (
    GreyTemplates,
    fit_templates,
    join_templates,
    log_densities,
)
from sklearn_microarch.features.normalization._slice_normalizer import (
    FEWEST_WINDOWS,
    SliceNormalizer,
)
from sklearn_microarch.features.normalization._window_kinds import window_kinds
from sklearn_microarch.images import GreyLevels, SliceImage, measure_grey_levels
from sklearn_microarch.sampling import Patches

# Rounds of templates from slices, and slices from templates.
N_ROUNDS = 4
# A window is unlike all regions where it is less probable than all but so many of
# their own; and so many of these are worth a template.
UNLIKE, FEWEST_OTHERS = 0.02, 20


def learn_normalizer(
    patches: Patches, rows: NDArray[np.integer], codes: NDArray[np.int64]
) -> SliceNormalizer | None:
    """Learn from the slices of training rows (m,) and the regions (m,) of those.

    None where no slice shows enough tissue.
    """
    used = np.unique(patches.positions[rows, 0]).tolist()
    tables = [measure_grey_levels(patches.images[index]) for index in used]
    kinds = [
        window_kinds(patches, index, rows, codes, table)
        for index, table in zip(used, tables, strict=True)
    ]
    enough = [
        at
        for at, (table, shown) in enumerate(zip(tables, kinds, strict=True))
        if len(table) >= FEWEST_WINDOWS and (shown != ANY_KIND).any()
    ]
    if not enough:
        warn_user(
            "the slices are not normalized: none shows "
            f"{FEWEST_WINDOWS} windows of tissue, each some 75 um wide, which it takes "
            "to estimate an exposure. New slices are taken to be exposed as these are; "
            "normalization='train' says so and does the same.",
            NormalizationWarning,
        )
        return None
    slices = [
        _KnownSlice(patches.images[used[at]], tables[at], kinds[at]) for at in enough
    ]
    learned = [
        _learn_channel(slices, channel) for channel in range(slices[0].n_channels)
    ]
    return SliceNormalizer(
        [templates for templates, _, _ in learned],
        np.stack([usual for _, usual, _ in learned]),
        np.array([log_spread for _, _, log_spread in learned]),
    )


@dataclass(frozen=True, eq=False)
class _KnownSlice:
    image: SliceImage
    grey_levels: GreyLevels
    kinds: NDArray[np.intp]  # (n_windows,)

    @property
    def n_channels(self) -> int:
        return self.grey_levels.measures.shape[1]


def _learn_channel(
    slices: list[_KnownSlice], channel: int
) -> tuple[GreyTemplates, NDArray[np.float64], float]:
    """Return templates, usual field and spread: slices are aligned by their regions."""
    measures = [one.grey_levels.measures[:, channel] for one in slices]
    terms = [field_terms(one.grey_levels.places) for one in slices]
    kinds = np.concatenate([one.kinds for one in slices])
    medians = np.array([np.median(table[:, :2], axis=0) for table in measures])
    log_gains = medians[:, 1] - medians[:, 1].mean()
    level = np.mean(medians[:, 0] / np.exp(log_gains))
    estimates = [
        Estimate(log_gain, median - np.exp(log_gain) * level, np.zeros(N_TERMS))
        for log_gain, median in zip(log_gains, medians[:, 0], strict=True)
    ]
    flat = np.zeros(N_TERMS)
    for _ in range(N_ROUNDS):
        aligned = _align(estimates, measures, terms)
        templates = _learn_templates(aligned, kinds)
        estimates = [
            estimate_exposure(
                Windows(table, term, one.grey_levels.overlap, one.kinds),
                templates,
                flat,
                freedom_of(one.image, one.grey_levels),
                log_spread=float(np.median(aligned[:, 1])),
                start=estimate,
            )
            for one, table, term, estimate in zip(
                slices, measures, terms, estimates, strict=True
            )
        ]
        estimates = _on_average_none(estimates)
    usual = np.mean([one.field for one in estimates], axis=0)
    aligned = _align(estimates, measures, terms)
    return _learn_templates(aligned, kinds), usual, float(np.median(aligned[:, 1]))


def _learn_templates(
    measures: NDArray[np.float64], kinds: NDArray[np.intp]
) -> GreyTemplates:
    """Return templates of the regions, and of what is unlike them where much is.

    Windows without a region that look like one are not learned from: they may lie
    where the field of gain is not known yet.
    """
    known = kinds != ANY_KIND
    templates = fit_templates(measures[known], kinds[known])
    densities = log_densities(templates, measures)[0].max(axis=1)
    unlike = ~known & (densities < np.quantile(densities[known], UNLIKE))
    if unlike.sum() < FEWEST_OTHERS:
        return templates
    other = np.full(int(unlike.sum()), kinds.max() + 1)
    return join_templates(templates, fit_templates(measures[unlike], other))


def _align(
    estimates: list[Estimate],
    measures: list[NDArray[np.float64]],
    terms: list[NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return the measures of all slices under the exposure of the fit."""
    parts = zip(estimates, measures, terms, strict=True)
    return np.concatenate([seen_under(*part) for part in parts])


def _on_average_none(estimates: list[Estimate]) -> list[Estimate]:
    """Return exposures relative to their mean, so that units are those of slices."""
    log_gain = float(np.mean([one.log_gain for one in estimates]))
    offset = float(np.mean([one.offset for one in estimates]))
    return [
        Estimate(
            one.log_gain - log_gain,
            one.offset - np.exp(one.log_gain - log_gain) * offset,
            one.field,
        )
        for one in estimates
    ]
