"""Layers of a viewer out of maps, as plain data."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.images import SliceImage
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.napari._labels_layer import (
    LayerTuple,
    labels_layer,
    number_clusters,
)
from sklearn_microarch.napari._lazy_plane import LazyPlane, pyramid
from sklearn_microarch.napari._placement import LayerPlacement
from sklearn_microarch.report.slices._palette import Palette, make_palette

# Above 1 is unlike all tissue the network knows.
_NOVELTY_LIMITS = (0.0, 2.0)
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def layers_of_maps(
    maps: MicroarchMaps, *, colors: Mapping[str, str] | None = None
) -> list[LayerTuple]:
    """Return maps as layers of napari, without importing napari.

    Parameters
    ----------
    maps : MicroarchMaps
        In memory, or as `open_maps` opens them: images are read where they are looked
        at then.
    colors : mapping of str to str or None, default=None
        Colours such as "#0072b2" by region; the others have the usual ones.

    Returns
    -------
    layers : list of tuple (data, settings, kind)
        The slice; an image of each factor; the novelty; and, as labels with names and
        colours, clusters and predicted regions. Only the slice and the regions are
        shown at first. Scale and translation are in micrometres, or in pixels of the
        slice where its pixel size is unknown. Images are lists of levels, each half as
        fine as the one before. Label 0 is where there is none; the table of a Labels
        layer (``features``) names the others.

    Raises
    ------
    TypeError
        If ``maps`` is no `MicroarchMaps`, or ``colors`` no mapping.
    ValueError
        If a colour is not written as "#rrggbb".

    See Also
    --------
    map_slice : Makes maps.
    open_maps : Opens maps that were written.

    Examples
    --------
    In napari, ``viewer.add_layer(Layer.create(*layer))`` adds one of them.

    >>> import numpy as np
    >>> from sklearn_microarch import SliceImage
    >>> from sklearn_microarch.mapping import MicroarchMaps
    >>> from sklearn_microarch.napari import layers_of_maps
    >>> image = SliceImage(np.zeros((20, 30)), pixel_size_um=2, name="z309")
    >>> maps = MicroarchMaps(image, cell_size=8, clusters=np.arange(12).reshape(3, 4))
    >>> for _, settings, kind in layers_of_maps(maps):
    ...     print(kind, settings["name"], settings["scale"])
    image z309 (2.0, 2.0)
    labels z309 clusters (16.0, 16.0)
    """
    if not isinstance(maps, MicroarchMaps):
        raise TypeError(
            f"maps is a {type(maps).__name__}; it must be what map_slice or open_maps "
            "returns."
        )
    placement = LayerPlacement.of_pixel_size(maps.image.pixel_size_um)
    return [
        *layers_of_slice(maps.image, placement),
        *layers_of_cells(maps, placement, colors=check_hex(colors)),
    ]


def check_hex(colors: Mapping[str, str] | None) -> dict[str, tuple[int, int, int]]:
    """Return red, green and blue, 0 to 255, of colours by region."""
    if not (colors is None or isinstance(colors, Mapping)):
        raise TypeError(f"colors={shown(colors)} must map regions to colours, or None.")
    found = {}
    for name, color in (colors or {}).items():
        if not (isinstance(color, str) and _HEX.fullmatch(color)):
            raise ValueError(
                f"colors gives {name!r} the colour {shown(color)}; write it as "
                '"#rrggbb", such as "#0072b2".'
            )
        red, green, blue = bytes.fromhex(color[1:])
        found[name] = (red, green, blue)
    return found


def layers_of_slice(image: SliceImage, placement: LayerPlacement) -> list[LayerTuple]:
    """Return the slice: one layer, or one for each channel that is no colour."""
    where = {**placement.cells(), "metadata": {"slice": image.name}}
    name = image.name or "slice"
    n_channels = image.n_channels
    if n_channels == 3 and image.dtype == np.uint8:
        plane = LazyPlane(partial(_colors_of, image), (*image.shape, 3), image.dtype)
        return [_image(plane, name=name, rgb=True, **where)]
    layers = []
    for channel in range(n_channels or 1):
        plane = LazyPlane(
            partial(_channel_of, image, channel), image.shape, image.dtype
        )
        called = name if n_channels in (None, 1) else f"{name} channel {channel}"
        limits = _limits(plane, low=0.5, high=99.5)
        layers.append(_image(plane, name=called, contrast_limits=limits, **where))
    return layers


def layers_of_cells(
    maps: MicroarchMaps,
    placement: LayerPlacement,
    *,
    colors: Mapping[str, tuple[int, int, int]],
) -> list[LayerTuple]:
    """Return the maps alone, on a slice that lies where ``placement`` says."""
    where = placement.cells(maps.cell_size, maps.offset)
    prefix = f"{maps.image.name} " if maps.image.name else ""
    layers: list[LayerTuple] = []
    clusters = None
    cluster_names: list[str] = []
    if maps.clusters is not None:
        clusters, cluster_names = number_clusters(np.asarray(maps.clusters))
    palette = make_palette(
        maps.region_names, cluster_names, maps.factor_names, given=colors
    )
    layers += _factor_layers(maps, palette, prefix, where)
    if maps.novelty is not None:
        plane = LazyPlane(_reader(maps.novelty), maps.grid.shape, maps.novelty.dtype)
        layers.append(
            _image(
                plane,
                name=f"{prefix}novelty",
                contrast_limits=_NOVELTY_LIMITS,
                colormap="inferno",
                opacity=0.7,
                visible=False,
                **where,
            )
        )
    kinds = (
        ("cluster", "clusters", clusters, cluster_names, palette.clusters),
        (
            "region",
            "predicted regions",
            maps.predicted_regions,
            maps.region_names,
            palette.regions,
        ),
    )
    layers += [
        labels_layer(
            np.asarray(cells),
            names,
            by_name,
            column=column,
            name=f"{prefix}{called}",
            opacity=0.4,
            visible=column == "region",
            **where,
        )
        for column, called, cells, names, by_name in kinds
        if cells is not None
    ]
    return layers


def _factor_layers(
    maps: MicroarchMaps, palette: Palette, prefix: str, where: dict[str, tuple]
) -> list[LayerTuple]:
    """Return an image of each factor, in the colour of the region it is named for."""
    if maps.factors is None:
        return []
    layers = []
    for at, name in enumerate(maps.factor_names):
        plane = LazyPlane(
            _reader(maps.factors, at), maps.grid.shape, maps.factors.dtype
        )
        limits = (0.0, _limits(plane, low=0, high=99.5)[1])
        layers.append(
            _image(
                plane,
                name=f"{prefix}{name}",
                contrast_limits=limits,
                colormap=palette.factors[name],
                metadata={"factor": name},
                blending="additive",
                visible=False,
                **where,
            )
        )
    return layers


def _image(plane: LazyPlane, **settings: Any) -> LayerTuple:  # noqa: ANN401
    return pyramid(plane), {"multiscale": True, **settings}, "image"


def _reader(values: Any, *channel: int) -> Any:  # noqa: ANN401 - an array, also lazy
    return lambda rows, cols: values[(rows, cols, *channel)]


def _channel_of(image: SliceImage, channel: int, rows: slice, cols: slice) -> NDArray:
    part = image.read(rows, cols)
    return part if part.ndim == 2 else part[channel]


def _colors_of(image: SliceImage, rows: slice, cols: slice) -> NDArray:
    return np.moveaxis(image.read(rows, cols), 0, -1)


def _limits(plane: LazyPlane, *, low: float, high: float) -> tuple[float, float]:
    """Return what to show as black and as full, of the coarsest level."""
    values = np.asarray(pyramid(plane)[-1], dtype=np.float64)
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    black, full = (float(part) for part in np.percentile(values, [low, high]))
    return (black, full) if full > black else (black, black + 1.0)
