"""How well factors tell what was counted without them, on blocks held out."""

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_microarch._arguments._numbers import check_integer, check_seed, shown
from sklearn_microarch._format_table import decimals, format_table
from sklearn_microarch.anatomy._slice_facts import patch_size_of
from sklearn_microarch.anatomy.laminar._mapped_cells import has_values
from sklearn_microarch.anatomy.laminar._shares_over_blocks import (
    ratios_over_blocks,
    sum_in_blocks,
)
from sklearn_microarch.mapping import MicroarchMaps

_PENALTIES = np.logspace(-3, 3, 7)
# Rows that each fold is fitted on: neighbouring cells say the same again.
_MOST_ROWS = 20_000
_PATCHES_A_BLOCK = 2


@dataclass(frozen=True, eq=False, repr=False)
class FactorReadout:
    """Share of the variance of readouts that factors explain, on blocks held out.

    Made by `factor_readout`.

    Parameters
    ----------
    names : list of str
        The readouts.
    r2, low, high : ndarray of shape (n_readouts,)
        Explained by all factors together, and the ends of a 95 % interval over blocks;
        below 0 where the mean would do better.
    r2_grey : ndarray of shape (n_readouts,)
        Explained by mean and deviation of the patch's grey levels, the baseline.
    n_cells, n_blocks : int
        Cells of the maps, and blocks of two patches' edge that they lie in.

    See Also
    --------
    factor_readout : Makes it.

    Examples
    --------
    >>> from sklearn_microarch.anatomy import FactorReadout
    >>> print(FactorReadout(["cells"], [0.6], [0.5], [0.7], [0.2], 900, 12))
           R2    95 % interval  grey levels
    cells  0.60  0.50 to 0.70   0.20
    900 cells of the maps in 12 blocks
    """

    names: list[str]
    r2: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    r2_grey: NDArray[np.float64]
    n_cells: int
    n_blocks: int

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table.

        Returns
        -------
        rows : list of dict
            One for each readout: ``readout``, ``r2``, ``low``, ``high``, ``r2_grey``.
        """
        columns = (self.r2, self.low, self.high, self.r2_grey)
        return [
            {"readout": name}
            | dict(zip(("r2", "low", "high", "r2_grey"), map(float, row), strict=True))
            for name, *row in zip(self.names, *columns, strict=True)
        ]

    def __repr__(self) -> str:
        found = ", ".join(
            f"{name} {decimals(float(value), 2)}"
            for name, value in zip(self.names, self.r2, strict=True)
        )
        return f"FactorReadout({found})"

    def __str__(self) -> str:
        table = [
            {
                "": row["readout"],
                "R2": decimals(row["r2"], 2),
                "95 % interval": f"{decimals(row['low'], 2)} to "
                f"{decimals(row['high'], 2)}",
                "grey levels": decimals(row["r2_grey"], 2),
            }
            for row in self.to_rows()
        ]
        return (
            f"{format_table(table)}\n{self.n_cells} cells of the maps in "
            f"{self.n_blocks} blocks"
        )


def factor_readout(
    maps: MicroarchMaps,
    readouts: MicroarchMaps,
    *,
    n_splits: int = 5,
    n_resamples: int = 1000,
    random_state: int | RandomState | None = None,
) -> FactorReadout:
    """Predict readouts from factors by ridge regression, on tissue held out.

    Parameters
    ----------
    maps : MicroarchMaps
        Of one slice, with factors.
    readouts : MicroarchMaps
        Of the same cells: what `patch_readouts` returns, or counts of your own as
        ``maps.replace(factors=..., factor_names=[...])``.
    n_splits : int, default=5
        Parts of the slice, each predicted from the others.
    n_resamples : int, default=1000
        Times that blocks are drawn for the intervals.
    random_state : int, RandomState instance or None, default=None
        Sorts blocks into parts, and draws them.

    Returns
    -------
    readout : FactorReadout
        Print it; ``to_rows`` gives its table.

    Raises
    ------
    TypeError
        If ``maps`` or ``readouts`` are no maps of a slice.
    ValueError
        If either has no factors, they have other cells, or there are fewer blocks than
        ``n_splits``.

    See Also
    --------
    patch_readouts : Counts cells and bright tissue.

    Notes
    -----
    Blocks have two patches' edge. No row is fitted on whose patch shares a pixel with
    one that is predicted. The penalty is chosen among seven, on the rows fitted on.

    References
    ----------
    .. [1] J. Quesada et al., "MTNeuro: A Benchmark for Evaluating Representations of
       Brain Structure Across Multiple Levels of Abstraction", NeurIPS Datasets and
       Benchmarks, 2022 (task 2: cells, vessels and axons from features).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import SliceImage
    >>> from sklearn_microarch.anatomy import factor_readout
    >>> from sklearn_microarch.mapping import MicroarchMaps
    >>> rng = np.random.default_rng(0)
    >>> factors = rng.exponential(size=(40, 60, 2))
    >>> image = SliceImage(rng.normal(size=(160, 240)))
    >>> maps = MicroarchMaps(image, 4, factors=factors, about={"patch_size": 16})
    >>> counts = maps.replace(factors=factors[..., :1] * 3, factor_names=["cells"])
    >>> factor_readout(maps, counts, random_state=0)
    FactorReadout(cells 1.00)
    """
    n_splits = check_integer("n_splits", n_splits, minimum=2, maximum=1000)
    n_resamples = check_integer("n_resamples", n_resamples, minimum=1, maximum=100_000)
    rng = check_seed("random_state", random_state)
    loadings, counts = _check_pair(maps, readouts)
    used = has_values(maps) & has_values(readouts)
    patch = patch_size_of(maps, None)
    blocks = _blocks_of_cells(maps, used, _PATCHES_A_BLOCK * patch)
    n_blocks = int(blocks.max(initial=-1)) + 1
    if n_blocks < n_splits:
        raise ValueError(
            f"the cells lie in {n_blocks} blocks of two patches' edge, fewer than "
            f"n_splits={n_splits}; map more of the slice."
        )
    fold_of_block = rng.permutation(np.arange(n_blocks) % n_splits)
    folds = np.where(used, fold_of_block[blocks], -1)
    reach = ceil(patch / maps.cell_size)
    truth = counts[used]
    scores = [
        _predict(features, counts, folds, reach, rng)[used]
        for features in (loadings, grey_of_patches(maps, patch))
    ]
    codes = np.zeros(len(truth), dtype=np.intp)
    total = sum_in_blocks((truth - truth.mean(axis=0)) ** 2, blocks[used], codes, 1)
    shares = [
        ratios_over_blocks(
            sum_in_blocks((truth - guess) ** 2, blocks[used], codes, 1)[:, 0],
            total[:, 0],
            draw_share=1.0,
            n_resamples=n_resamples,
            confidence_level=0.95,
            rng=rng,
        )
        for guess in scores
    ]
    (left, low, high), (left_by_grey, _, _) = shares
    return FactorReadout(
        names=list(readouts.factor_names),
        r2=1 - left,
        low=1 - high,
        high=1 - low,
        r2_grey=1 - left_by_grey,
        n_cells=len(truth),
        n_blocks=n_blocks,
    )


def _check_pair(
    maps: object, readouts: object
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return factors and readouts (rows, columns, n), of the same cells."""
    found = []
    for name, one in (("maps", maps), ("readouts", readouts)):
        if not isinstance(one, MicroarchMaps):
            raise TypeError(f"{name}={shown(one)} must be the maps of a slice.")
        if one.factors is None:
            raise ValueError(f"{name} hold no factors.")
        found.append(np.asarray(one.factors, dtype=np.float64))
    if found[0].shape[:2] != found[1].shape[:2]:
        raise ValueError(
            f"maps have cells of shape {found[0].shape[:2]}, readouts "
            f"{found[1].shape[:2]}; make both of one slice, with one stride."
        )
    return found[0], found[1]


