"""Is a number of clusters more than one gradient cut into as many pieces."""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from sklearn_microarch._arguments._arrays import check_same_length
from sklearn_microarch._arguments._collections import check_ks
from sklearn_microarch._arguments._matrix import check_matrix
from sklearn_microarch._arguments._numbers import check_integer, check_seed, shown
from sklearn_microarch.clustering._gmm_clusterer import GMMClusterer
from sklearn_microarch.clustering.stability._agreement_of_halves import (
    agreement_of_halves,
)
from sklearn_microarch.clustering.stability._draw_gradient import draw_gradient
from sklearn_microarch.clustering.stability._principal_curve import (
    fit_principal_curve,
)
from sklearn_microarch.spatial import SliceBlocks
from sklearn_microarch.spatial._check_blocks import check_blocks

# Of fewer, a half is one or two places, and says nothing of the other.
LEAST_BLOCKS = 8


@dataclass(frozen=True, eq=False)
class ClusterStability:
    """How far clusters of two halves agree, of the rows and of gradients like them.

    Parameters
    ----------
    n_clusters : ndarray of shape (n_ks,), dtype int64
        Numbers of clusters, ascending.
    observed : ndarray of shape (n_ks, n_halvings), dtype float64
        Adjusted Rand index of the clusters of two halves of the blocks: 1 where both
        are the same, 0 where they agree by chance.
    gradient : ndarray of shape (n_ks, n_draws), dtype float64
        The same of rows drawn from one gradient: its mean over the halvings.

    See Also
    --------
    stability_of_clusters : Makes it.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch.clustering import ClusterStability
    >>> found = ClusterStability(
    ...     np.array([2]), np.array([[0.9, 0.7]]), np.array([[0.5, 0.8, 0.6]])
    ... )
    >>> found.p_values
    array([0.5])
    """

    n_clusters: NDArray[np.int64]
    observed: NDArray[np.float64]
    gradient: NDArray[np.float64]

    @property
    def p_values(self) -> NDArray[np.float64]:
        """Share of gradients, and of the rows, as stable as the rows: (n_ks,).

        Each is of one number of clusters by itself.
        """
        as_stable = self.gradient >= self.observed.mean(axis=1, keepdims=True)
        shares: NDArray[np.float64] = (1 + as_stable.sum(axis=1)) / (
            1 + self.gradient.shape[1]
        )
        return shares


