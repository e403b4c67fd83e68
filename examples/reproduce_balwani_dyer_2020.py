"""
The paper's two experiments, from slices to a list of findings
==============================================================

`make reproduce` runs this: the figures of Balwani and Dyer (2020), then what the paper
found, each *found*, *not found* or *not testable* here, with its number, a baseline and
the rule that decides. The rules were written before they were first applied.

On the real slices where the data folder has them, else on synthetic ones. On synthetic
slices "found" means: it recovers what was drawn. The real slices have no layer labels:
what names a layer or a barrel is not testable there, and bands of depth are shown in
place of layers, but not scored.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch

from sklearn_microarch import (
    GMMClusterer,
    PatchSampler,
    RoiMap,
    SliceImage,
    make_microarch_pipeline,
    map_slice,
)
from sklearn_microarch.anatomy import (
    LaminarDepth,
    laminar_depth,
    laminar_profile,
    layer_table,
    patch_readouts,
)
from sklearn_microarch.clustering import match_clusters
from sklearn_microarch.datasets import fetch_prasad2020, make_thalamocortical_phantom
from sklearn_microarch.exceptions import DataNotFoundError
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.plotting import (
    ClusterMapDisplay,
    CompositeMapDisplay,
    ExemplarDisplay,
    FactorMapDisplay,
    LaminarProfileDisplay,
    LayerTableDisplay,
)
from sklearn_microarch.selection import select_factors
from sklearn_microarch.spatial import border_distance
from sklearn_microarch.trust import published_findings

# The published erosion of the cortex, and price of leakage for cortical factors.
EROSION_PX, CORTICAL_LAM = 64, 0.3
N_FACTORS, N_CLUSTERS, N_BANDS = 15, 4, 5
# A second slice with less cortex, in patches that share no pixel, is not judged.
FEWEST_PATCHES = 5
CLUSTER_NAMES = ["0 (fewest cells)", "1", "2", "3 (most cells)"]


# %%
# Slices
# ------
# The second slice lies 176 micrometres away, as the published one does.
def read_slices(data_home: str | None, seed: int) -> Bunch:
    """Return both slices, and of the synthetic ones what was drawn."""
    try:
        first = fetch_prasad2020(159, data_home=data_home, six_class=True)
        second = fetch_prasad2020(309, data_home=data_home, variant="preview")
    except DataNotFoundError:
        first = Bunch(rois=None)
    if first.rois is not None:
        rois = RoiMap(first.rois, first.roi_names, pixel_size_um=1.17)
        return Bunch(
            images=[first.image, second.image],
            rois=rois,
            layers=None,
            barrels=None,
            axons=None,
            source="the section of Prasad et al. (2020), z = 159",
        )
    phantom = make_thalamocortical_phantom(
        z_um=[0.0, 176.0], shape=(1420, 5805), six_class=True, random_state=seed
    )
    size = phantom.pixel_size_um
    return Bunch(
        images=phantom.images,
        rois=RoiMap(phantom.rois[0], phantom.roi_names, pixel_size_um=size),
        layers=RoiMap(phantom.layers[0], phantom.layer_names, pixel_size_um=size),
        barrels=RoiMap((phantom.barrels[0] > 0) * 1, {1: "barrel"}, pixel_size_um=size),
        axons=phantom.structures[0] == 3,
        source=f"a synthetic section, {phantom.images[0].specimen}",
    )


# %%
# Experiment 1: six regions, six factors
# --------------------------------------
# A network is trained to tell six regions apart from patches of 150 micrometres, its
# last hidden layer is factorized, and each region takes the factor that covers it best.
def fit_regions(run: Bunch) -> Pipeline:
    """Fit the pipeline on the first slice, off the rim of the tissue."""
    sampler = PatchSampler(n_patches_per_roi=run.patches, random_state=run.seed)
    rows, labels = sampler.training_rows(
        run.slices.images[0], run.slices.rois, stride=run.stride
    )
    pipe = make_microarch_pipeline(
        sampler=sampler, n_components=N_FACTORS, random_state=run.seed
    )
    pipe.set_params(
        features__validation=None, features__max_patches_per_class=run.patches
    )
    return pipe.fit(rows, labels)


def factors_of_regions(pipe: Pipeline) -> dict[str, str]:
    """Return the factor of each region, by their names in maps of all factors."""
    selector = pipe["select"]
    numbers = selector.get_support(indices=True)
    regions = selector.matched_rois_.tolist()
    return {
        region: f"factor{number:02d}"
        for number, region in zip(numbers, regions, strict=True)
    }


# %%
# Experiment 2: the cortex, with no labels at all
# -----------------------------------------------
# A mixture of four Gaussians on all fifteen factors of the cortex. Clusters are
# numbered by how many dark cells they hold, so that a number means something.
def fit_cortex(
    pipe: Pipeline, image: SliceImage, inner: NDArray[np.bool_], run: Bunch
) -> Pipeline:
    """Cluster the inner cortex on all factors."""
    clusterer = GMMClusterer(N_CLUSTERS, random_state=run.seed)
    steps = [
        ("patches", pipe["patches"]),
        ("factors", FrozenEstimator(pipe[1:3])),
        ("cluster", clusterer),
    ]
    rows = pipe["patches"].cut(image, stride=run.stride, mask=inner)
    return Pipeline(steps).fit(rows)


def inner_cortex(codes: NDArray[np.int64], cortex: int) -> NDArray[np.bool_]:
    """Return the largest piece of cortex, eroded as published (height, width)."""
    pieces, _ = ndimage.label(codes == cortex)
    largest = pieces == np.bincount(pieces.ravel())[1:].argmax() + 1
    whole = ndimage.binary_fill_holes(largest)
    return whole & (border_distance(whole.astype(int)) > EROSION_PX)


def order_by_density(cortical: MicroarchMaps) -> NDArray[np.intp]:
    """Return each cluster's rank by its density of dark cells, and -1 for none."""
    density = patch_readouts(cortical).factors[..., 0]
    means = [density[cortical.clusters == k].mean() for k in range(N_CLUSTERS)]
    return np.append(np.argsort(np.argsort(means)), -1)


