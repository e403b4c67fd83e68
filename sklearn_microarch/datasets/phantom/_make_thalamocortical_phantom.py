"""A synthetic thalamocortical section whose anatomy is known."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import Bunch

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_option,
    check_switch,
)
from sklearn_microarch.datasets.phantom._checks import check_shape, slice_heights
from sklearn_microarch.datasets.phantom._difficulty import DIFFICULTIES
from sklearn_microarch.datasets.phantom._seed import resolve_seed
from sklearn_microarch.datasets.phantom._slice import render_slice
from sklearn_microarch.datasets.phantom.anatomy._anatomy import Anatomy
from sklearn_microarch.datasets.phantom.anatomy._cortex import Cortex
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen
from sklearn_microarch.datasets.phantom.anatomy._tissue import (
    LAYER_NAMES,
    STRUCTURE_NAMES,
)
from sklearn_microarch.datasets.prasad2020._regions import (
    ROI_NAMES,
    SIX_CLASS_NAMES,
    as_six_classes,
)
from sklearn_microarch.images import SliceImage

# Results on the phantom are stated with this: the same version and arguments give the
# same slices. Whatever changes a pixel of an image or of a label map, at any argument,
# makes a new version.
PHANTOM_VERSION = "1"

_MOST_SLICES = 10_000
_PIXEL_SIZES_UM = (0.3, 5.0)

_DESCR = """\
Synthetic thalamocortical section
---------------------------------
Drawn, not measured: a seeded phantom with the anatomy, in spirit, of the X-ray
micro-CT slab of Prasad et al. (2020). From left to right: optic tract and a
lateral nucleus (tissue without annotation), hypothalamus, zona incerta, VP with
its arching axons, TRN and internal capsule, striatum with its bundles, corpus
callosum, cortex with layers and barrels.

