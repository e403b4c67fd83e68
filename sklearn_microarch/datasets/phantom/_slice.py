"""Render one slice of the phantom, together with what is true about it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.datasets.phantom._imaging import Scan, take_image
from sklearn_microarch.datasets.phantom.anatomy._anatomy import (
    Location,
    frame_coordinates,
)
from sklearn_microarch.datasets.phantom.anatomy._courses import fibre_direction
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen
from sklearn_microarch.datasets.phantom.anatomy._tissue import (
    BUNDLE_GRAIN,
    BUNDLE_GREY,
    CODES,
    VESSEL_GREY,
    WHITE_MATTER,
    lookup,
)
from sklearn_microarch.datasets.phantom.objects._bundles import (
    RAMP_UM,
    paint_rods,
    rods_near,
)
from sklearn_microarch.datasets.phantom.objects._cells import cells_near, paint_cells
from sklearn_microarch.datasets.phantom.objects._fibres import (
    AxonStreaks,
    axon_streaks,
    fibre_texture,
)
from sklearn_microarch.datasets.phantom.objects._vessels import paint_vessels
from sklearn_microarch.datasets.prasad2020._regions import ROI_NAMES

__all__ = ["RenderedSlice", "render_slice"]

# Annotations stop short of the rim: by this much, or by this share of a small
# frame's height.
_UNANNOTATED_RIM_UM, _UNANNOTATED_RIM = 25.0, 0.02
# Bundles grow and shrink by less than half of this, in micrometres.
_WIDE_RAMP_UM = 60.0


@dataclass(frozen=True, eq=False)
class RenderedSlice:
    """An image and its ground truth, all of shape (height, width)."""

    image: NDArray[np.uint8]
    roi: NDArray[np.uint8]  # codes 1 to 8; 0 where there is no annotation
    layer: NDArray[np.uint8]  # 1 to 5 in the annotated cortex
    barrel: NDArray[np.uint16]  # number of the barrel, from 1
    depth: NDArray[np.float16]  # below the pia, share of the thickness; else NaN
    structure: NDArray[np.uint8]  # 1 vessel, 2 cell, 3 myelinated axons


def render_slice(specimen: Specimen, z_um: float, scan: Scan) -> RenderedSlice:
    """Render the section at one height, as a scanner sees it."""
    difficulty = scan.difficulty
    shape, pixel = specimen.shape, specimen.pixel_size_um
    location = _locate_pixels(specimen, z_um)
    code = location.code
    cortex = specimen.cortex.locate(location, z_um)
    margin_um = location.margin * specimen.height_um - _torn_um(specimen, z_um)
    inside = np.clip(margin_um / pixel + 0.5, 0, 1).astype(np.float32)

    usual_bundles, bundles = _bundles(specimen, location, z_um)
    streaks, texture = _fibres(specimen, location, z_um)
    white_matter = np.isin(code, WHITE_MATTER)
    axons = np.where(white_matter, np.float32(1), np.maximum(bundles, streaks.cover))
    if streaks.lost is not None:
        axons -= streaks.lost
    # Cells and vessels lie between the usual streaks and bundles, so that they are
    # the same ones where axons are fewer; white matter has few cells, anywhere.
    free = np.clip(3 - 4 * np.maximum(usual_bundles, streaks.usual), 0, 1)
    free = np.where(white_matter, 1, free).astype(np.float32)
    darkness, cells = paint_cells(cells_near(specimen, z_um), z_um, shape, pixel)
    cells *= free
    vessels = paint_vessels(specimen, z_um, avoid=usual_bundles > 0.5)

    grey = _drawn_together(lookup("grey"), difficulty.grey_spread)
    grey = specimen.composition.between_regions(grey)
    of_layer = specimen.composition.between_layers(cortex.grey, cortex.layer)
    tissue = ndimage.gaussian_filter(grey[code] + of_layer, 2.5 / pixel)
    tissue += 3 * specimen.smooth_field(z_um, "mottle", 28, 80)
    tissue += streaks.cover * lookup("axon_contrast")[code]
    if streaks.lost is not None:
        tissue += streaks.lost * (grey[CODES["cortex"]] - tissue)
    tissue += bundles * (BUNDLE_GREY - tissue)
    grain = _drawn_together(lookup("grain"), difficulty.grain_spread)[code]
    grain *= cortex.grain
    grain += bundles * (BUNDLE_GRAIN - grain)
    stain = specimen.smooth_field(z_um, "stain", 110, 300)
    stain = _exp(np.float32(difficulty.staining) * stain)
    tissue += stain * grain * (1 - 0.6 * cells) * texture
    # Bright: the cut surface, and a fringe around each vessel.
    tissue += 20 * _exp(-np.maximum(margin_um, 0) / 12)
    tissue += 130 * np.clip(ndimage.gaussian_filter(vessels, 1.7) - vessels, 0, 1)
    tissue -= np.sqrt(stain) * darkness * free
    tissue += vessels * (VESSEL_GREY - tissue)

    rim_um = min(_UNANNOTATED_RIM_UM, _UNANNOTATED_RIM * specimen.height_um)
    annotated = (margin_um > rim_um) & (code <= max(ROI_NAMES))
    structure = np.where(axons > 0.5, np.uint8(3), np.uint8(0))
    structure[cells > 0.5] = 2
    structure[vessels > 0.5] = 1
    structure[inside < 0.5] = 0
    return RenderedSlice(
        image=take_image(tissue, inside, specimen, z_um, scan),
        roi=code * annotated,
        layer=cortex.layer * annotated,
        barrel=cortex.barrel * annotated,
        depth=np.where(annotated, cortex.depth, np.nan).astype(np.float16),
        structure=structure,
    )


def _drawn_together(values: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """Return a table of tissues whose differences shrink to this share."""
    common = values[1:].mean()
    return common + np.float32(share) * (values - common)


def _exp(values: NDArray) -> NDArray[np.float32]:
    """Return exp as float32, with last bits that do not depend on the processor."""
    return np.exp(values, dtype=np.float64).astype(np.float32)


def _locate_pixels(specimen: Specimen, z_um: float) -> Location:
    """Locate every pixel, with borders between regions that interlock."""
    x, y = frame_coordinates(specimen.shape)
    return specimen.anatomy.locate(x, y, z_um, specimen.borders(z_um))


def _torn_um(specimen: Specimen, z_um: float) -> NDArray[np.float32]:
    """Return how far the outline is set back: rough, with a bite here and there."""
    torn = 1.5 * specimen.smooth_field(z_um, "rim", 2.5, 12)
    torn += 2 * specimen.smooth_field(z_um, "cut", 20, 60)
    torn += 9 * np.maximum(specimen.smooth_field(z_um, "bites", 12, 60) - 1.7, 0)
    return torn


def _bundles(
    specimen: Specimen, location: Location, z_um: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the striatum's bundles, frayed: the usual ones, and the specimen's."""
    pixel = specimen.pixel_size_um
    rods = rods_near(specimen, z_um)
    frays = 0.06 * specimen.smooth_field(z_um, "frays", 5, 15)
    depth = paint_rods(rods, z_um, specimen.shape, pixel)
    depth += frays
    striatum = location.code == CODES["striatum"]
    # As sharp as a pixel allows.
    usual = np.clip((depth - 0.5) * (RAMP_UM / (1.3 * pixel)) + 0.5, 0, 1) * striatum
    factor = specimen.composition.axons_of("striatum")
    within = striatum & (location.margin > 0)
    if factor == 1 or not within.any():
        return usual, usual
    # Fewer axons make thinner bundles, more of them thicker ones.
    depth = paint_rods(rods, z_um, specimen.shape, pixel, _WIDE_RAMP_UM)
    depth += frays * (RAMP_UM / _WIDE_RAMP_UM)
    share = min(1.0, factor * np.count_nonzero(usual[within] > 0.5) / within.sum())
    border = np.quantile(depth[within], 1 - share)
    cover = (depth - border) * (_WIDE_RAMP_UM / (1.3 * pixel)) + 0.5
    return usual, np.clip(cover, 0, 1) * striatum


def _fibres(
    specimen: Specimen, location: Location, z_um: float
) -> tuple[AxonStreaks, NDArray[np.float32]]:
    """Return streaks of axons, which run smoothly, and texture, which strays."""
    code = location.code
    disorder = lookup("disorder")[code]
    course = fibre_direction(location)
    course += 0.3 * disorder * specimen.smooth_field(z_um, "meander", 60, 200)
    streaks = axon_streaks(specimen, location, course, z_um)
    course += disorder * specimen.smooth_field(z_um, "disorder", 6, 25)
    return streaks, fibre_texture(specimen, course, lookup("fibre")[code], z_um)
