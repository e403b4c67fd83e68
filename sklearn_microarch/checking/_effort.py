"""Rough time and memory that training on a slice and mapping it will take."""

from dataclasses import dataclass

# Measured with the default network: docs/lab/training.md (95 s on one core for 3 folds
# of 6 regions x 1200 patches of 128 px x 4 passes) and docs/method/dense.md (16 s on
# two cores and 1.9 GB from a slice of 8.2 million pixels to its maps).
_SECONDS_A_PATCH_AND_PASS = 1.1e-3
_PASSES = 8
_PATCHES_PX = 128
_SECONDS_A_MAPPED_PIXEL = 2.8e-6
_BYTES_A_MAPPED_PIXEL = 230.0


@dataclass(frozen=True)
class Effort:
    """Estimates for the default network on a small computer without a GPU."""

    training_seconds: float
    mapping_seconds: float
    mapping_bytes: float

    def describe(self) -> str:
        """Return the estimates in words."""
        return (
            f"training about {in_words(self.training_seconds)}, mapping every pixel "
            f"about {in_words(self.mapping_seconds)} and "
            f"{self.mapping_bytes / 1e9:.1g} GB (rough, for the default network on 2 "
            "cores without a GPU)"
        )


def estimate_effort(
    n_patches: int, patch_size: int, n_tissue_pixels: int, n_pixels: int
) -> Effort:
    """Return estimates from the numbers of patches and pixels."""
    size = (patch_size / _PATCHES_PX) ** 2
    return Effort(
        n_patches * _PASSES * _SECONDS_A_PATCH_AND_PASS * size,
        n_tissue_pixels * _SECONDS_A_MAPPED_PIXEL,
        n_pixels * _BYTES_A_MAPPED_PIXEL,
    )


def in_words(seconds: float) -> str:
    """Return a duration to one or two digits."""
    if seconds < 90:
        return f"{max(1.0, seconds):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
