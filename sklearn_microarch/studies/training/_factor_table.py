"""Where each selected factor is active, and what tells animals apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from sklearn_microarch._walk import (
    find_steps,
    flat_steps,
    rows_out_of_selection,
    transform_rows,
)
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import UnscoredRegionsWarning
from sklearn_microarch.metrics import specimen_separation
from sklearn_microarch.sampling import Patches
from sklearn_microarch.studies.training._annotated_sections import AnnotatedSection
from sklearn_microarch.studies.training._cut_rows import StudyRows


@dataclass(frozen=True, eq=False)
class StudyLoadings:
    """Selected factors, and clusters, at centres all over the sections' tissue."""

    names: list[str]
    regions: list[str]
    values: NDArray  # (n, n_factors)
    active: NDArray[np.bool_]  # (n, n_factors)
    patches: Patches
    labels: NDArray[np.str_]  # (n,), "" where nothing is annotated
    at_rim: NDArray[np.bool_]  # (n,), where a patch shows too little tissue
    clusters: NDArray | None = None  # (n,), None where no step makes any


def read_loadings(
    pipeline: Pipeline, sections: Sequence[AnnotatedSection], rows: StudyRows
) -> StudyLoadings | None:
    """Return the selected factors on all sections; None where none are selected."""
    parts = find_steps(pipeline, "a table of factors")
    if parts.selection is None:
        return None
    patches = parts.sampler.cut(rows.patches.images, stride=rows.stride)
    found = rows_out_of_selection(pipeline[1:], patches)
    assert found is not None
    selector, values = found
    regions = [str(region) for region in selector.matched_rois_]
    numbers = selector.get_support(indices=True)
    at_rim = ~_is_among(patches.positions, rows.patches.positions)
    return StudyLoadings(
        names=[
            f"factor{number:02d}_{region}"
            for number, region in zip(numbers, regions, strict=True)
        ],
        regions=regions,
        values=values,
        active=values > selector.threshold,
        patches=patches,
        labels=patches.labels([one.rois for one in sections]),
        at_rim=at_rim,
        clusters=clusters_after(pipeline, selector, values),
    )


def clusters_after(
    pipeline: Pipeline,
    selector: Any,  # noqa: ANN401 - the step that selects factors
    values: NDArray,
) -> NDArray | None:
    """Return the cluster of each row (n,) of what a step gave; None for none."""
    steps = flat_steps(pipeline)
    later = steps[steps.index(selector) + 1 :]
    if not later or not hasattr(later[-1], "predict"):
        return None
    return np.asarray(later[-1].predict(transform_rows(later[:-1], values)))


def _is_among(positions: NDArray, others: NDArray) -> NDArray[np.bool_]:
    """Tell which positions (n, 3) are among others (m, 3)."""
    both = np.concatenate([positions, others])
    _, number = np.unique(both, axis=0, return_inverse=True)
    number = number.reshape(-1)
    return np.isin(number[: len(positions)], number[len(positions) :])


def factor_table(found: StudyLoadings) -> list[dict[str, Any]]:
    """Return a row for each factor: shares where it is active, means by animal.

    ``outside`` is all tissue off the rim that is not of the region; ``rim`` is tissue
    of which a patch is partly empty, whatever it is annotated as.
    """
    animals = found.patches.groups if _knows_animals(found.patches) else None
    table = []
    for at, (name, region) in enumerate(zip(found.names, found.regions, strict=True)):
        active, inside = found.active[:, at], found.labels == region
        off_rim = ~found.at_rim
        means = {}
        if animals is not None:
            for animal in np.unique(animals):
                here = inside & off_rim & (animals == animal)
                means[str(animal)] = _mean(found.values[here, at])
        table.append(
            {
                "name": name,
                "region": region,
                "inside": _mean(active[inside & off_rim]),
                "outside": _mean(active[~inside & off_rim]),
                "rim": _mean(active[found.at_rim]),
                "per_animal": means,
            }
        )
    return table


def animals_apart(found: StudyLoadings, *, seed: int | None) -> list[str]:
    """Return sentences on factors and clusters that tell animals apart.

    With an `AnimalsApartWarning` for either.
    """
    kinds: dict[str, tuple[NDArray, list[str] | None]] = {
        "factors": (found.values, found.names)
    }
    if found.clusters is not None:
        kinds["clusters"] = (found.clusters, None)
    if not _can_be_compared(found.patches):
        what = " and ".join(kinds).capitalize()
        return [
            f"{what} are not compared between animals: each group has one animal only."
        ]
    keep = ~found.at_rim & (found.labels != "")
    sentences: list[str] = []
    failed: dict[str, list[str]] = {}
    for what, (values, names) in kinds.items():
        try:
            separation = specimen_separation(
                values[keep],
                found.patches.take(keep),
                found.labels[keep],
                names=names,
                random_state=seed,
            )
        except ValueError as error:
            failed.setdefault(str(error), []).append(what)
        else:
            sentences += separation.sentences
    for reason, those in failed.items():
        warn_user(
            f"{' and '.join(those)} are not compared between animals: {reason}",
            UnscoredRegionsWarning,
        )
    return sentences


def _can_be_compared(patches: Patches) -> bool:
    """Tell whether a group has two animals; all are one where groups are not known."""
    groups = {image.specimen: image.group for image in patches.images}
    if None in groups.values():
        return len(groups) > 1
    return len(set(groups.values())) < len(groups)


def _knows_animals(patches: Patches) -> bool:
    return all(image.specimen is not None for image in patches.images)


def _mean(values: NDArray) -> float | None:
    """Return the mean, None of nothing: JSON has no NaN."""
    return float(values.mean()) if len(values) else None
