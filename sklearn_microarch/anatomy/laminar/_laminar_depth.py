"""Depth between pia and white matter, for every pixel of a region."""

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._numbers import check_number, check_option, shown
from sklearn_microarch.anatomy.laminar._border_faces import (
    PIA,
    WALL,
    WHITE,
    BorderFaces,
    find_faces,
)
from sklearn_microarch.anatomy.laminar._cortical_cells import CorticalCells
from sklearn_microarch.anatomy.laminar._depth_map import LaminarDepth
from sklearn_microarch.anatomy.laminar._depth_of_cells import (
    DepthOfCells,
    between_both,
    depth_of_cells,
)
from sklearn_microarch.anatomy.laminar._depth_status import KNOWN
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage

_METHODS = ("laplace", "equal_volume")
# The pia is at least so long, as a share of the border to the white matter.
_LEAST_PIA = 0.2


def laminar_depth(
    rois: RoiMap,
    region: str = "cortex",
    white_matter: str = "CC",
    *,
    pia: ArrayLike | None = None,
    image: SliceImage | None = None,
    method: str = "laplace",
    edge: float = 0.1,
    max_curvature: float = 1.0,
) -> LaminarDepth:
    r"""Measure how deep each pixel of the cortex lies, from pia to white matter.

    Streamlines of Laplace's equation [1]_ join the two; the depth is the share of its
    streamline that lies above a pixel. Near cut edges and where the cortex bends
    strongly there is no depth.

    Parameters
    ----------
    rois : RoiMap
        The annotated slice.
    region : str, default="cortex"
        Name of the region that is measured.
    white_matter : str, default="CC"
        Name of the region that the depth runs to; it must border on ``region``.
    pia : array-like of shape (n_points, 2) or None, default=None, unit: pixels
        Rows and columns of a line drawn along the pia; outline of the region within
        15 % of the cortex' thickness of it is pia. None: the outline next to no
        annotation that faces away from the white matter, by less than 45 degrees.
    image : SliceImage or None, default=None
        The slice, where depth is wanted on its pixels. None: on those of ``rois``.
    method : {"laplace", "equal_volume"}, default="laplace"
        "laplace": share of the streamline's length. "equal_volume": share of the
        tissue around it, which layers follow where the cortex bends [2]_.
    edge : float, default=0.1
        Pixels that are nearer than that to a border that is neither pia nor white
        matter, as a share of the median thickness, have no depth.
    max_curvature : float, default=1.0
        Pixels have no depth where the thickness is more than so many times the radius
        of curvature.

    Returns
    -------
    depth : LaminarDepth
        Depth, why there is none where there is none, and the borders that were used.

    Raises
    ------
    TypeError
        If ``rois`` is no `RoiMap`, or ``image`` no `SliceImage`.
    ValueError
        If there is no such region, it borders on no white matter or no pia, or another
        argument is out of its range.

    See Also
    --------
    laminar_profile : What maps hold along the depth.
    sklearn_microarch.plotting.LaminarProfileDisplay : Draws both.

    Notes
    -----
    What is neither pia nor white matter is a wall that no streamline crosses: cut
    edges, tears, the edge of the picture, other regions. Depth counts from the outline
    of the annotation; where that stops short of the pia, everything lies so much
    deeper. Lengths are summed along the streamlines by upwind differences [3]_, on
    cells of which the region has 40,000 at most.

    References
    ----------
    .. [1] S. E. Jones, B. R. Buchbinder and I. Aharon, "Three-dimensional mapping of
       cortical thickness using Laplace's equation", Human Brain Mapping 11(1), 2000.
    .. [2] M. D. Waehnert et al., "Anatomically motivated modeling of cortical
       laminae", NeuroImage 93, 2014. :doi:`10.1016/j.neuroimage.2013.03.078`
    .. [3] A. J. Yezzi and J. L. Prince, "An Eulerian PDE approach for computing tissue
       thickness", IEEE Transactions on Medical Imaging 22(10), 2003.
       :doi:`10.1109/TMI.2003.817775`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import RoiMap
    >>> from sklearn_microarch.anatomy import laminar_depth
    >>> codes = np.zeros((60, 80), dtype=int)
    >>> codes[5:50, 10:70], codes[50:55, 10:70] = 1, 2
    >>> rois = RoiMap(codes, {1: "cortex", 2: "CC"}, pixel_size_um=25)
    >>> found = laminar_depth(rois)
    >>> found
    LaminarDepth('cortex' to 'CC', 60 x 80 pixels, 83 % with a depth, 1125 um thick)
    >>> [f"{found.depth[row, 40]:.2f}" for row in (5, 27, 49)]
    ['0.01', '0.50', '0.99']
    """
    if not isinstance(rois, RoiMap):
        raise TypeError(f"rois={shown(rois)} must be a RoiMap; read_rois reads one.")
    if not (image is None or isinstance(image, SliceImage)):
        raise TypeError(f"image={shown(image)} must be a SliceImage or None.")
    check_option("method", method, _METHODS)
    edge = check_number("edge", edge, high=0.5)
    most_curved = check_number("max_curvature", max_curvature, high=1e6)
    codes = rois.codes if image is None else rois.on(image)
    inside = codes == rois.code_of(region)
    white = codes == rois.code_of(white_matter)
    if not inside.any():
        raise ValueError(f"region={region!r} has no pixel on the slice.")
    cells = CorticalCells.around(inside)
    kinds = _kinds(cells, inside, white, codes == rois.unannotated_code)
    line = None if pia is None else _draw(check_line(pia), cells)
    faces = find_faces(kinds == 0, kinds == 1, kinds == 2, line)
    _check_borders(faces, region, white_matter, drawn=pia is not None)
    found = depth_of_cells(
        faces,
        equal_volume=method == "equal_volume",
        edge=edge,
        most_curved=most_curved,
    )
    return LaminarDepth(
        **_on_pixels(found, cells, inside),
        region=region,
        white_matter=white_matter,
        method=method,
        pixel_size_um=rois.pixel_size_um if image is None else image.pixel_size_um,
        borders={
            name: cells.to_pixels(faces.along(kind))
            for name, kind in (("pia", PIA), ("white matter", WHITE), ("cut", WALL))
        },
    )


