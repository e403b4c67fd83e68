"""Find pieces of an annotation that a model would call otherwise."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_option,
    check_seed,
)
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.checking.doubts._doubts import Doubt, Doubts
from sklearn_microarch.checking.doubts._gather import (
    Suspicion,
    gather_pieces,
    share_of_region,
)
from sklearn_microarch.checking.doubts._held_out import (
    HeldOut,
    predict_held_out,
    steps_of,
)
from sklearn_microarch.checking.doubts._pieces import find_pieces
from sklearn_microarch.checking.doubts._slice_cells import SliceCells
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._annotated_slices import (
    AnnotatedSlices,
    annotate_slices,
)
from sklearn_microarch.sampling._resample import scale_of, shape_as_given
from sklearn_microarch.sampling._slices import check_slices

_UM2_PER_MM2 = 1e6


def find_doubts(
    images: SliceImage | ArrayLike | Sequence[SliceImage | ArrayLike],
    rois: RoiMap | ArrayLike | Sequence[RoiMap | ArrayLike],
    names: Mapping[int, str] | Sequence[str] | None = None,
    *,
    pipeline: Any = None,  # noqa: ANN401 - a Pipeline, fitted or not
    hold_out: str = "auto",
    n_splits: int = 4,
    min_area: float = 1.0,
    min_ratio: float = 2.0,
    random_state: int | np.random.RandomState | None = 0,
    verbose: int = 0,
) -> Doubts:
    """Find places where a model that has not seen them contradicts the annotation.

    Every part of the annotation is judged by a network that was trained on the other
    parts. What comes out is a list of places to look at: nothing is changed.

    Parameters
    ----------
    images : SliceImage, 2-D array, or sequence of them
        Annotated slices.
    rois : RoiMap, array-like of shape (height, width), or one per image
        Regions: a `RoiMap`, or integer codes.
    names : mapping or sequence, default=None
        Name of each code, as in :meth:`PatchSampler.sample`.
    pipeline : Pipeline or None, default=None
        Whose sampler and network are meant; copies of them are trained. None: the
        default ones, with half the passes.
    hold_out : {"auto", "animals", "strips"}, default="auto"
        What a network has not seen of the places it judges. "animals": the whole
        animal, so that an error cannot be learned from the slice it is on. "strips": a
        strip of each region, the only way with one animal; an error that covers a
        region is learned then from its other strips, and found less often. "auto":
        animals where there are four and each region is in several, else strips.
    n_splits : int, default=4
        Parts that are judged one after the other; a network is trained for each.
    min_area : float, default=1.0, unit: patches
        Smallest area of a place; half of it must lie deeper in its region than half a
        patch. Nearer to a border, patches show both regions.
    min_ratio : float, default=2.0
        How many times as probable another region must be as the annotated one.
    random_state : int, RandomState instance or None, default=0
        Of the trainings, where the network has none.
    verbose : int, default=0
        1 says which part is being judged.

    Returns
    -------
    doubts : Doubts
        Ranked; ``print(doubts)`` shows them, ``save`` writes a table and outlines for
        QuPath.

    Raises
    ------
    TypeError
        If ``pipeline`` does not begin with a sampler and a network.
    ValueError
        If an argument is out of range, two slices have the same name, regions are too
        small for two folds, or ``hold_out="animals"`` and fewer than two are known.

    See Also
    --------
    check_slice : Tells whether an annotation lies right, without training.
    sklearn_microarch.plotting.DoubtDisplay : The picture of a doubt.

    Notes
    -----
    The logarithms of the probabilities are averaged over half a patch. Where the
    region that is most probable then is not the annotated one, by ``min_ratio``, and
    the tissue is not unlike all regions (novelty), connected cells of one region are a
    place. Its evidence is the logarithm of the ratio, summed over its patches off the
    borders, so that a large place counts more than a small one, and a clear one more
    than a weak one. Places that one error explains are one doubt: a mirrored
    annotation, or two regions swapped. To rank labels by what held-out models say of
    them is confident learning [1]_; here the unit is a piece of tissue, as labels of
    neighbouring pixels are wrong together.

    References
    ----------
    .. [1] C. G. Northcutt, L. Jiang and I. L. Chuang, "Confident Learning: Estimating
       Uncertainty in Dataset Labels", Journal of Artificial Intelligence Research 70,
       2021. :doi:`10.1613/jair.1.12125`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import CNNFeatureExtractor, PatchSampler, find_doubts
    >>> from sklearn.pipeline import make_pipeline
    >>> rng = np.random.default_rng(0)
    >>> image = rng.normal(100, 5, (96, 192))
    >>> image[:, 96:] = rng.normal(100, 30, (96, 96))
    >>> # The border lies 24 pixels, one and a half patches, too far to the right.
    >>> rois = np.where(np.arange(192) < 120, 1, 2) * np.ones((96, 1), dtype=int)
    >>> pipeline = make_pipeline(
    ...     PatchSampler(16, tissue=None),
    ...     CNNFeatureExtractor(
    ...         max_epochs=3,
    ...         max_patches_per_class=400,
    ...         normalization="train",
    ...         validation=None,
    ...     ),
    ... )
    >>> doubts = find_doubts(
    ...     image, rois, {1: "fine", 2: "coarse"}, pipeline=pipeline, n_splits=2
    ... )
    >>> doubts[0].annotated, doubts[0].predicted
    ('fine', 'coarse')
    """
    hold_out = check_option("hold_out", hold_out, ("auto", "animals", "strips"))
    n_splits = check_integer("n_splits", n_splits, minimum=2)
    min_area = check_number("min_area", min_area, low=0.1, unit="patches")
    min_ratio = check_number("min_ratio", min_ratio, low=1.0)
    rng = check_seed("random_state", random_state)
    sampler, network = steps_of(pipeline)
    if "random_state" in network.get_params() and network.random_state is None:
        network.set_params(random_state=int(rng.randint(2**31)))
    given = _with_names(check_slices(images, pixel_size_um=sampler.pixel_size_um))
    annotated = annotate_slices(list(given), rois, names, sampler)
    held = predict_held_out(
        annotated,
        sampler,
        network,
        hold_out=hold_out,
        n_splits=n_splits,
        verbose=verbose,
    )
    found = [
        (at, suspicion)
        for at, cells in enumerate(held.cells)
        for suspicion in gather_pieces(
            cells, find_pieces(cells, min_area=min_area, min_ratio=min_ratio)
        )
    ]
    found.sort(key=lambda one: -one[1].evidence)
    return Doubts(
        tuple(
            _describe(rank, given[at], held, at, suspicion)
            for rank, (at, suspicion) in enumerate(found, start=1)
        ),
        images=tuple(given),
        rois=tuple(_as_rois(annotated, at, held, given) for at in range(len(given))),
        agreement={
            image.name: _agreement(cells)
            for image, cells in zip(given, held.cells, strict=True)
        },
        hold_out=held.hold_out,
        n_folds=held.n_folds,
        patch_size=annotated.patch_size,
        cells=tuple(suspicion.cells for _, suspicion in found),
        cell_sizes=tuple(held.cell_sizes[at] for at, _ in found),
    )


def _with_names(images: Sequence[SliceImage]) -> list[SliceImage]:
    """Return slices with a name each, as files are called after them."""
    named = [
        image if image.name else image.replace(name=f"slice {at}")
        for at, image in enumerate(images, start=1)
    ]
    names = [image.name for image in named]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise ValueError(
            f"several slices have the name {double[0]!r}; give each its own, "
            "SliceImage(name=...), so that a doubt says which one it is about."
        )
    return named


def _describe(
    rank: int,
    image: SliceImage,
    held: HeldOut,
    at: int,
    suspicion: Suspicion,
) -> Doubt:
    """Return one doubt as the record has it."""
    cells, inside = held.cells[at], suspicion.cells
    main = max(suspicion.pieces, key=lambda piece: piece.evidence)
    own = cells.log_of(cells.annotated)[inside]
    edge = held.cell_sizes[at]
    box = _box(inside, edge, image.shape)
    size = image.pixel_size_um
    n_patches = float(inside.sum() / cells.cells_per_patch)
    area = np.nan if size is None else inside.sum() * (edge * size) ** 2
    return Doubt(
        rank=rank,
        slice=image.name,
        animal=image.specimen or "",
        kind=suspicion.kind,
        annotated=held.regions[main.annotated],
        predicted=held.regions[main.predicted],
        probability=float(np.exp((own + cells.log_ratio[inside]).mean())),
        annotated_probability=float(np.exp(own.mean())),
        evidence=suspicion.evidence,
        area_patches=n_patches,
        area_mm2=float(area / _UM2_PER_MM2),
        share=share_of_region(cells, [main]),
        novelty=float(cells.novelty[inside].mean()),
        box_px=box,
        box_um=None
        if size is None
        else (box[0] * size, box[1] * size, (box[2] + 1) * size, (box[3] + 1) * size),
    )


def _box(
    inside: np.ndarray, edge: float, shape: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return first row, first column, last row and last column, in pixels."""
    bounds = []
    for found, length in zip(np.nonzero(inside), shape, strict=True):
        first = max(0, int(np.ceil((found.min() - 0.5) * edge)))
        last = min(length, int(np.ceil((found.max() + 0.5) * edge))) - 1
        bounds.append((first, last))
    (top, bottom), (left, right) = bounds
    return top, left, bottom, right


def _agreement(cells: SliceCells) -> float:
    known = cells.judged & (cells.annotated >= 0)
    if not known.any():
        return float("nan")
    return float((cells.predicted == cells.annotated)[known].mean())


def _as_rois(
    annotated: AnnotatedSlices, at: int, held: HeldOut, given: Sequence[SliceImage]
) -> RoiMap:
    """Return the annotation of a slice, on the grid of the slice as it was given."""
    placed, image = annotated.regions.placed[at], given[at]
    scale = scale_of(annotated.images[at])
    rows, cols = (
        ((np.arange(length) + 0.5) / scale).astype(int).clip(max=own - 1)
        for length, own in zip(
            shape_as_given(annotated.images[at]), placed.shape, strict=True
        )
    )
    codes = placed.at(*np.broadcast_arrays(rows[:, None], cols[None]))
    order = np.array(annotated.regions.codes)
    numbers = np.searchsorted(order, codes.clip(min=order[0])) + 1
    names = dict(enumerate(held.regions, start=1))
    return RoiMap(
        np.where(codes >= 0, numbers, 0), names, pixel_size_um=image.pixel_size_um
    )
