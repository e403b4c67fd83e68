"""Rows that show what a cluster or a factor looks like: typical, random, borderline."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array, as_numbers
from sklearn_microarch._arguments._numbers import check_integer, check_seed, shown
from sklearn_microarch.sampling import Patches

# More would not be looked at.
_MOST_OF_A_KIND = 100


@dataclass(frozen=True, eq=False)
class Exemplars:
    """Rows chosen for each group, -1 where a group has no more.

    Parameters
    ----------
    typical, random, borderline : ndarray of shape (n_groups, n_each), dtype int64
        Rows with the highest scores; rows drawn at random; rows whose score is nearly
        as high for another group. The order is that of the choice.
    n_members : ndarray of shape (n_groups,), dtype int64
        Rows that belong to each group.

    Examples
    --------
    >>> from sklearn_microarch.clustering import exemplars
    >>> found = exemplars([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]], n_each=1)
    >>> found.n_members.tolist()
    [2, 1]
    """

    typical: NDArray[np.int64]
    random: NDArray[np.int64]
    borderline: NDArray[np.int64]
    n_members: NDArray[np.int64]

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table; ``pandas.DataFrame(rows)`` makes a data frame of it.

        Returns
        -------
        rows : list of dict
            Group, kind, place in the order of the choice, and row.
        """
        return [
            {"group": group, "kind": kind, "place": place, "row": row}
            for group in range(len(self.n_members))
            for kind in KINDS_OF_EXEMPLARS
            for place, row in enumerate(getattr(self, kind)[group].tolist())
            if row >= 0
        ]


KINDS_OF_EXEMPLARS = ("typical", "random", "borderline")


def exemplars(
    scores: ArrayLike,
    labels: ArrayLike | None = None,
    *,
    n_each: int = 3,
    patches: Patches | None = None,
    random_state: int | RandomState | None = None,
) -> Exemplars:
    """Choose rows that show what each group of rows has in common, and where it ends.

    Groups are clusters or factors. *Typical* rows of a group have the highest scores
    for the group; *borderline* rows lead by the least over the best other group;
    *random* rows show what most of the group looks like, which typical rows may not.

    Parameters
    ----------
    scores : array-like of shape (n_samples, n_groups)
        How well each row fits each group, the higher the better: probabilities, log
        densities, loadings, or distances with a minus sign. Rows with NaN are left out.
    labels : array-like of shape (n_samples,), dtype int, or None, default=None
        Group of each row, -1 for none. None: the group with the highest score.
    n_each : int, default=3
        Rows of each kind for each group.
    patches : Patches or None, default=None
        The patches of the rows. Chosen patches of one group and kind then share no
        pixel, so that one place is not shown twice.
    random_state : int, RandomState instance or None, default=None
        Draws the random rows. Pass an int for the same result in every call.

    Returns
    -------
    chosen : Exemplars
        Rows by kind. A group with fewer rows than asked for has -1 at the end.

    Raises
    ------
    TypeError
        If scores are no real numbers, labels no integers, or ``patches`` no `Patches`.
    ValueError
        If scores are not 2-D, a label is no group, lengths differ, or ``n_each`` is out
        of range.

    See Also
    --------
    sklearn_microarch.plotting.ExemplarDisplay : Shows them at one scale.

    Notes
    -----
    With a single group there is no other to border on: its borderline rows are those
    with the lowest scores.

    Examples
    --------
    >>> from sklearn_microarch.clustering import exemplars
    >>> probabilities = [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.45, 0.55]]
    >>> found = exemplars(probabilities, n_each=1, random_state=0)
    >>> found.typical.tolist(), found.borderline.tolist()
    ([[0], [2]], [[1], [3]])
    """
    fit = as_numbers("scores", scores, ndim=2, finite=False).astype(np.float64)
    if 0 in fit.shape:
        raise ValueError(f"scores has shape {fit.shape}; it must not be empty.")
    n_each = check_integer("n_each", n_each, minimum=1, maximum=_MOST_OF_A_KIND)
    rng = check_seed("random_state", random_state)
    known: NDArray[np.bool_] = np.asarray(~np.isnan(fit).any(axis=1))
    fit = np.where(known[:, np.newaxis], fit, -np.inf)
    groups = _groups_of(fit, labels)
    groups[~known] = -1
    reach = _check_patches(patches, len(fit))
    chosen: dict[str, list[NDArray[np.int64]]] = {
        kind: [] for kind in KINDS_OF_EXEMPLARS
    }
    for group in range(fit.shape[1]):
        members = np.flatnonzero(groups == group)
        orders = {
            "typical": np.argsort(-fit[members, group], kind="stable"),
            "random": rng.permutation(len(members)),
            "borderline": np.argsort(_lead(fit[members], group), kind="stable"),
        }
        for kind, order in orders.items():
            chosen[kind].append(_take_apart(members[order], n_each, reach))
    return Exemplars(
        **{kind: np.array(rows) for kind, rows in chosen.items()},
        n_members=np.bincount(groups[groups >= 0], minlength=fit.shape[1]),
    )


def _groups_of(scores: NDArray[np.float64], labels: ArrayLike | None) -> NDArray:
    """Return the group of each row (n_samples,), -1 for none."""
    if labels is None:
        return scores.argmax(axis=1)
    found = as_array("labels", labels)
    if found.dtype.kind not in "iu":
        raise TypeError(
            f"labels has dtype {found.dtype}; it holds the group of each row as an "
            "integer from 0, and -1 for none."
        )
    if found.shape != (len(scores),):
        raise ValueError(
            f"labels has shape {found.shape}, but scores has {len(scores)} rows."
        )
    lowest, highest = int(found.min()), int(found.max())
    if lowest < -1 or highest >= scores.shape[1]:
        wrong = lowest if lowest < -1 else highest
        raise ValueError(
            f"labels holds {wrong}, but scores has {scores.shape[1]} columns: groups "
            f"are 0 to {scores.shape[1] - 1}, and -1 stands for none."
        )
    return found.astype(np.int64)


def _check_patches(patches: Patches | None, n_rows: int) -> Patches | None:
    if patches is None:
        return None
    if not isinstance(patches, Patches):
        raise TypeError(
            f"patches={shown(patches)} must be the Patches of the rows, as a "
            "PatchSampler gives them, or None."
        )
    if len(patches) != n_rows:
        raise ValueError(
            f"patches holds {len(patches)} patches, but scores has {n_rows} rows."
        )
    return patches


def _lead(scores: NDArray[np.float64], group: int) -> NDArray[np.float64]:
    """Return by how much each row (n,) fits its group better than the best other."""
    own = scores[:, group]
    if scores.shape[1] == 1:
        return own
    others = np.delete(scores, group, axis=1).max(axis=1)
    # A row that no other group fits at all leads by more than any number.
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(own - others, nan=np.inf, posinf=np.inf)


def _take_apart(
    rows: NDArray[np.int64], n_each: int, patches: Patches | None
) -> NDArray[np.int64]:
    """Return the first rows (n_each,) whose patches share no pixel, -1 at the end."""
    chosen = np.full(n_each, -1, dtype=np.int64)
    for place in range(n_each):
        if not len(rows):
            break
        chosen[place] = rows[0]
        if patches is None:
            rows = rows[1:]
            continue
        away = np.abs(patches.positions[rows] - patches.positions[rows[0]])
        near = (away[:, 0] == 0) & (away[:, 1:] < patches.patch_size).all(axis=1)
        rows = rows[~near]
    return chosen
