"""Rows that passed a pipeline together, with all that is wanted of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.mapping._steps import MappedRows

KINDS = ("factors", "clusters", "region_probabilities", "novelty")


@dataclass(frozen=True)
class Piece:
    """What a pipeline says of some rows."""

    # (b,): their numbers.
    rows: NDArray[np.intp]
    mapped: MappedRows
    # (m,), (m, n_features): those by which the slice is judged.
    watched: NDArray[np.intp]
    features: NDArray[np.float32]

    def arrays(self) -> dict[str, NDArray]:
        """Return all that it holds, as contiguous arrays."""
        found = {
            "rows": self.rows.astype(_narrow(self.rows)),
            "watched": self.watched.astype(_narrow(self.watched)),
            "features": self.features,
        }
        for kind in KINDS:
            values = getattr(self.mapped, kind)
            if values is not None:
                found[kind] = values
        return {key: np.ascontiguousarray(values) for key, values in found.items()}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray]) -> Self:
        """Return the piece that was kept as such arrays."""
        return cls(
            arrays["rows"].astype(np.intp),
            MappedRows(**{kind: arrays.get(kind) for kind in KINDS}),
            arrays["watched"].astype(np.intp),
            arrays["features"],
        )


def _narrow(numbers: NDArray[np.intp]) -> type[np.unsignedinteger]:
    fits = not len(numbers) or numbers.max() <= np.iinfo(np.uint32).max
    return np.uint32 if fits else np.uint64