specimen: {specimen}; {n_slices} slice(s) of {height} x {width} pixels, uint8
pixel size: {pixel_size_um:g} um; heights of the slices: {heights} um
layers shown: {layers}; barrels shown: {barrels}; difficulty: {difficulty}; \
shading: {shading:g}; noise: {noise:g} grey levels; version {version}
"""


def make_thalamocortical_phantom(
    n_slices: int = 1,
    *,
    shape: tuple[int, int] = (700, 2800),
    pixel_size_um: float = 1.17,
    z_step_um: float | None = None,
    z_um: ArrayLike | None = None,
    layers: bool = True,
    barrels: bool = True,
    difficulty: str = "medium",
    shading: float = 0.25,
    noise: float = 2.5,
    six_class: bool = False,
    random_state: int | np.random.Generator | np.random.RandomState | None = None,
) -> Bunch:
    """Generate slices of a synthetic thalamocortical specimen.

    The specimen is one volume: cells and vessels are objects in space, borders
    move smoothly along z, and a slice is what a plane cuts out of all this.
    Bright, streaked white matter, tapering bundles in the striatum, cells whose
    number and size follow region, layer and barrel, vessels of many sizes,
    shading along the rows, fringes of phase contrast, ring streaks and noise
    are modelled after the data of [1]_. The truth is returned with the images.

    Parameters
    ----------
    n_slices : int, default=1
        Number of slices, up to 10,000. The first ones do not depend on how many follow.
    shape : tuple of int, default=(700, 2800)
        Height and width of a slice, in pixels, from 64 to 32,768. The anatomy
        scales with it and is meant for frames about four times as wide as high;
        (1420, 5805) at 1.17 um is life size. Cells and vessels do not scale.
    pixel_size_um : float, default=1.17
        Edge length of a pixel, in micrometres, from 0.3 to 5.
    z_step_um : float or None, default=None
        Distance between slices, in micrometres. None: as large as a pixel, so
        that neighbours are nearly alike. Cells change over about 10 um, bundles
        over 60 um, borders over hundreds.
    z_um : array-like of shape (n_slices,) or None, default=None
        Heights of the slices in the specimen, in micrometres, in place of
        ``n_slices`` and ``z_step_um``: for example ``[0, 60, 180, 1000]`` for a
        slice, two near it and one far away.
    layers, barrels : bool, default=True
        Whether cortical layers and barrels show in the images. Without them
        texture and cells of the cortex are the same in all layers; the label
        maps stay, which makes it a control for what a method finds.
    difficulty : {"easy", "medium", "hard"}, default="medium"
        How hard regions are to tell apart. Cells, vessels and axons are the same
        at each level; grey levels and strength of texture tell less, and vary
        more from place to place, the harder it is.
    shading : float, default=0.25
        How much brighter the rims of the tissue are than its middle row, as a
        share. Uneven brightness along the tissue goes with it; 0 for none.
    noise : float, default=2.5
        Standard deviation of the detector's noise, in grey levels.
    six_class : bool, default=False
        Merge IC and CC into code 6, "WM", and drop TRN, as in [2]_.
    random_state : int, Generator, RandomState or None, default=None
        Determines the specimen. The global generator of NumPy is neither read
        nor changed.

    Returns
    -------
    phantom : :class:`~sklearn.utils.Bunch`
        With the attributes

        images : list of SliceImage
            uint8, named "phantom_z000" and so on; the specimen is
            "phantom-<seed>", and that seed as ``random_state`` gives it again.
        rois : list of ndarray of shape (height, width), dtype uint8
            Region codes, 0 where there is no annotation.
        layers : list of ndarray of shape (height, width), dtype uint8
            1 to 5 for L1, L2/3, L4, L5, L6; 0 outside the annotated cortex.
        barrels : list of ndarray of shape (height, width), dtype uint16
            Number of the barrel in L4, 0 elsewhere.
        structures : list of ndarray of shape (height, width), dtype uint8
            1 vessel, 2 cell, 3 myelinated axons, 0 elsewhere.
        roi_names, layer_names, structure_names : dict of int to str
            Names of the codes.
        pixel_size_um : float
        version : str
            Version of the phantom: the same version and arguments give the same
            slices.
        z_um : ndarray of shape (n_slices,), unit: micrometres
            Height of each slice in the specimen.
        DESCR : str
            Description of the specimen.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument is out of range; the message names it and its limits.

    See Also
    --------
    fetch_prasad2020 : The real section, with the same codes.

    References
    ----------
    .. [1] J. A. Prasad et al., "A three-dimensional thalamocortical dataset for
       characterizing brain heterogeneity", Scientific Data 7:358, 2020.
       :doi:`10.1038/s41597-020-00692-y`
    .. [2] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473`

    Examples
    --------
    >>> from sklearn_microarch.datasets import make_thalamocortical_phantom
    >>> phantom = make_thalamocortical_phantom(shape=(128, 512), random_state=0)
    >>> phantom.images[0]
    SliceImage('phantom_z000', 128 x 512 uint8, 1.17 um per pixel)
    >>> phantom.roi_names[4], phantom.layer_names[3]
    ('VP', 'L4')
    """
    n_slices = check_integer("n_slices", n_slices, minimum=1, maximum=_MOST_SLICES)
    shape = check_shape(shape)
    pixel_size_um = check_number(
        "pixel_size_um", pixel_size_um, low=_PIXEL_SIZES_UM[0], high=_PIXEL_SIZES_UM[1]
    )
    heights = slice_heights(z_um, n_slices, z_step_um, pixel_size_um)
    shading = check_number("shading", shading, high=1.0)
    noise = check_number("noise", noise, high=50.0)
    layers, barrels = check_switch("layers", layers), check_switch("barrels", barrels)
    six_class = check_switch("six_class", six_class)
    level = DIFFICULTIES[check_option("difficulty", difficulty, list(DIFFICULTIES))]
    seed = resolve_seed(random_state)

    cortex = Cortex(seed, layers=layers, barrels=barrels)
    specimen = Specimen(seed, shape, pixel_size_um, Anatomy(seed), cortex)
    slices = [
        render_slice(specimen, float(z), difficulty=level, shading=shading, noise=noise)
        for z in heights
    ]
    name = f"phantom-{seed}"
    return Bunch(
        images=[
            SliceImage(
                rendered.image,
                pixel_size_um=pixel_size_um,
                name=f"phantom_z{number:03d}",
                specimen=name,
            )
            for number, rendered in enumerate(slices)
        ],
        rois=[
            as_six_classes(rendered.roi) if six_class else rendered.roi
            for rendered in slices
        ],
        layers=[rendered.layer for rendered in slices],
        barrels=[rendered.barrel for rendered in slices],
        structures=[rendered.structure for rendered in slices],
        roi_names=dict(SIX_CLASS_NAMES if six_class else ROI_NAMES),
        layer_names=dict(LAYER_NAMES),
        structure_names=dict(STRUCTURE_NAMES),
        pixel_size_um=pixel_size_um,
        version=PHANTOM_VERSION,
        z_um=heights,
        DESCR=_DESCR.format(
            specimen=name,
            n_slices=len(heights),
            height=shape[0],
            width=shape[1],
            pixel_size_um=pixel_size_um,
            heights=", ".join(f"{z:g}" for z in heights),
            layers=layers,
            barrels=barrels,
            difficulty=difficulty,
            shading=shading,
            noise=noise,
            version=PHANTOM_VERSION,
        ),
    )
