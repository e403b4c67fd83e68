"""What a slice of the thalamocortical section is, and how far to trust its labels."""

from pathlib import Path

from sklearn_microarch.datasets.prasad2020._files import download_url

_DESCRIPTION = """\
Mouse thalamocortical section, slice z = {z}
============================================

X-ray micro-CT of a section of one mouse brain, from hypothalamus to cortex:
720 x 1420 x 5805 voxels (z, y, x) of 1.17 um, uint8. Tissue lies in z = 15 to 680.
All slices are of one specimen: neighbouring ones are not independent.

Image
-----
{image}

Labels
------
{labels}

{codes}

References
----------
J. A. Prasad et al., "A three-dimensional thalamocortical dataset for characterizing
brain heterogeneity", Scientific Data 7:358, 2020, doi:10.1038/s41597-020-00692-y.

A. H. Balwani and E. L. Dyer, "Modeling Brain Microarchitecture with Deep
Representation Learning", 2020, doi:10.1101/2020.05.26.117473.
"""

_IMAGES = {
    "raw": "Raw grey levels, 0 to 255.",
    "preview": """\
A picture with 19 grey levels, made for display. It is not raw data: textures finer
than its levels are lost, and its grey levels are not those of raw slices.""",
}

_LABELS = {
    None: "None: there is no file of regions for this slice.",
    "published": """\
Published labels: regions drawn by hand on this slice, downloaded from
{url}""",
    "silver": """\
Silver labels, not drawn on this slice. There is no record of a download, and the file
that comes with the raw slice z = 159 holds the published labels of z = 309, warped by
optical flow. They are right to about 10 to 20 pixels, cover 3.9 million of them, and
end before the tissue does, about 90 pixels before the pia.""",
    "unknown": """\
Of unknown origin: the file of regions was put there without a record of a download.""",
}

_EIGHT_CODES = """\
Codes: 0 unannotated, 1 cortex, 2 striatum, 3 thalamic reticular nucleus (TRN),
4 ventral posterior nucleus (VP), 5 zona incerta (ZI), 6 internal capsule (IC),
7 hypothalamus, 8 corpus callosum (CC)."""

_SIX_CODES = """\
Codes, as the six classes of Balwani and Dyer: 0 unannotated, 1 cortex, 2 striatum,
4 ventral posterior nucleus (VP), 5 zona incerta (ZI), 6 white matter (WM: internal
capsule and corpus callosum), 7 hypothalamus. The TRN counts as unannotated."""


def label_source(rois_path: Path | None, z: int) -> str | None:
    """Return "published", "silver", "unknown", or None without labels."""
    if rois_path is None:
        return None
    if download_url(rois_path) is not None:
        return "published"
    return "silver" if z == 159 else "unknown"


def describe_slice(
    z: int, *, variant: str, six_class: bool, rois_path: Path | None
) -> str:
    """Return what is known of slice ``z`` and of the origin of its labels."""
    url = None if rois_path is None else download_url(rois_path)
    return _DESCRIPTION.format(
        z=z,
        image=_IMAGES[variant],
        labels=_LABELS[label_source(rois_path, z)].format(url=url),
        codes=_SIX_CODES if six_class else _EIGHT_CODES,
    )
