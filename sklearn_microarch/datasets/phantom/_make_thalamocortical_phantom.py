"""A synthetic thalamocortical section whose anatomy is known."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import Bunch

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_option,
    check_switch,
)
from sklearn_microarch.datasets.phantom._check_factors import (
    check_axons,
    check_layer_thickness,
    check_planted,
)
from sklearn_microarch.datasets.phantom._checks import check_shape, slice_heights
from sklearn_microarch.datasets.phantom._description import (
    describe_phantom,
    slices_and_truth,
)
from sklearn_microarch.datasets.phantom._difficulty import DIFFICULTIES
from sklearn_microarch.datasets.phantom._imaging import Scan
from sklearn_microarch.datasets.phantom._seed import resolve_seed
from sklearn_microarch.datasets.phantom._slice import render_slice
from sklearn_microarch.datasets.phantom.anatomy._anatomy import Anatomy
from sklearn_microarch.datasets.phantom.anatomy._composition import Composition
from sklearn_microarch.datasets.phantom.anatomy._cortex import Cortex
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen
from sklearn_microarch.datasets.phantom.anatomy._thickness import Thickness

# Results on the phantom are stated with this: the same version and arguments give the
# same slices. Whatever changes a pixel of an image or of a label map, at any argument,
# makes a new version.
PHANTOM_VERSION = "1"

_MOST_SLICES = 10_000
_PIXEL_SIZES_UM = (0.3, 5.0)


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
    streaks: float = 1.0,
    cupping: float = 0.0,
    cells: Mapping[str, float] | None = None,
    cell_size: Mapping[str, float] | None = None,
    axons: Mapping[str, float] | None = None,
    layer_thickness: Mapping[str, float] | None = None,
    uneven_layers: float = 0.0,
    variation: float = 0.0,
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
    streaks : float, default=1.0
        Factor of the ring streaks along the scan; 0 for none.
    cupping : float, default=0.0
        How much brighter the corners of the frame are than its middle, as a share,
        beside ``shading``: a bowl over both axes, with dents of 1 mm and more.
    cells, cell_size, axons : mapping of str to float, or None, default=None
        Factors by name of region, or of cortical layer (not for axons), of the
        number of cells per volume, from 0 to 2; of their diameter, from 0.5 to 1.5;
        of the area of myelinated axons, from 0 to 1.5, in white matter to 1.
        ``{"L4": 0.6}`` takes 40 % of the cells of L4 away. A region's factor holds
        for all its layers, times the layer's own. See Notes.
    layer_thickness : mapping of str to float, or None, default=None
        Factors by name of layer, from 0.25 to 4, of its thickness relative to the
        other layers: together they fill the cortex as before.
    uneven_layers : float, default=0.0
        Largest share by which a layer's relative thickness strays from its mean,
        smoothly along the cortex; 0.3 is meant. The others make room for it.
    variation : float, default=0.0
        Natural variation between specimens, up to 3: each region, and each layer
        within the cortex, has seeded log-normal factors of mean 1. At 1.0 their
        standard deviation is 8 % (layers 5 % more) for the number of cells, 3 %
        (2 %) for cell size, 8 % for axons (white matter keeps its own), 15 %
        (15 %) for differences in grey level.
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
        depths : list of ndarray of shape (height, width), dtype float16
            Depth in the cortex, along which the layers lie: 0 at the pia, 1 at the
            white matter, a little beyond where the layers undulate; NaN outside the
            annotated cortex.
        structures : list of ndarray of shape (height, width), dtype uint8
            1 vessel, 2 cell, 3 myelinated axons, 0 elsewhere.
        roi_names, layer_names, structure_names : dict of int to str
            Names of the codes.
        pixel_size_um : float
            Edge length of a pixel, in micrometres.
        version : str
            Version of the phantom: the same version and arguments give the same
            slices.
        z_um : ndarray of shape (n_slices,), unit: micrometres
            Height of each slice in the specimen.
        factors : dict of str to dict of str to float
            Under "cells" (at most 2), "cell_size", "axons" and "grey" (differences
            in grey level): the factor of each region and layer, of variation and
            arguments together.
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
    alter_exposure : The same slice as another scanner would have it.

    Notes
    -----
    With one seed, what ``cells``, ``cell_size`` and ``axons`` plant is the only
    difference between two phantoms: all else lies where it lay, and pixels elsewhere
    are the same but for blur at borders. What is taken away at a factor of 0.8 is
    also away at 0.6; what is added at 1.2 is also there at 1.4. Cells and vessels
    that bundles and streaks of axons cover stay covered where axons are fewer. A
    section cuts large cells more often, so that it shows more profiles of them.

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
    streaks = check_number("streaks", streaks, high=20.0)
    cupping = check_number("cupping", cupping, high=1.0)
    uneven_layers = check_number("uneven_layers", uneven_layers, high=0.9)
    variation = check_number("variation", variation, high=3.0)
    planted = {
        "cells": check_planted("cells", cells),
        "cell_size": check_planted("cell_size", cell_size),
        "axons": check_axons(axons),
    }
    thickness = check_layer_thickness(layer_thickness)
    six_class = check_switch("six_class", six_class)
    level = DIFFICULTIES[check_option("difficulty", difficulty, list(DIFFICULTIES))]
    seed = resolve_seed(random_state)

    cortex = Cortex(
        seed,
        layers=layers,
        barrels=barrels,
        thickness=Thickness(seed, thickness, uneven_layers),
    )
    composition = Composition.of(seed, variation, planted, layers=layers)
    specimen = Specimen(seed, shape, pixel_size_um, Anatomy(seed), cortex, composition)
    scan = Scan(level, shading, noise, streaks, cupping)
    slices = [render_slice(specimen, float(z), scan) for z in heights]
    departures = planted | {
        "layer_thickness": thickness,
        "uneven_layers": uneven_layers,
        "variation": variation,
    }
    description = describe_phantom(
        specimen,
        heights,
        {key: value for key, value in departures.items() if value},
        layers=layers,
        barrels=barrels,
        difficulty=difficulty,
        shading=shading,
        cupping=cupping,
        streaks=streaks,
        noise=noise,
        version=PHANTOM_VERSION,
    )
    return Bunch(
        **slices_and_truth(specimen, slices, six_class=six_class),
        pixel_size_um=pixel_size_um,
        version=PHANTOM_VERSION,
        z_um=heights,
        DESCR=description,
    )
