"""Judge a slice by rows that pass by while it is mapped."""

from typing import Any
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._walk import PipelineSteps
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.drift._appearance import count_grey_levels
from sklearn_microarch.drift._compare_rows import (
    compare_rows,
    compare_slice,
    tabulate_slice,
)
from sklearn_microarch.drift._drift_check import ALARMS, DriftCheck
from sklearn_microarch.drift._drift_reference import DriftReference
from sklearn_microarch.drift._kept_reference import NO_REFERENCE, STALE, kept_reference
from sklearn_microarch.drift._slice_rows import SliceRows
from sklearn_microarch.drift._verdict import (
    SliceFacts,
    has_other_pixels,
    put_into_words,
    verdict_of,
)
from sklearn_microarch.drift.blocks._null import HELD_OUT
from sklearn_microarch.exceptions import DriftWarning, NoDriftReferenceWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import Patches

# Networks of which it was said that they keep no reference.
_TOLD: WeakSet[Any] = WeakSet()
# Rows that are looked for in the support: more would make its share no more exact than
# the limit is.
_MOST_ROWS = 4000
# A part of a slice shows other anatomy than a slice, unless it is most of it.
_LEAST_SHARE_OF_A_MASK = 0.5


class SliceWatch:
    """Takes the rows of one slice, in any order, and judges it by some of them.

    Centres of the ``patches`` are ``stride`` pixels apart; ``masked`` says that only a
    part of the slice is looked at, ``on`` that it is to be judged at all.
    """

    def __init__(
        self,
        steps: PipelineSteps,
        patches: Patches,
        stride: int,
        *,
        masked: bool,
        on: bool = True,
    ) -> None:
        self._steps, self._patches = steps, patches
        self._masked, self._on = masked, on
        self._reference: DriftReference | None = None
        self._reason, self._step = "", stride
        if on:
            self._reference, self._reason = _reference_for(steps, stride)
        if self._reference is not None:
            # As near to the reference's grid as the cells of the map allow.
            self._step = stride * max(1, round(self._reference.stride / stride))
        self._found: list[NDArray[np.integer]] = []
        self._features: list[NDArray[np.float32]] = []

    def memory(self) -> int:
        """Return the bytes that are kept, and taken while judging."""
        if self._reference is None:
            return 0
        height, width = self._patches.images[0].shape
        n_rows = (height // self._step + 1) * (width // self._step + 1)
        n_features = len(self._reference.baseline.whitening.mean)
        return int(n_rows * (16 * n_features + 64))

    @property
    def step(self) -> int | None:
        """Pixels between the rows that are wanted; None where none are."""
        return None if self._reference is None else self._step

    def wants(self, found: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Tell which of the rows ``found`` (b,) the slice is judged by."""
        if self._reference is None:
            return np.zeros(len(found), dtype=bool)
        on_grid: NDArray[np.bool_] = (
            self._patches.positions[found, 1:] % self._step == 0
        ).all(axis=1)
        return on_grid

    def take(self, found: NDArray[np.integer], features: NDArray[np.float32]) -> None:
        """Take features (b, n_features) of the rows ``found`` (b,), those wanted."""
        wanted = self.wants(found)
        if wanted.any():
            self._found.append(found[wanted])
            self._features.append(np.asarray(features[wanted], dtype=np.float32))

    def check(self, given: SliceImage, *, is_as_it_is: bool) -> DriftCheck | None:
        """Return the verdict on the rows taken, all of them by now; None when off.

        Of the slice as ``given``, which was mapped at its own pixel size or not.
        """
        reference = self._reference
        if reference is None:
            return DriftCheck("unchecked", f"{self._reason}.") if self._on else None
        if not self._found:
            return DriftCheck("unchecked", "no row lies on the grid of the reference.")
        rows = self._rows()
        table = tabulate_slice(rows, reference, self._step)
        least = _LEAST_SHARE_OF_A_MASK if self._masked else HELD_OUT
        if len(table.large) < max(1, least * reference.n_blocks):
            return DriftCheck(
                "unchecked",
                f"the map holds {len(table.large)} blocks of tissue, too small a part "
                f"of a slice, which holds {reference.n_blocks:.0f}.",
            )
        found = compare_rows(table, reference, most_rows=_MOST_ROWS)
        verdict = verdict_of(found.indicators)
        message = "no indicator is beyond its limit."
        if verdict != "same":
            # What the slice looks like takes a pass over its pixels.
            seen = tabulate_slice(rows.with_appearance(), reference, self._step)
            message = put_into_words(
                found.indicators,
                compare_slice(seen, reference),
                reference,
                SliceFacts(
                    count_grey_levels(self._patches),
                    given.pixel_size_um,
                    is_as_it_is and has_other_pixels(given, reference),
                ),
                n_outside=found.n_outside,
            )
        return DriftCheck(verdict, message, found.indicators, len(rows))

    def warn(self, given: SliceImage, check: DriftCheck | None) -> None:
        """Warn of a slice unlike the reference, or once that there is no reference."""
        network = self._steps.network
        if check is not None and check.verdict in ALARMS:
            warn_of_drift(given, check)
        elif self._reason in (NO_REFERENCE, STALE) and network not in _TOLD:
            _TOLD.add(network)
            warn_user(
                f"the slice was mapped without a look at whether the model fits it: "
                f"{self._reason}. check_drift=False maps without it.",
                NoDriftReferenceWarning,
            )

    def _rows(self) -> SliceRows:
        """Return the rows taken, in the order of the patches."""
        found = np.concatenate(self._found)
        order = np.argsort(found)
        features = np.concatenate(self._features)[order]
        probabilities = self._steps.network.predict_proba_from_features(features)
        return SliceRows(
            self._patches.take(found[order]),
            features,
            probabilities.argmax(axis=1),
            probabilities.max(axis=1).astype(np.float32),
            None,
            None,
        )


def warn_of_drift(given: SliceImage, check: DriftCheck) -> None:
    """Warn of a slice unlike the reference, in the words of the check."""
    title = f"slice {given.name!r}" if given.name else "the slice"
    warn_user(f"{title} is {check}", DriftWarning)


def _reference_for(
    steps: PipelineSteps, stride: int
) -> tuple[DriftReference | None, str]:
    """Return the reference that a map can be compared with, or why there is none."""
    if not _can_be_judged(steps):
        return None, (
            "the step after the PatchSampler gives no features of regions as "
            "CNNFeatureExtractor does, so that nothing can be compared"
        )
    reference = kept_reference(steps)
    if isinstance(reference, str):
        return None, reference
    if 2 * stride > reference.block_px:
        return None, (
            f"cells are {stride} pixels apart, too far for blocks of "
            f"{reference.block_px}; drift_report(pipeline, image) looks at enough"
        )
    return reference, ""


def _can_be_judged(steps: PipelineSteps) -> bool:
    wanted = ("iter_transform", "predict_proba_from_features")
    return all(hasattr(steps.later[0], method) for method in wanted)