def _blocks_of_cells(
    maps: MicroarchMaps, used: NDArray[np.bool_], size: float
) -> NDArray[np.intp]:
    """Return the block of each cell (rows, columns), those not used in block 0."""
    rows, cols = np.nonzero(used)
    places = np.column_stack([rows, cols]) * (maps.cell_size / size)
    _, numbers = np.unique(np.floor(places), axis=0, return_inverse=True)
    blocks = np.zeros(used.shape, dtype=np.intp)
    blocks[used] = numbers.reshape(-1)
    return blocks


def grey_of_patches(maps: MicroarchMaps, patch: float) -> NDArray[np.float64]:
    """Return mean and deviation (rows, columns, 2) of the grey levels of each patch."""
    grey = np.asarray(maps.image.pixels, dtype=np.float64)
    if grey.ndim == 3:
        grey = grey.mean(axis=0)
    edge = max(1, round(patch))
    mean = ndimage.uniform_filter(grey, edge)
    spread = ndimage.uniform_filter(grey**2, edge) - mean**2
    rows, cols = (
        np.rint(first + maps.cell_size * np.arange(n)).astype(int).clip(0, length - 1)
        for first, n, length in zip(
            maps.offset, maps.grid.shape, grey.shape, strict=True
        )
    )
    at = np.ix_(rows, cols)
    return np.stack([mean[at], np.sqrt(np.maximum(spread[at], 0))], axis=-1)


def _predict(
    features: NDArray[np.float64],
    counts: NDArray[np.float64],
    folds: NDArray[np.intp],
    reach: int,
    rng: RandomState,
) -> NDArray[np.float64]:
    """Return counts (rows, columns, n) as predicted from the other parts."""
    guess = np.full(counts.shape, np.nan)
    for fold in range(int(folds.max()) + 1):
        test = folds == fold
        near = ndimage.maximum_filter(test, size=2 * reach - 1)
        train = np.flatnonzero((folds >= 0) & ~near)
        if not len(train):
            raise ValueError(
                f"no cell lies a patch away from part {fold}; map more of the slice, "
                "or take more parts: n_splits."
            )
        if len(train) > _MOST_ROWS:
            train = rng.choice(train, _MOST_ROWS, replace=False)
        model = make_pipeline(StandardScaler(), RidgeCV(_PENALTIES))
        flat = features.reshape(-1, features.shape[-1])
        model.fit(flat[train], counts.reshape(-1, counts.shape[-1])[train])
        found = model.predict(features[test])
        guess[test] = found.reshape(-1, counts.shape[-1])
    return guess
