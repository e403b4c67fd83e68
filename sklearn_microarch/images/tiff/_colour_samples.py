"""What the samples of a TIFF's pixels are: colours, transparency, or named channels."""

from xml.etree import ElementTree

import numpy as np
import tifffile
from numpy.typing import NDArray

_ALPHA = (1, 2)
_RGB = 2


def n_alpha_samples(keyframe: tifffile.TiffPage) -> int:
    """Return how many samples the header calls transparency."""
    return sum(int(extra) in _ALPHA for extra in keyframe.extrasamples)


def samples_to_keep(keyframe: tifffile.TiffPage, values: NDArray | None) -> list[int]:
    """Return the numbers of the samples that are no transparency.

    ``values``, (n_samples, n), are pixels of the picture, or some of them. What is
    tagged as transparency is data where values have a fraction, and where all samples
    together make up one whole in every pixel, as probabilities of classes do.
    """
    n_samples = keyframe.shaped[0] * keyframe.shaped[4]
    everything = list(range(n_samples))
    first = n_samples - len(keyframe.extrasamples)
    alpha = {
        first + at
        for at, extra in enumerate(keyframe.extrasamples)
        if int(extra) in _ALPHA
    }
    kept = [at for at in everything if at not in alpha]
    if not alpha or not kept or first < 1:
        return everything
    if keyframe.dtype is not None and keyframe.dtype.kind == "f":
        return everything
    if values is not None and len(values) == n_samples and _is_one_whole(values):
        return everything
    return kept


def _is_one_whole(values: NDArray) -> bool:
    step = max(1, values.shape[1] // 1_000_000)
    few = values[:, ::step]
    total = few.sum(axis=0, dtype=np.float64)
    most = 1.0 if values.dtype.kind == "b" else float(np.iinfo(values.dtype).max)
    # Rounding of each sample.
    near = np.abs(total - most) <= len(values)
    return bool(near.all() and few[-1].min() != few[-1].max())


def alpha_note(n_samples: int, n_kept: int) -> list[str]:
    """Say that transparency was left out."""
    return ["transparency (alpha) left out"] if n_kept < n_samples else []


def channel_names(tif: tifffile.TiffFile, series: tifffile.TiffPageSeries) -> list[str]:
    """Return the names of a series' channels where the file states them, else none."""
    if series.kind == "ome" and tif.ome_metadata is not None:
        names = _ome_names(tif.ome_metadata, tif.series.index(series))
        if names:
            return names
    if series.kind == "imagej":
        labels = (tif.imagej_metadata or {}).get("Labels")
        axes, shape = series.axes, series.shape
        if isinstance(labels, list) and "C" in axes:
            n_channels = shape[axes.index("C")]
            if len(labels) == n_channels and len(series.pages) == n_channels:
                return [str(label) for label in labels]
    if int(series.keyframe.photometric) == _RGB:
        return ["red", "green", "blue"]
    return []


def _ome_names(xml: str, number: int) -> list[str]:
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        return []
    images = [
        element for element in root.iter() if element.tag.rpartition("}")[2] == "Pixels"
    ]
    if number >= len(images):
        return []
    names = [
        element.get("Name", "")
        for element in images[number]
        if element.tag.rpartition("}")[2] == "Channel"
    ]
    return names if any(names) else []
