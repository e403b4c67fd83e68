"""Neighbouring planes of a mapped volume beside the truth of a phantom.

A phantom volume is mapped with the whole field of view on each plane, and with one that
moves along the planes. Of each pair of neighbouring planes, on the cells that
`compare_planes` compares: how many clusters and predicted regions are kept (kappa),
beside the kappa of the true regions, and of regions and layers, on the same cells; and
the step of each factor's mean, in standard deviations, parted into what true regions
and layers explain by their shares, and what is left within them, which the phantom has
not. With grey levels of the whole volume, smooth along z, and plane by plane.

    python bench_planes.py
    python bench_planes.py --planes 4 --shape 256 1024   # to try the script
"""

import argparse
import json
import tempfile
import warnings
from math import ceil
from pathlib import Path

import numpy as np
from _local_workers import local_workers

from sklearn_microarch import PatchSampler, make_microarch_pipeline
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.volumes import compare_planes, map_volume, open_volume
from sklearn_microarch.volumes.comparing._paired_sums import PairedSums
from sklearn_microarch.volumes.comparing._sum_pairs import read_band

RESULTS = Path(__file__).parent / "results" / "bench_planes.json"
SPACING_UM, PATCH, SEEN = 40.0, 32, 0.6
NORMALIZED = ("volume", "smooth", "slice")


def fitted(phantom):
    """Return a pipeline fitted on the plane in the middle."""
    sampler = PatchSampler(PATCH, n_patches_per_roi=300, random_state=0)
    pipe = make_microarch_pipeline(sampler=sampler, n_components=12, random_state=0)
    pipe.set_params(features__max_epochs=4, features__device="cpu")
    middle = len(phantom.images) // 2
    return pipe.fit(*sampler.sample(phantom.images[middle], phantom.rois[middle]))


def planes_of(phantom, is_moving):
    """Return the planes; where the field of view moves, it is ``SEEN`` of the width."""
    planes = np.stack([image.data for image in phantom.images])
    if not is_moving:
        return planes
    width = planes.shape[2]
    seen = round(SEEN * width)
    for at, plane in enumerate(planes):
        first = round(at * (width - seen) / (len(planes) - 1))
        plane[:, :first] = plane[:, first + seen :] = 0
    return planes


def classes_of(phantom, plane, maps):
    """Return region, and region with layer, of the centre of each cell."""
    rows, cols = (
        (first + maps.cell_size * np.arange(n)).round().astype(int)
        for first, n in zip(maps.offset, maps.grid.shape, strict=True)
    )
    there = np.ix_(rows, cols)
    regions = phantom.rois[plane][there].astype(int)
    return regions, 10 * regions + phantom.layers[plane][there]


def kappa(one, other):
    """Return Cohen's kappa of the classes of the same cells on two planes."""
    sums = PairedSums(0, n_cells=len(one))
    sums.add_clusters(one, other)
    return sums.kappa()


def parted_steps(factors, classes):
    """Return the steps (n_factors,) by shares of classes, and within classes, in sd.

    ``factors`` and ``classes`` are of the same cells on two planes.
    """
    by_shares = np.zeros(factors[0].shape[1])
    within = np.zeros_like(by_shares)
    for one in np.unique(np.concatenate(classes)):
        masks = [found == one for found in classes]
        shares = [mask.mean() for mask in masks]
        means = [
            values[mask].mean(axis=0) if mask.any() else None
            for values, mask in zip(factors, masks, strict=True)
        ]
        # A class that one plane has not: its mean is taken for that of the other.
        first, second = (
            means[1 - at] if mean is None else mean for at, mean in enumerate(means)
        )
        by_shares += (shares[1] - shares[0]) * (first + second) / 2
        within += (shares[0] + shares[1]) / 2 * (second - first)
    spread = np.sqrt(np.mean([values.var(axis=0) for values in factors], axis=0))
    return by_shares / spread, within / spread


def compare(phantom, out):
    """Return the figures of each pair of neighbouring planes."""
    table = compare_planes(out)
    n_planes = len(phantom.images)
    opened = [open_maps(out, z=z) for z in range(n_planes)]
    rows = slice(0, opened[0].grid.shape[0])
    margin = ceil(PATCH / 2 / opened[0].cell_size)
    bands = [read_band(maps, rows, margin) for maps in opened]
    found = []
    for z in range(n_planes - 1):
        both = bands[z].inside & bands[z + 1].inside
        here = np.asarray(table["plane"]) == z
        first = np.flatnonzero(here)[0]
        assert both.sum() == np.asarray(table["n_cells"])[first]
        pair = (z, z + 1)
        truth = [classes_of(phantom, at, opened[at]) for at in pair]
        regions, classes = (
            [one[kind][both] for one in truth] for kind in range(len(truth[0]))
        )
        clusters = [bands[at].clusters[both] for at in pair]
        same = classes[0] == classes[1]
        predicted = [np.asarray(opened[at].predicted_regions)[both] for at in pair]
        factors = [bands[at].factors[both].astype(float) for at in pair]
        by_shares, within = parted_steps(factors, classes)
        steps = np.asarray(table["step_sd"], dtype=float)
        steps = steps[here & (np.asarray(table["kind"]) == "factor")]
        assert np.allclose(by_shares + within, steps, atol=1e-4)
        found.append(
            {
                "cells": int(both.sum()),
                "clusters": float(np.asarray(table["kappa"])[first]),
                "clusters where the truth stays": kappa(*(c[same] for c in clusters)),
                "predicted regions": kappa(*predicted),
                "true regions": kappa(*regions),
                "true regions and layers": kappa(*classes),
                "steps": steps.tolist(),
                "steps by shares": by_shares.tolist(),
                "steps within": within.tolist(),
            }
        )
    return found


def summary(pairs):
    """Return the mean of each kappa, and the root mean square of steps."""
    found = {}
    for key, value in pairs[0].items():
        values = np.array([pair[key] for pair in pairs], dtype=float)
        is_step = isinstance(value, list)
        found[key] = float(np.sqrt((values**2).mean()) if is_step else values.mean())
    return found


def main():
    """Map, compare, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--planes", type=int, default=10)
    parser.add_argument("--shape", type=int, nargs=2, default=(400, 1600))
    parser.add_argument("--stride", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    phantom = make_thalamocortical_phantom(
        options.planes,
        shape=tuple(options.shape),
        six_class=True,
        z_step_um=SPACING_UM,
        random_state=0,
    )
    pipe = fitted(phantom)
    known = {"pixel_size_um": phantom.pixel_size_um, "spacing_um": SPACING_UM}
    results = []
    with (
        tempfile.TemporaryDirectory() as folder,
        local_workers(options.workers) as client,
    ):
        for is_moving in (False, True):
            volume = open_volume(planes_of(phantom, is_moving), **known)
            for how in NORMALIZED:
                out = Path(folder) / f"{how}{is_moving}.zarr"
                settings = {"normalize_by": how, "stride": options.stride}
                map_volume(
                    pipe, volume, out, client=client, check_drift=False, **settings
                )
                pairs = compare(phantom, out)
                about = {"field of view moves": is_moving, "normalized by": how}
                results.append(about | {"mean": summary(pairs), "pairs": pairs})
                print(about, summary(pairs), flush=True)
    found = {"planes": options.planes, "shape": options.shape, "results": results}
    options.out.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
