"""Load saved models and map a slice they have not seen."""

from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.images import read_tiff
from sklearn_microarch.mapping import MicroarchMaps, map_slice
from sklearn_microarch.spatial import border_distance

CORTEX = "cortex"
# The published erosion, before the cortex is clustered.
EROSION_PX = 64


def map_new_slice(out: str | Path, new_slice: str | Path, *, stride: int) -> None:
    """Load the demo's models and write maps and pictures of a new slice.

    Parameters
    ----------
    out : path-like
        Folder that holds ``microarch.joblib`` and ``cortex.joblib``; maps and
        pictures are written beside them.
    new_slice : path-like
        TIFF file of the slice.
    stride : int, unit: pixels
        Distance of mapped centres.

    Raises
    ------
    OSError
        If a model is not in the folder, or the slice cannot be read.

    Examples
    --------
    Where `run_demo` has left its models in the folder "demo"::

        map_new_slice("demo", "slice.tif", stride=8)

    A slice that is not there is named:

    >>> from sklearn_microarch.demo import map_new_slice
    >>> map_new_slice("demo", "missing.tif", stride=8)
    Traceback (most recent call last):
    FileNotFoundError: ...missing.tif...
    """
    out = Path(out)
    image = read_tiff(new_slice)
    pipe = joblib.load(out / "microarch.joblib")
    cortex = joblib.load(out / "cortex.joblib")
    print(f"Mapping {image!r}, every {stride} pixels.", flush=True)
    maps = map_slice(pipe, image, stride=stride, verbose=1)
    print(f"Is it like the annotated slice? {maps.drift}", flush=True)
    maps.to_tiff(out / "maps", overwrite=True)
    inside = _predicted_cortex(maps)
    cortical = None
    if inside.any():
        cortical = map_slice(cortex, image, mask=inside, stride=stride, verbose=1)
        cortical.replace(image=image.replace(name=f"{image.name}_cortex")).to_tiff(
            out / "maps", overwrite=True
        )
    else:
        print(
            f"Hardly any pixel of {image.name} is predicted as {CORTEX}, so that there "
            "is none to cluster. More patches to train on help.",
            flush=True,
        )
    draw_pictures(out, maps, cortical)


def _predicted_cortex(maps: MicroarchMaps) -> NDArray[np.bool_]:
    """Return the inner part of the largest piece predicted as cortex (height, width).

    Trimmed like the annotated cortex the clusters were fitted on; empty where there is
    hardly any.
    """
    cortex = maps.predicted_regions == maps.region_names.index(CORTEX)
    pieces, n_pieces = ndimage.label(cortex)
    if not n_pieces:
        return maps.grid.expand(np.zeros_like(cortex), fill=False)
    largest = pieces == np.bincount(pieces.ravel())[1:].argmax() + 1
    whole = ndimage.binary_fill_holes(largest)
    inner = border_distance(whole.astype(int)) * maps.cell_size > EROSION_PX
    return maps.grid.expand(inner, fill=False)


def draw_pictures(
    out: Path, maps: MicroarchMaps, cortical: MicroarchMaps | None
) -> None:
    """Draw the figures of the paper: regions, factors, cortical clusters, RGB."""
    # Loaded here, so that the models can be used without matplotlib.
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    from sklearn_microarch.plotting import (
        ClusterMapDisplay,
        CompositeMapDisplay,
        FactorMapDisplay,
        RegionMapDisplay,
    )

    figures: dict[str, Any] = {
        "regions": RegionMapDisplay.from_maps(maps).plot().figure_,
        "factors": FactorMapDisplay.from_maps(maps).plot().figure_,
    }
    if cortical is not None:
        strongest = _strongest_factors(cortical)
        clusters = ClusterMapDisplay.from_maps(cortical)
        figures |= {
            "cortex_clusters": clusters.plot(crop=True).figure_,
            "cortex_clusters_each": clusters.plot(crop=True, panels="each").figure_,
            "cortex_rgb": CompositeMapDisplay.from_maps(cortical, factors=strongest)
            .plot(crop=True)
            .figure_,
        }
    for name, figure in figures.items():
        figure.savefig(out / f"{name}.png", dpi=150)
        plt.close(figure)
        print(f"wrote {out / f'{name}.png'}", flush=True)


def _strongest_factors(cortical: MicroarchMaps) -> list[str]:
    """Return the three factors that vary most over the cortex."""
    assert cortical.factors is not None
    known = cortical.factors[~np.isnan(cortical.factors[..., 0])]
    order = np.argsort(-known.var(axis=0))[:3]
    return [cortical.factor_names[number] for number in sorted(order.tolist())]
