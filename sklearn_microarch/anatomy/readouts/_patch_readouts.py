"""Dark cells and bright tissue in the patch around each cell of a map."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch._arguments._numbers import check_number, shown
from sklearn_microarch.anatomy._slice_facts import patch_size_of
from sklearn_microarch.anatomy.laminar._mapped_cells import has_values
from sklearn_microarch.anatomy.readouts._dark_cells import find_bright, find_dark_cells
from sklearn_microarch.annotation._grid_places import nearest
from sklearn_microarch.mapping import MicroarchMaps

READOUT_NAMES = ["dark_cells_per_mm2", "bright_share"]


def patch_readouts(
    maps: MicroarchMaps,
    *,
    cell_radius_um: float = 4.7,
    patch_size_um: float | None = None,
) -> MicroarchMaps:
    """Count dark cells and bright tissue in each patch, with no model.

    Parameters
    ----------
    maps : MicroarchMaps
        Of one slice of grey levels, with a pixel size.
    cell_radius_um : float, default=4.7, unit: micrometres
        Radius of the cell bodies to count.
    patch_size_um : float or None, default=None, unit: micrometres
        Edge of the patches. None: as the maps say, else 150 um.

    Returns
    -------
    readouts : MicroarchMaps
        Cells where those of ``maps`` are, with two factors: "dark_cells_per_mm2", and
        "bright_share", the share of a patch that is of the brightest fifth of the
        mapped tissue, from 0 to 1. Whatever takes maps takes them.

    Raises
    ------
    TypeError
        If ``maps`` are no maps of a slice.
    ValueError
        If the slice has several channels, no pixel size, or no cell with a value, or an
        argument is out of range.

    See Also
    --------
    factor_readout : What factors tell of both.
    laminar_profile : Both along the depth of the cortex.

    Notes
    -----
    A cell is a peak of the Laplacian of Gaussian, 28 % darker than what is around it,
    about as dark along both axes, and not nearly black, so that vessels are not
    counted. In X-ray
    micro-CT, where myelin is bright, the bright share follows axons; it follows uneven
    brightness of the slice, too, and is told relative to the slice.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import SliceImage
    >>> from sklearn_microarch.anatomy import patch_readouts
    >>> from sklearn_microarch.mapping import MicroarchMaps
    >>> grey = np.full((200, 200), 120.0)
    >>> for row, col in ((60, 60), (60, 140), (140, 100)):
    ...     grey[row - 4 : row + 5, col - 4 : col + 5] = 40
    >>> image = SliceImage(grey, pixel_size_um=1.0)
    >>> maps = MicroarchMaps(
    ...     image, cell_size=200, offset=(100, 100), clusters=np.zeros((1, 1), int)
    ... )
    >>> counts = patch_readouts(maps, patch_size_um=190).factors
    >>> round(counts[0, 0, 0] * 0.19**2)
    3
    """
    if not isinstance(maps, MicroarchMaps):
        raise TypeError(
            f"maps={shown(maps)} must be the maps of a slice, as map_slice or "
            "open_maps returns them."
        )
    image = maps.image
    size_um = image.pixel_size_um
    if image.n_channels is not None or size_um is None:
        found = "several channels" if image.n_channels is not None else "no pixel size"
        raise ValueError(
            f"slice {image.name!r} has {found}; take one channel, and give "
            "SliceImage(pixel_size_um=...)."
        )
    radius = check_number("cell_radius_um", cell_radius_um, low=0.1, high=100.0)
    if patch_size_um is not None:
        check_number("patch_size_um", patch_size_um, low=1e-3, unit="micrometres")
    edge = max(1, round(patch_size_of(maps, patch_size_um)))
    mapped = has_values(maps)
    if not mapped.any():
        raise ValueError("maps hold no cell with a value.")
    grey = np.asarray(image.pixels)
    tissue = maps.grid.expand(mapped, fill=False)
    masks = (
        find_dark_cells(grey, size_um, radius),
        find_bright(grey, tissue, size_um),
    )
    scales = (1e6 / size_um**2, 1.0)
    values = np.full((*maps.grid.shape, 2), np.nan)
    for number, (mask, scale) in enumerate(zip(masks, scales, strict=True)):
        values[mapped, number] = scale * _share_of_patches(mask, maps, edge)[mapped]
    return MicroarchMaps(
        image,
        cell_size=maps.cell_size,
        offset=maps.offset,
        factors=values,
        factor_names=list(READOUT_NAMES),
        about=dict(maps.about) | {"patch_size": float(edge)},
    )


def _share_of_patches(
    mask: NDArray[np.bool_], maps: MicroarchMaps, edge: int
) -> NDArray[np.float64]:
    """Return the share of each cell's patch (rows, columns) that a mask covers."""
    share = ndimage.uniform_filter(mask.astype(np.float64), edge, mode="constant")
    rows, cols = (
        nearest(first + maps.cell_size * np.arange(n_cells, dtype=float)).astype(int)
        for first, n_cells in zip(maps.offset, maps.grid.shape, strict=True)
    )
    found: NDArray[np.float64] = share[
        np.ix_(rows.clip(0, mask.shape[0] - 1), cols.clip(0, mask.shape[1] - 1))
    ]
    return found