def _kinds(cells: CorticalCells, *masks: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return which of the masks covers most of each cell; else, as many as there are.

    Beyond the picture nothing covers a cell.
    """
    shares = [cells.share(mask) for mask in masks]
    rest = 1.0 - sum(shares)
    return np.argmax(np.stack([*shares, rest]), axis=0)


def check_line(pia: ArrayLike) -> NDArray[np.float64]:
    """Return the points (n_points, 2) of a drawn line."""
    line = as_array("pia", pia)
    if line.dtype.kind not in "iuf":
        raise TypeError(f"pia holds {line.dtype}; its points are numbers, in pixels.")
    if line.ndim != 2 or line.shape[1] != 2 or len(line) < 2:
        raise ValueError(
            f"pia has shape {line.shape}; it must be two or more points, "
            "(n_points, 2), rows and columns in pixels."
        )
    if not np.isfinite(line).all():
        raise ValueError("pia has a point that is not finite; leave it out.")
    return line.astype(np.float64)


def _draw(line: NDArray[np.float64], cells: CorticalCells) -> NDArray[np.bool_]:
    """Return the cells (rows, columns) that a line runs through."""
    drawn = np.zeros(cells.shape, dtype=bool)
    for one, other in pairwise(line):
        n_points = 2 + int(2 * np.abs(other - one).max() / cells.step)
        rows, cols = cells.to_cells(np.linspace(one, other, n_points)).T
        seen = (rows >= 0) & (rows < cells.shape[0])
        seen &= (cols >= 0) & (cols < cells.shape[1])
        drawn[rows[seen], cols[seen]] = True
    if not drawn.any():
        raise ValueError(
            "pia lies nowhere near the region; give rows and columns in pixels of the "
            "slice."
        )
    return drawn


def _check_borders(
    faces: BorderFaces, region: str, white_matter: str, *, drawn: bool
) -> None:
    """Raise where a region has no pia, no white matter, or no part with both."""
    if not faces.along(WHITE).any():
        raise ValueError(
            f"region={region!r} borders nowhere on white_matter={white_matter!r}; name "
            "the white matter below it, or merge its parts: rois.merge({...})."
        )
    remedy = (
        "draw it nearer to the outline" if drawn else "draw it: pia=[(row, col), …]"
    )
    n_pia, n_white = (np.count_nonzero(faces.along(kind)) for kind in (PIA, WHITE))
    # Corners of a cut face away a little, too.
    if n_pia < _LEAST_PIA * n_white:
        raise ValueError(f"region={region!r} has no pia next to it; {remedy}.")
    if not between_both(faces).inside.any():
        raise ValueError(
            f"no part of region={region!r} reaches both the pia and "
            f"white_matter={white_matter!r}; annotate it as one piece."
        )


def _on_pixels(
    found: DepthOfCells, cells: CorticalCells, inside: NDArray[np.bool_]
) -> dict[str, NDArray]:
    """Return depth, thickness and status of the region's pixels (height, width)."""
    rows, cols = np.nonzero(inside)
    known = found.status > 0
    status = np.zeros(inside.shape, dtype=np.uint8)
    status[rows, cols] = cells.at_pixels(found.status, known, rows, cols, order=0)
    pixels: dict[str, NDArray] = {"status": status}
    for name, scale in (("depth", 1.0), ("thickness", float(cells.step))):
        values = getattr(found, name)
        whole = np.full(inside.shape, np.nan, dtype=np.float32)
        there = cells.at_pixels(values, np.isfinite(values), rows, cols, order=1)
        whole[rows, cols] = there * scale
        whole[status != KNOWN] = np.nan
        pixels[name] = whole
    return pixels
