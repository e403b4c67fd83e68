"""Regions withheld from a network, and what marks them nevertheless."""

import json

import numpy as np
from _discovery_rows import cluster, learned, marking, unlearned
from _discovery_scene import UNTRAINED, Scene, Settings, cells_of
from _discovery_scores import Choice, draw_blocks, moved, read_off, summary
from numpy.typing import NDArray

from sklearn_microarch import Patches, SliceImage
from sklearn_microarch.datasets import fetch_prasad2020, make_thalamocortical_phantom
from sklearn_microarch.model_selection import leave_one_region_out
from sklearn_microarch.spatial import spatial_blocks
from sklearn_microarch.spatial._spatial_blocks import SliceBlocks

N_RESAMPLES, N_SHIFTS = 500, 199
CORTEX, TRN = 1, 3
# Clusters among which one may mark the withheld region: one more than regions.
N_CLUSTERS = 8


def region_slice(
    which: str, settings: Settings
) -> tuple[SliceImage, NDArray, dict[int, str]]:
    """Return a slice, its codes with white matter as one and TRN apart, and names."""
    if which == "real":
        data = fetch_prasad2020()
        image, rois, names = data.image, data.rois, data.roi_names
    else:
        made = make_thalamocortical_phantom(
            shape=settings.shape, random_state=int(which)
        )
        image, rois, names = made.images[0], made.rois[0], made.roi_names
    codes = np.array([0, 1, 2, 3, 4, 5, 6, 7, 6], dtype=np.uint8)[rois]
    return image, codes, {code: names[code] for code in range(1, 8)} | {6: "WM"}


def networks_without(
    scene: Scene, rows: Patches, labels: NDArray, names: dict[int, str]
) -> dict[int, tuple[NDArray, NDArray]]:
    """Return what networks see that were trained without each region, by its code.

    None is trained on a patch that shares a pixel with the TRN: the one trained on all
    other regions stands for it. Code 0 is a network that was not trained.
    """
    _, kept, _ = next(leave_one_region_out(rows, labels, regions=[TRN]))
    rows, labels = rows.take(kept), labels[kept]
    found = {TRN: scene.seen("all", rows, labels, 0)}
    for region, train, _ in leave_one_region_out(rows, labels):
        key = f"without-{names[int(region)]}"
        found[int(region)] = scene.seen(key, rows.take(train), labels[train], 0)
    found[0] = scene.seen("untrained", rows, labels, 0, **UNTRAINED)
    return found


def offer(
    seen: tuple[NDArray, NDArray], told: NDArray, fixed: dict[str, NDArray]
) -> dict[str, NDArray]:
    """Return columns to choose from, of which a high value marks a region."""
    every = np.ones(len(told), dtype=bool)
    found = learned(seen, told, every, 0)
    del found["selected factors"]
    mixture = cluster(found["factors"], N_CLUSTERS, 0)
    clusters = {"clusters of factors": mixture.predict_proba(found["factors"])}
    return {"factors": found.pop("factors")} | clusters | found | marking(fixed)


def run_regions(which: str, settings: Settings) -> dict:
    """Return how well withheld regions are marked by each contender."""
    image, rois, names = region_slice(which, settings)
    cells, codes, rows, labels = cells_of(image, rois, settings)
    scene = Scene(f"regions-{which}", cells, settings.n_patches)
    seen = networks_without(scene, rows, labels, names)
    fixed = unlearned(seen[0][0], cells, codes > 0, 0)
    blocks = spatial_blocks(cells, block_size=settings.block)
    at = cells.positions[:, 1:] // settings.stride
    named = learned(seen[TRN], np.where(codes == TRN, 0, codes), codes > 0, 0)
    found, scores = {}, {}
    for region, name in names.items():
        truth = codes == region
        told = np.where(truth | (codes == TRN), 0, codes)
        offered = offer(seen[region], told, fixed)
        if region != TRN:
            offered["factors, region named"] = named["factors"]
        scores[region], found[name] = judge_region(offered, truth, at, blocks)
        print(name, json.dumps(found[name]), flush=True)
    common = [key for key in scores[TRN] if key in scores[CORTEX]]
    means = {
        key: np.mean([one[key] for one in scores.values()], axis=0) for key in common
    }
    table = summary(means)
    for key, row in table.items():
        each = [one["contenders"][key]["all columns"] for one in found.values()]
        row["all columns"] = round(float(np.mean(each)), 4)
    return {"regions": found, "mean over regions": table}


def judge_region(
    offered: dict[str, NDArray],
    truth: NDArray[np.bool_],
    at: NDArray,
    blocks: SliceBlocks,
) -> tuple[dict[str, NDArray], dict]:
    """Return scores and resamples of each contender for a region, and the table."""
    choices = {key: Choice(columns, blocks.labels) for key, columns in offered.items()}
    draws = draw_blocks(blocks, N_RESAMPLES, 0)
    scores = {key: choice.resampled(truth, draws) for key, choice in choices.items()}
    table = summary(scores)
    for key, row in table.items():
        row["all columns"] = round(read_off(offered[key], truth, blocks.labels), 4)
    elsewhere = moved(truth, at, N_SHIFTS, 0)
    beside = {
        key: against_moved(choices[key], truth, elsewhere)
        for key in ("factors", "clusters of factors")
    }
    found = {"n_cells": int(truth.sum()), "n_places": len(elsewhere)}
    return scores, found | {"contenders": table, "moved labels": beside}


def against_moved(
    choice: Choice, truth: NDArray[np.bool_], elsewhere: list[NDArray[np.bool_]]
) -> dict[str, float]:
    """Return the AUC of labels moved elsewhere, and the p value of those in place."""
    null = np.array([choice.judge(place)[0] for place in elsewhere])
    observed, _ = choice.judge(truth)
    return {
        "median": float(np.median(null)) if len(null) else float("nan"),
        "p": (1 + int((null >= observed).sum())) / (1 + len(null)),
    }