def three_cortical_factors(cortical: MicroarchMaps, layers: RoiMap) -> list[str]:
    """Return the three factors that match layers, or bands of depth, best."""
    used = np.isfinite(cortical.factors).all(axis=2)
    rows, cols = (at[used] for at in np.meshgrid(*places(cortical), indexing="ij"))
    chosen = select_factors(
        cortical.factors[used],
        layers.labels_at(cortical.image, rows, cols),
        n_features_to_select=3,
        lam=CORTICAL_LAM,
        normalize=True,
        unannotated="",
    )
    return [cortical.factor_names[at] for at in np.flatnonzero(chosen.support)]


def places(maps: MicroarchMaps) -> list[NDArray[np.intp]]:
    """Return the rows and the columns of the slice at which cells of a map lie."""
    return [
        np.rint(first + maps.cell_size * np.arange(n)).astype(int)
        for first, n in zip(maps.offset, maps.grid.shape, strict=True)
    ]


def patch_means(values: NDArray, maps: MicroarchMaps) -> NDArray[np.float64]:
    """Return means of pixels (height, width) over the patch of each cell."""
    return ndimage.uniform_filter(values.astype(float), 128)[np.ix_(*places(maps))]


# %%
# A second slice
# --------------
# One model serves both slices. As in the paper, a second mixture is fitted on the
# second slice alone, and its clusters are matched with the first's by the bands of
# depth they lie in; then both say of each place which cluster it is.
def second_slice(
    pipe: Pipeline, cortex: Pipeline, ranks: NDArray[np.intp], run: Bunch
) -> tuple[list[MicroarchMaps], tuple[float, float] | None]:
    """Return the second slice's clusters by both models, and how far they agree."""
    image = run.slices.images[1]
    regions = map_slice(pipe, image, stride=run.stride, check_drift=False)
    names = {at + 1: name for at, name in enumerate(regions.region_names)}
    codes = regions.expand().predicted_regions + 1
    predicted = RoiMap(codes, names, pixel_size_um=image.pixel_size_um)
    inner = inner_cortex(predicted.codes, predicted.code_of("cortex"))
    own = fit_cortex(pipe, image, inner, run)
    first, second = (
        map_slice(model, image, mask=inner, stride=run.stride, check_drift=False)
        for model in (cortex, own)
    )
    first = first.replace(clusters=ranks[first.clusters])
    second = matched_by_depth(first, second, predicted, run)
    used = first.clusters >= 0
    if used.sum() * run.stride**2 < FEWEST_PATCHES * 128**2:
        return [first, second], None
    grey = patch_means(image.pixels, first)[used]
    cuts = np.quantile(grey, np.arange(1, N_CLUSTERS) / N_CLUSTERS)
    agreement, chance = (
        float(adjusted_rand_score(first.clusters[used], others))
        for others in (second.clusters[used], np.digitize(grey, cuts))
    )
    return [first, second], (agreement, chance)


def matched_by_depth(
    first: MicroarchMaps, second: MicroarchMaps, predicted: RoiMap, run: Bunch
) -> MicroarchMaps:
    """Return the second maps with the first's numbers of clusters, where depth tells.

    How far both agree does not depend on the numbers; which colour is which does.
    """
    try:
        depth = laminar_depth(predicted, "cortex", "WM", image=first.image)
        shares = [
            np.nan_to_num(layer_table(one, depth, random_state=run.seed).share)
            for one in (first, second)
        ]
        matching = match_clusters(*shares)
    except ValueError as error:
        run.say(f"clusters of the second slice keep their own colours: {error}")
        return second
    return second.replace(clusters=matching.relabel(second.clusters))


