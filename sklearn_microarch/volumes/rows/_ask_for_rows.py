"""Ask the workers what slices offer, and then for the rows that are drawn of them."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.volumes.rows._annotated_planes import AnnotatedPlanes
from sklearn_microarch.volumes.rows._draw_on_slice import (
    RowJob,
    Title,
    offers_of_slice,
    rows_of_slice,
)
from sklearn_microarch.volumes.rows._share_rows import RowShares, share_rows
from sklearn_microarch.volumes.running._ask_workers import ask_workers


def ask_for_offers(
    client: Any,  # noqa: ANN401
    job: RowJob,
    planes: AnnotatedPlanes,
    n_rows: int,
) -> RowShares:
    """Let the workers count what slices offer, and share the rows out."""
    # The network is not needed yet.
    light = replace(job, features=None)
    offers: list[dict[Title, int]] = [{} for _ in range(len(planes))]
    heard: dict[tuple[type[Warning], str], None] = {}
    asked = ((light, plane) for plane in planes)
    for at, (found, said) in ask_workers(client, offers_of_slice, asked):
        offers[at] = found
        heard |= dict.fromkeys(said)
    for category, text in sorted(heard, key=str):
        warn_user(text, category)
    if not any(offers):
        raise ValueError(
            "rois holds only unannotated pixels; at least one annotated region is "
            "needed."
        )
    return share_rows(offers, n_rows, planes.specimens, job.sampler)


def ask_for_rows(
    client: Any,  # noqa: ANN401
    job: RowJob,
    planes: AnnotatedPlanes,
    shares: RowShares,
    order: NDArray[np.intp],
) -> NDArray:
    """Return what the workers make of the rows: row ``i`` of all comes to ``order[i]``.

    Features (n, n_features), or positions (n, 3) without a network.
    """
    stops = shares.shares.sum(axis=0).cumsum()
    if job.features is None:
        out = np.empty((len(order), 3), dtype=np.int32)
    else:
        n_features = len(job.features.get_feature_names_out())
        out = np.empty((len(order), n_features), dtype=np.float32)
    giving = [at for at in range(len(planes)) if shares.of_slice(at)]
    asked = (
        (job, plane, at, shares.of_slice(at))
        for at, plane in enumerate(planes)
        if shares.of_slice(at)
    )
    for number, rows in ask_workers(client, rows_of_slice, asked):
        at = giving[number]
        found = np.insert(rows, 0, at, axis=1) if job.features is None else rows
        out[order[stops[at] - len(found) : stops[at]]] = found
    return out
