"""Which specimen, group and block each row is of, and what is asked of the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import check_roi_labels
from sklearn_microarch._arguments._arrays import as_array, as_numbers
from sklearn_microarch._arguments._numbers import check_strings, shown
from sklearn_microarch.metrics._block_bootstrap import sum_over_blocks
from sklearn_microarch.metrics.specimens._region_blocks import BlocksOfRegion
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._pixel_size import common_pixel_size


@dataclass(frozen=True, eq=False)
class Columns:
    """Loadings of factors, or for each cluster whether a row is of it."""

    # Of shape (n, n_values).
    values: NDArray[np.float64]
    names: tuple[str, ...]
    of_clusters: bool


@dataclass(frozen=True, eq=False)
class Specimens:
    """The specimens of some rows, and their groups."""

    names: NDArray[np.str_]
    # Group of each specimen, a number.
    groups: NDArray[np.intp]
    # Specimen of each row, (n,).
    rows: NDArray[np.intp]


def check_columns(
    values: ArrayLike, names: Sequence[str] | None, n_rows: int
) -> Columns:
    """Return loadings (n, n_factors), or clusters (n,), as columns with names."""
    found = as_array("values", values)
    if found.ndim == 1 and found.dtype.kind == "f":
        raise TypeError(
            f"values has dtype {found.dtype} and shape {found.shape}: clusters are "
            "integers or strings; loadings are (n, n_factors), those of one factor "
            "values[:, np.newaxis]."
        )
    of_clusters = found.ndim == 1
    if of_clusters:
        clusters = check_roi_labels(values, name="values", what="clusters")
        ids = np.unique(clusters)
        columns = (clusters[:, None] == ids).astype(np.float64)
        prefix = "" if ids.dtype.kind == "U" else "cluster "
        usual = [f"{prefix}{one}" for one in ids.tolist()]
    else:
        columns = as_numbers("values", values, ndim=2).astype(np.float64)
        usual = [f"factor{at:02d}" for at in range(columns.shape[1])]
    if len(columns) != n_rows or not columns.size:
        raise ValueError(
            f"values has shape {found.shape}; give a row for each of the {n_rows} "
            "patches: (n, n_factors) loadings, or (n,) clusters."
        )
    given = usual if names is None else check_strings("names", names)
    if len(given) != len(usual):
        raise ValueError(
            f"names has {len(given)} entries, {shown(given)}, for the {len(usual)} "
            f"{'clusters' if of_clusters else 'factors'} of values."
        )
    return Columns(columns, tuple(given), of_clusters)


def check_specimens(patches: Patches, groups: Mapping[str, str] | None) -> Specimens:
    """Return the specimens of patches; ValueError where there is nothing to compare."""
    unknown = [image.name or "?" for image in patches.used_images if not image.specimen]
    if unknown:
        raise ValueError(
            f"patches holds slices of unknown specimen ({', '.join(unknown[:5])}); say "
            "which each is of, as SliceImage(data, specimen=...)."
        )
    names, rows = np.unique(patches.groups, return_inverse=True)
    if len(names) < 2:
        raise ValueError(
            f"patches is of one specimen, {str(names[0])!r}; two or more are compared."
        )
    group_of = _groups_of_slices(patches) if groups is None else _checked(groups, names)
    codes = np.unique([group_of[name] for name in names.tolist()], return_inverse=True)
    if np.bincount(codes[1]).max() < 2:
        given = "groups" if groups is not None else "the group of the slices,"
        raise ValueError(
            f"{given} {shown(group_of)} leaves each specimen alone in its group; two "
            "of one group are compared. To compare all, pass one group for all, "
            f"groups={shown(dict.fromkeys(group_of, 'all'))}."
        )
    return Specimens(names, codes[1].reshape(-1), rows.reshape(-1))


def _groups_of_slices(patches: Patches) -> dict[str, str]:
    """Return the group of each specimen by its slices, "" for all where none is known.

    What is half known, or differs among slices of a specimen, is an error.
    """
    found: dict[str, set[str]] = {}
    for image in patches.used_images:
        found.setdefault(str(image.specimen), set()).add(image.group or "")
    mixed = [name for name, given in found.items() if len(given) > 1]
    if mixed:
        raise ValueError(
            f"patches holds slices of specimen {mixed[0]!r} in the groups "
            f"{sorted(found[mixed[0]])}; give the group of each specimen as groups."
        )
    known = {name: given.pop() for name, given in found.items()}
    without = [name for name, group in known.items() if not group]
    if without and len(without) < len(known):
        raise ValueError(
            f"patches holds slices of specimen {without[0]!r} without a group, while "
            "others have one; give the group of each specimen as groups."
        )
    return known


def _checked(groups: object, names: NDArray[np.str_]) -> dict[str, str]:
    if not isinstance(groups, Mapping):
        raise TypeError(
            f"groups={shown(groups)} must be a mapping of specimens to groups."
        )
    missing = [name for name in names.tolist() if name not in groups]
    if missing:
        raise ValueError(
            f"groups has no entry for the specimens {missing}; it names "
            f"{shown(list(groups))}."
        )
    return {name: str(groups[name]) for name in names.tolist()}


def heights_of(patches: Patches) -> list[float] | None:
    """Return heights of the slices in their specimens, um; None if one is unknown."""
    heights = [image.z_um for image in patches.images if image.z_um is not None]
    complete = len(heights) == len(patches.images)
    return heights if complete and common_pixel_size(patches.used_images) else None


def sort_into_blocks(
    values: NDArray[np.float64],
    regions: NDArray[np.intp],
    blocks: NDArray[np.int64],
    specimens: Specimens,
    *,
    n_regions: int,
    threshold: float,
) -> list[list[BlocksOfRegion]]:
    """Return the block means of each region (first) of each specimen (second).

    ``values`` are (n, n_values), the others (n,). A block is of one specimen.
    """
    n_values = values.shape[1]
    cells = sum_over_blocks(
        np.hstack([values, values > threshold]), regions, blocks, n_regions=n_regions
    )
    _, first = np.unique(blocks, return_index=True)
    of_block = specimens.rows[first]
    found: list[list[BlocksOfRegion]] = []
    for region in range(n_regions):
        found.append([])
        for specimen in range(len(specimens.names)):
            mine = cells[of_block == specimen, region]
            mine = mine[mine[:, 0] > 0]
            counts, n_rows = mine[:, 0], max(1.0, mine[:, 0].sum())
            found[-1].append(
                BlocksOfRegion(
                    counts=counts,
                    means=mine[:, 1 : 1 + n_values] / counts[:, None],
                    active=mine[:, 1 + n_values :].sum(axis=0) / n_rows,
                )
            )
    return found