# %%
# All of it
# ---------
def reproduce(run: Bunch) -> None:
    """Run both experiments, write the figures, print the findings."""
    image, rois = run.slices.images[0], run.slices.rois
    pipe = fit_regions(run)
    matched = factors_of_regions(pipe)
    run.say("the network is trained, factors are found")
    maps = draw_regions(pipe, matched, run)

    inner = inner_cortex(rois.on(image), rois.code_of("cortex"))
    cortex = fit_cortex(pipe, image, inner, run)
    cortical = map_slice(
        cortex, image, mask=inner, stride=run.stride, check_drift=False
    )
    ranks = order_by_density(cortical)
    cortical = cortical.replace(clusters=ranks[cortical.clusters])
    depth = laminar_depth(rois, "cortex", "WM", image=image)
    draw_cortex(cortical, depth, run)
    both, again = second_slice(pipe, cortex, ranks, run)
    clusters = ClusterMapDisplay.from_maps(both, cluster_names=CLUSTER_NAMES)
    run.save(
        "second_slice_matched",
        clusters.plot(crop=True),
        "first the model of the first slice, then the second slice's own, matched",
    )
    axons = run.slices.axons
    findings = published_findings(
        maps,
        cortical,
        rois,
        matched,
        depth=depth,
        layers=run.slices.layers,
        barrels=run.slices.barrels,
        axon_share=None if axons is None else patch_means(axons, maps),
        again=again,
        random_state=run.seed,
    )
    findings.to_csv(run.out / "findings.csv", overwrite=True)
    (run.out / "findings.txt").write_text(f"{findings}\n", encoding="utf-8")
    run.say("done")
    print(f"\n{findings}\n")


def draw_regions(pipe: Pipeline, matched: dict[str, str], run: Bunch) -> MicroarchMaps:
    """Draw the six factors (Fig. 2C) and return maps of all."""
    steps = [("patches", pipe["patches"]), ("factors", FrozenEstimator(pipe[1:3]))]
    maps = map_slice(
        Pipeline(steps), run.slices.images[0], stride=run.stride, check_drift=False
    )
    regions = {factor: region for region, factor in matched.items()}
    names = [
        f"{name}_{regions[name]}" if name in regions else name
        for name in maps.factor_names
    ]
    six = [name for name in names if "_" in name]
    named = maps.replace(factor_names=names)
    run.save("2C_factors", FactorMapDisplay.from_maps(named, factors=six).plot())
    return maps


def draw_cortex(cortical: MicroarchMaps, depth: LaminarDepth, run: Bunch) -> None:
    """Draw clusters, patches and factors of the cortex (Figs. 2A2, 2B1 to 2B3)."""
    clusters = ClusterMapDisplay.from_maps(cortical, cluster_names=CLUSTER_NAMES)
    run.save("2A2_clusters", clusters.plot(crop=True))
    run.save("2B2_each_cluster", clusters.plot(crop=True, panels="each"))
    patches = ExemplarDisplay.from_maps(cortical, random_state=run.seed)
    run.save("2B3_patches", patches.plot(), "clusters by density of dark cells")

    drawn = run.slices.layers
    layers = depth.bands(N_BANDS) if drawn is None else drawn
    by = f"{N_BANDS} bands of depth" if drawn is None else "annotated layers"
    three = three_cortical_factors(cortical, layers)
    composite = CompositeMapDisplay.from_maps(cortical, factors=three)
    run.save("2B1_three_factors", composite.plot(crop=True), f"chosen with {by}")
    if drawn is None:
        table = layer_table(cortical, depth, bands=N_BANDS, random_state=run.seed)
    else:
        table = layer_table(
            cortical, drawn, run.slices.rois, depth=depth, random_state=run.seed
        )
    run.save("bars_clusters_by_layer", LayerTableDisplay(table).plot(), f"over {by}")
    profile = laminar_profile(cortical, depth, random_state=run.seed)
    shown = [*three, *(f"cluster {k}" for k in range(N_CLUSTERS))]
    run.save("profile", LaminarProfileDisplay(profile, depth, names=shown).plot())


def start(options: argparse.Namespace) -> Bunch:
    """Return the slices, the settings, and how to say and save what was made."""
    mpl.use("Agg")
    options.out.mkdir(parents=True, exist_ok=True)
    begin = time.perf_counter()

    def say(words: str) -> None:
        print(f"{time.perf_counter() - begin:5.0f} s  {words}", flush=True)

    def save(name: str, display: Any, note: str = "") -> None:  # noqa: ANN401
        display.figure_.text(0.01, 1.01, note, fontsize="small", va="bottom")
        display.figure_.savefig(
            options.out / f"{name}.png", dpi=150, bbox_inches="tight"
        )
        say(f"wrote {options.out / name}.png")

    slices = read_slices(options.data_home, options.seed)
    say(f"on {slices.source}")
    return Bunch(slices=slices, say=say, save=save, **vars(options))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Balwani and Dyer (2020), again.")
    parser.add_argument("--out", type=Path, default=Path("reproduce"))
    parser.add_argument("--data-home", default=None)
    parser.add_argument("--stride", type=int, default=8, help="in pixels")
    parser.add_argument("--patches", type=int, default=2000, help="of each region")
    parser.add_argument("--seed", type=int, default=0)
    reproduce(start(parser.parse_args()))
