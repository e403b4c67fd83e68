"""How much of everything the benchmark of dense evaluation does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Amounts of work.

    Parameters
    ----------
    n_rounds, n_map_rounds, n_peer_rounds : int
        Turns of each contender.
    n_timed : int
        Patches that the baseline evaluates in a turn: whole batches of any size.
    batch_sizes : tuple of int
        Tried for the baseline.
    n_compared : int
        Patches drawn at random, whose features are compared.
    region, paper_region : pair of int, unit: pixels
        Rows and columns of centres.
    peer_side : int, unit: pixels
        Of the square of patches that peers evaluate.
    n_patches_per_roi : int
        To train on, where no model is given.
    part : pair of int or None, unit: pixels
        Rows and columns of the middle of the slice to evaluate; None for all of it.
    """

    n_rounds: int = 3
    n_map_rounds: int = 2
    n_peer_rounds: int = 2
    n_timed: int = 768
    batch_sizes: tuple[int, ...] = (8, 12, 16, 24, 32, 64, 128)
    n_compared: int = 2000
    region: tuple[int, int] = (512, 1024)
    paper_region: tuple[int, int] = (192, 384)
    peer_side: int = 64
    n_patches_per_roi: int = 300
    part: tuple[int, int] | None = None


FULL = Sizes()
QUICK = Sizes(
    n_rounds=1,
    n_map_rounds=1,
    n_peer_rounds=1,
    n_timed=128,
    batch_sizes=(16, 64),
    n_compared=100,
    region=(64, 192),
    paper_region=(32, 64),
    peer_side=12,
    n_patches_per_roi=24,
    part=(320, 448),
)