def stability_of_clusters(
    X: ArrayLike,
    ks: Iterable[int],
    blocks: SliceBlocks | ArrayLike,
    *,
    clusterer: Any = None,  # noqa: ANN401 - a clusterer of scikit-learn's kind
    n_halvings: int = 4,
    n_draws: int = 39,
    max_samples: int | None = 5000,
    random_state: int | RandomState | None = None,
) -> ClusterStability:
    """Measure whether so many clusters are more stable than a gradient cut in as many.

    A mixture cuts any gradient into as many pieces as it is asked for, and both halves
    of a slice cut it at much the same places. So that clusters come again is no
    evidence of borders between them: they must come again better than the pieces of a
    gradient do that has no borders, lies in the same places and varies as much.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        What is clustered, such as the loadings of patches.
    ks : iterable of int
        Numbers of clusters, at least 2, each once. For a single one ``[k]``.
    blocks : SliceBlocks or array-like of shape (n_samples,)
        Block of tissue that each row lies in, from
        `~sklearn_microarch.spatial.spatial_blocks`, or as integers or strings; at least
        8. Rows of one block come into the same half.
    clusterer : estimator or None, default=None
        With ``n_clusters``, ``fit`` and ``predict``. None: `GMMClusterer` with its
        default settings.
    n_halvings : int, default=4
        Times that the blocks are halved at random.
    n_draws : int, default=39
        Gradients, at least 19: fewer cannot give a p value of 0.05.
    max_samples : int or None, default=5000
        Rows drawn at random when there are more. None uses all.
    random_state : int, RandomState instance or None, default=None
        Draws rows, halves, starts and gradients.

    Returns
    -------
    stability : ClusterStability
        A number is more than a gradient where its ``p_values`` is at most 0.05.

    Raises
    ------
    TypeError
        If ``ks`` is no iterable or holds anything but integers, ``X`` anything but
        numbers, ``clusterer`` lacks ``n_clusters`` or ``predict``, or another argument
        is of the wrong type.
    ValueError
        If ``X`` is not 2-D, not finite or the same in all rows, ``ks`` is empty,
        repeats a number or holds one below 2 or above half of the rows, lengths differ,
        there are fewer than 8 blocks, or another argument is out of range.

    See Also
    --------
    sklearn_microarch.decomposition.stability_of_components : Of factors.
    sklearn_microarch.trust_report : Asks it of the clusters of a pipeline.

    Notes
    -----
    The gradient is the principal curve of the rows [1]_. For a draw, all rows keep
    their order along it, and are put at equal distances, so that there are no gaps and
    no crowds; the curve is stretched to the variance they had. What lies beside the
    curve comes from other rows of the same piece of it, block by block. Stability is
    that of clusters learned on halves of the tissue, as in [2]_; a likelihood or an
    information criterion would take dependent rows for independent ones.

    Layers whose borders are blurred by patches as wide as they are may well be a
    gradient by this test: it asks what the rows show, and not what is true.

    References
    ----------
    .. [1] T. Hastie and W. Stuetzle, "Principal Curves", Journal of the American
       Statistical Association 84, 1989. :doi:`10.1080/01621459.1989.10478936`
    .. [2] T. Lange, V. Roth, M. L. Braun and J. M. Buhmann, "Stability-Based Validation
       of Clustering Solutions", Neural Computation 16, 2004.
       :doi:`10.1162/089976604773717621`

    Examples
    --------
    Two groups of rows are more than a gradient; a gradient is not.

    >>> import numpy as np
    >>> from sklearn_microarch.clustering import stability_of_clusters
    >>> rng = np.random.default_rng(0)
    >>> blocks, place = np.arange(400) // 20, np.arange(400) / 400
    >>> noise = rng.normal(scale=0.1, size=(400, 3))
    >>> groups = np.outer(place > 0.5, [1.0, 1.0, 0.0]) + noise
    >>> smooth = np.outer(place, [1.0, 1.0, 0.0]) + noise
    >>> for rows in (groups, smooth):
    ...     found = stability_of_clusters(rows, [2], blocks, n_draws=19, random_state=0)
    ...     print(bool(found.p_values[0] <= 0.05))
    True
    False
    """
    n_halvings = check_integer("n_halvings", n_halvings, minimum=1)
    n_draws = check_integer("n_draws", n_draws, minimum=19)
    if max_samples is not None:
        check_integer("max_samples", max_samples, minimum=2)
    numbers, rng = check_ks(ks), check_seed("random_state", random_state)
    clusterer = _check_clusterer(clusterer)
    rows, units = _check_rows(X, blocks, max_samples, rng)
    if numbers[0] < 2 or numbers[-1] > len(rows) // 2:
        raise ValueError(
            f"ks={shown(numbers)} must be from 2 to {len(rows) // 2}, half of the rows."
        )
    seeds = rng.randint(2**31 - 1, size=(len(numbers), 2))
    curve, observed, drawn = fit_principal_curve(rows), [], []
    with warnings.catch_warnings():
        # Of single fits, which no user asked for.
        warnings.simplefilter("ignore", UserWarning)
        for k, (ours, theirs) in zip(numbers, seeds.tolist(), strict=True):
            one = clone(clusterer).set_params(n_clusters=k)
            observed.append(
                agreement_of_halves(rows, units, one, n_halvings, RandomState(ours))
            )
            random = RandomState(theirs)
            gradients = (
                draw_gradient(rows, units, curve, random) for _ in range(n_draws)
            )
            drawn.append(
                [
                    agreement_of_halves(gradient, units, one, n_halvings, random).mean()
                    for gradient in gradients
                ]
            )
    return ClusterStability(
        np.array(numbers, dtype=np.int64), np.array(observed), np.array(drawn)
    )


def _check_clusterer(clusterer: Any) -> Any:  # noqa: ANN401 - a clusterer
    """Return a clusterer whose number of clusters can be set."""
    if clusterer is None:
        return GMMClusterer()
    known = hasattr(clusterer, "get_params") and hasattr(clusterer, "predict")
    if not known or "n_clusters" not in clusterer.get_params():
        raise TypeError(
            f"clusterer={shown(clusterer)} must be an estimator with n_clusters and "
            "predict, such as GMMClusterer or sklearn.cluster.KMeans."
        )
    return clusterer


def _check_rows(
    X: ArrayLike,
    blocks: SliceBlocks | ArrayLike,
    max_samples: int | None,
    rng: RandomState,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return some rows (n, d) that vary, in one scale, and their blocks (n,) from 0."""
    rows = check_matrix("X", X, dtype=np.float64)
    labels, _ = check_blocks(blocks)
    check_same_length(X=rows, blocks=labels)
    if max_samples is not None and len(rows) > max_samples:
        kept = np.sort(rng.choice(len(rows), size=max_samples, replace=False))
        rows, labels = rows[kept], labels[kept]
    _, units = np.unique(labels, return_inverse=True)
    n_blocks = int(units.max()) + 1
    if n_blocks < LEAST_BLOCKS:
        raise ValueError(
            f"blocks holds {n_blocks} blocks; at least {LEAST_BLOCKS} are needed to "
            "halve them. Make smaller blocks, or give more tissue."
        )
    largest = np.abs(rows - rows.mean(axis=0)).max()
    if not largest > 0:
        raise ValueError("X is the same in all rows, so that there is nothing to cut.")
    return rows / largest, units.astype(np.int64)
