"""Places of an annotation to look at again, ranked, and files of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_path, check_switch, shown
from sklearn_microarch._format_table import format_table
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage

_ROWS_SHOWN = 20


@dataclass(frozen=True, eq=False)
class Doubt:
    """A place where a model that was not trained there contradicts the annotation.

    Parameters
    ----------
    rank : int
        1 is the doubt with the most evidence.
    slice, animal : str
        Name of the slice, and its animal ("" where unknown).
    kind : str
        "piece" of a region; "region", where nearly all of it is doubted; "swapped",
        where two regions look like each other; or what would make the whole annotation
        of the slice fit better: "mirrored left-right", "mirrored up-down" or "turned by
        half".
    annotated, predicted : str
        What it is annotated as, and what it looks like: of the piece with the most
        evidence, where there are several.
    probability, annotated_probability : float
        Of the predicted and the annotated region: geometric means over the place,
        averaged over half a patch.
    evidence : float
        By which doubts are ranked: the logarithm of the ratio of both probabilities,
        summed over the patches of the place that lie deeper than half a patch inside
        of their region.
    area_patches : float
        Area of the place, in patches.
    area_mm2 : float
        The same in square millimetres; NaN where the pixel size is unknown.
    share : float
        Share of the region that the place is, of what was judged of it.
    novelty : float
        Mean novelty; above 1 is tissue unlike all regions.
    box_px : tuple of int, unit: pixels
        First row, first column, last row and last column of the slice, as it was
        given, that the place reaches to.
    box_um : tuple of float or None, unit: micrometres
        The same, counted from the slice's first pixel; None where the pixel size is
        unknown.

    See Also
    --------
    find_doubts : Finds them.

    Examples
    --------
    >>> from sklearn_microarch.checking import Doubt
    >>> doubt = Doubt(1, "s1", "m1", "piece", "CTX", "STR", 0.8, 0.05, 3.1, 2.5, 0.06,
    ...               0.2, 0.5, (40, 60, 300, 260), (46.8, 70.2, 351.0, 304.2))
    >>> print(doubt)
    s1: part of CTX looks like STR (2.5 patches; probability 80 % against 5 %)
    """

    rank: int
    slice: str
    animal: str
    kind: str
    annotated: str
    predicted: str
    probability: float
    annotated_probability: float
    evidence: float
    area_patches: float
    area_mm2: float
    share: float
    novelty: float
    box_px: tuple[int, int, int, int]
    box_um: tuple[float, float, float, float] | None

    @property
    def title(self) -> str:
        """What is doubted, in a few words."""
        words = {
            "piece": f"part of {self.annotated} looks like {self.predicted}",
            "region": f"{self.annotated} looks like {self.predicted}",
            "swapped": f"{self.annotated} and {self.predicted} look swapped",
        }
        whole = f"the whole annotation would fit better {self.kind}"
        return words.get(self.kind, whole)

    def __str__(self) -> str:
        return (
            f"{self.slice}: {self.title} ({self.area_patches:.1f} patches; probability "
            f"{self.probability:.0%} against {self.annotated_probability:.0%})"
        ).replace("%", " %")


@dataclass(frozen=True, eq=False, repr=False)
class Doubts(Sequence[Doubt]):
    """Places of an annotation to look at again, the most evident first.

    A sequence of `Doubt`, made by `find_doubts`; ``print(doubts)`` shows a table.

    Parameters
    ----------
    doubts : tuple of Doubt
        In the order of their rank.
    images : tuple of SliceImage
        The slices, as they were given.
    rois : tuple of RoiMap
        Their annotation, each on the grid of its slice.
    agreement : dict of str to float
        Share of the judged cells of each slice that are predicted as annotated.
    hold_out : {"animals", "strips"}
        What the model that judged a place had not seen: its animal, or its strip of
        the region.
    n_folds : int
        How many models were trained.
    patch_size : int, unit: pixels
        Edge of a patch, in pixels of the model.
    cells : tuple of ndarray of shape (rows, columns), dtype bool
        Where each doubt is, on a grid of cells over its slice; :meth:`mask` has it by
        pixel.
    cell_sizes : tuple of float, unit: pixels
        Edge of the cells of each doubt, in pixels of its slice; cell (i, j) is centred
        at pixel ``(i, j)`` times it.

    See Also
    --------
    find_doubts : Makes it.
    sklearn_microarch.plotting.DoubtDisplay : The picture of one.

    Examples
    --------
    >>> from sklearn_microarch.checking import Doubts
    >>> nothing = Doubts((), (), (), {"s1": 0.93}, "strips", 3, 128)
    >>> len(nothing), nothing.to_rows()
    (0, [])
    """

    doubts: tuple[Doubt, ...]
    images: tuple[SliceImage, ...]
    rois: tuple[RoiMap, ...]
    agreement: dict[str, float]
    hold_out: str
    n_folds: int
    patch_size: int
    cells: tuple[NDArray[np.bool_], ...] = field(default=(), kw_only=True)
    cell_sizes: tuple[float, ...] = field(default=(), kw_only=True)

    def __len__(self) -> int:
        return len(self.doubts)

    @overload
    def __getitem__(self, index: int) -> Doubt: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Doubt, ...]: ...

    def __getitem__(self, index: int | slice) -> Doubt | tuple[Doubt, ...]:
        return self.doubts[index]

    def __iter__(self) -> Iterator[Doubt]:
        return iter(self.doubts)

    @property
    def slices(self) -> list[str]:
        """Names of the slices that have doubts, the most evident first."""
        return list(dict.fromkeys(doubt.slice for doubt in self.doubts))

    def image_of(self, doubt: Doubt) -> SliceImage:
        """Return the slice that a doubt is about.

        Parameters
        ----------
        doubt : Doubt
            One of these.

        Returns
        -------
        image : SliceImage
            As it was given.
        """
        return self.images[self._slice_index(doubt.slice)]

    def mask(self, doubt: Doubt) -> NDArray[np.bool_]:
        """Return where on its slice a doubt is.

        Parameters
        ----------
        doubt : Doubt
            One of these.

        Returns
        -------
        mask : ndarray of shape (height, width), dtype bool
            True inside, on the grid of the slice as it was given.
        """
        at = doubt.rank - 1
        cells, size = self.cells[at], self.cell_sizes[at]
        # Cell i is centred at pixel i * size.
        rows, cols = (
            np.floor(np.arange(length) / size + 0.5).astype(int).clip(0, n_cells - 1)
            for length, n_cells in zip(
                self.image_of(doubt).shape, cells.shape, strict=True
            )
        )
        found: NDArray[np.bool_] = cells[np.ix_(rows, cols)]
        return found

    def to_rois(self, name: str) -> RoiMap:
        """Return the doubts of one slice as regions, to open in another program.

        Parameters
        ----------
        name : str
            Name of the slice.

        Returns
        -------
        rois : RoiMap
            Each doubt is a region, whose code is its rank and whose name says what is
            doubted. Where two overlap, the more evident one is kept.

        Raises
        ------
        ValueError
            If there is no such slice, or it has no doubt.
        """
        image = self.images[self._slice_index(name)]
        own = [doubt for doubt in self.doubts if doubt.slice == name]
        if not own:
            raise ValueError(f"the slice {name!r} has no doubt.")
        codes = np.zeros(image.shape, dtype=np.int64)
        for doubt in reversed(own):
            codes[self.mask(doubt)] = doubt.rank
        names = {doubt.rank: f"doubt {doubt.rank}: {doubt.title}" for doubt in own}
        return RoiMap(codes, names, pixel_size_um=image.pixel_size_um)

    def to_rows(self) -> list[dict[str, object]]:
        """Return a row for each doubt; ``pandas.DataFrame(rows)`` makes a table of it.

        Returns
        -------
        rows : list of dict
            Values by column, in the order of rank.
        """
        rows = []
        for doubt in self.doubts:
            row: dict[str, object] = dict(vars(doubt))
            for unit in ("px", "um"):
                box = row.pop(f"box_{unit}") or (np.nan,) * 4
                sides = ("top", "left", "bottom", "right")
                row |= {
                    f"{side}_{unit}": value
                    for side, value in zip(sides, box, strict=True)  # type: ignore[call-overload]
                }
            rows.append(row)
        return rows

    def save(self, folder: str | Path, *, overwrite: bool = False) -> list[Path]:
        """Write a table of the doubts, and for each slice a file to open in QuPath.

        Parameters
        ----------
        folder : path-like
            Where to write; it is made when missing.
        overwrite : bool, default=False
            Replace files of these names that are there.

        Returns
        -------
        paths : list of Path
            ``doubts.csv``, and ``<slice>_doubts.geojson`` of each slice with doubts.

        Raises
        ------
        FileExistsError
            If a file is there and is not to be replaced, or ``folder`` is a file.
        TypeError
            If ``folder`` is no path.
        """
        from sklearn_microarch.checking.doubts._save_doubts import save_doubts

        place = check_path("folder", folder)
        return save_doubts(self, place, overwrite=check_switch("overwrite", overwrite))

    def __repr__(self) -> str:
        return f"Doubts({len(self.doubts)} in {len(self.slices)} slices)"

    def __str__(self) -> str:
        n_slices = len(self.images)
        judged = (
            f"{n_slices} slices, judged by {self.n_folds} models that had not seen "
            f"the {'animal' if self.hold_out == 'animals' else 'place'} they judge"
        )
        if not self.doubts:
            return f"no doubts in {judged}"
        table = [
            {
                "": doubt.rank,
                "slice": doubt.slice,
                "what": doubt.title,
                "patches": f"{doubt.area_patches:.1f}",
                "probability": f"{doubt.probability:.0%}",
                "as annotated": f"{doubt.annotated_probability:.0%}",
                "evidence": f"{doubt.evidence:.1f}",
            }
            for doubt in self.doubts[:_ROWS_SHOWN]
        ]
        lines = [f"{len(self.doubts)} doubts in {judged}", "", format_table(table)]
        if len(self.doubts) > _ROWS_SHOWN:
            lines.append(f"and {len(self.doubts) - _ROWS_SHOWN} more")
        lines += ["", "A doubt is a place to look at. The annotation is unchanged."]
        return "\n".join(lines)

    def _slice_index(self, name: str) -> int:
        names = [image.name for image in self.images]
        if name not in names:
            raise ValueError(
                f"name={shown(name)} is none of the slices: {', '.join(names)}."
            )
        return names.index(name)
