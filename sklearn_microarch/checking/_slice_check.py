"""What was found about a slice and its annotation, in plain words."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._format_table import format_table
from sklearn_microarch.checking._effort import Effort
from sklearn_microarch.checking._grey_scale import GreyScale
from sklearn_microarch.checking._region_check import RegionCheck
from sklearn_microarch.images import SliceImage


class Finding(NamedTuple):
    """Something to look at: a code, a sentence that says what, and a remedy."""

    code: str
    sentence: str
    remedy: str


@dataclass(frozen=True, eq=False, repr=False)
class SliceCheck:
    """Whether an annotation fits its slice, and whether there is enough to train on.

    Made by `check_slice`; ``print(check)`` shows it in words and as a table.

    Parameters
    ----------
    verdict : {"fits", "misplaced", "cannot tell"}
        Where the annotation lies, judged by the slice's texture. "cannot tell": it is
        too small a part of the slice, or too deep inside tissue, to fit in one place
        only.
    message : str
        The verdict in a sentence.
    better_placement : str
        What would have to be done to the annotation to fit better, such as "moved
        95 um up"; "" unless misplaced.
    gain : float
        By which share of itself the better placement tells more of the texture.
    smallest_slip : float or None, unit: micrometres
        Of the slips tried, the smallest that would have been noticed in every
        direction. In units of 1.17 um per pixel where the pixel size is unknown.
        None unless it fits.
    regions : tuple of RegionCheck
        For each region ``name``, ``n_pixels``, ``tissue_share``, ``outside_share``
        (of its area, off the slice), ``edge_share`` (of its outline, at the slice's
        edge), ``diameter_px``, ``n_positions``, ``n_independent`` (patches that share
        no pixel), ``settings`` (that would give enough positions), ``n_folds`` (spatial
        folds of this region alone, at most 5) and ``fits_better_elsewhere``.
    n_folds : int
        Spatial folds that all regions with positions allow together, at most 5.
    tissue_share : float
        Share of the slice that is tissue.
    grey : GreyScale
        Within tissue: ``n_levels`` (None for floats), ``share_lowest`` and
        ``share_highest`` (of pixels at the slice's extremes) and ``shading``
        (drift of brightness within regions, as a share of it).
    effort : Effort
        ``training_seconds``, ``mapping_seconds`` and ``mapping_bytes``: rough
        estimates for the default network on two cores.
    patch_size : int, unit: pixels
        Edge length of patches that positions were counted for.
    warnings : list of (code, sentence, remedy)
        What to look at, the worst first; empty where all is well.
    image : SliceImage
        The slice that was looked at.
    tissue : ndarray of shape (height, width), dtype bool
        Where it shows tissue.
    codes : ndarray of shape (height, width), dtype int64
        1, 2, ... for the regions in their order, 0 outside the annotation.
    better_codes : ndarray of shape (rows, columns), dtype int64, or None
        The same as it would fit better, for each square of ``cell_size`` pixels.
    cell_size : int, unit: pixels
        Edge length of those squares.

    See Also
    --------
    sklearn_microarch.plotting.SliceCheckDisplay : The picture of it.

    Examples
    --------
    >>> from sklearn_microarch import check_slice
    >>> from sklearn_microarch.datasets import make_thalamocortical_phantom
    >>> phantom = make_thalamocortical_phantom(shape=(200, 800), random_state=0)
    >>> check = check_slice(phantom.images[0], phantom.rois[0], phantom.roi_names)
    >>> check.verdict
    'fits'
    >>> [region.name for region in check.regions][:3]
    ['cortex', 'striatum', 'TRN']
    """

    verdict: str
    message: str
    better_placement: str
    gain: float
    smallest_slip: float | None
    regions: tuple[RegionCheck, ...]
    n_folds: int
    tissue_share: float
    grey: GreyScale
    effort: Effort
    patch_size: int
    warnings: list[Finding]
    image: SliceImage
    tissue: NDArray[np.bool_]
    codes: NDArray[np.int64]
    better_codes: NDArray[np.int64] | None
    cell_size: int

    def to_rows(self) -> list[dict[str, object]]:
        """Return a row for each region, as for a data frame.

        Returns
        -------
        rows : list of dict
            Values by column; ``pandas.DataFrame(rows)`` makes a table of them.
        """
        return [dict(vars(region)) for region in self.regions]

    def __repr__(self) -> str:
        return (
            f"SliceCheck({self.verdict!r}, {len(self.regions)} regions, "
            f"{len(self.warnings)} warnings)"
        )

    def __str__(self) -> str:
        rows = [
            {
                "region": region.name,
                "tissue": f"{region.tissue_share:.0%}",
                "widest/px": round(region.diameter_px),
                "positions": region.n_positions,
                "apart": region.n_independent,
                "folds": region.n_folds,
            }
            for region in self.regions
        ]
        lines = [f"placement: {self.verdict}. {self.message}", ""]
        if rows:
            lines += [format_table(rows), ""]
        lines += [
            f"Positions are for patches of {self.patch_size} pixels, apart: those that "
            f"share no pixel. All regions together allow {self.n_folds} spatial folds.",
            f"Tissue is {self.tissue_share:.0%} of the slice. Estimates: "
            f"{self.effort.describe()}.",
        ]
        for code, sentence, remedy in self.warnings:
            lines.append(f"- {code}: {sentence} {remedy}")
        return "\n".join(lines)
