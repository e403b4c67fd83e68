"""Where a label image lies on its slice: its pixel size and offset."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation._grid_places import offset_of
from sklearn_microarch.annotation.labels._label_picture import LabelPicture
from sklearn_microarch.images._slice_image import SliceImage

_SAME = 0.01


def lay_on_slice(
    picture: LabelPicture,
    like: SliceImage | None,
    *,
    pixel_size_um: float | None,
    offset_um: tuple[float, float] | None,
) -> tuple[LabelPicture, str]:
    """Return labels with the pixel size and offset that put them on a slice.

    Beside a warning, "" for none. ValueError where nothing tells their scale.
    """
    stated = picture.pixel_size_um if pixel_size_um is None else pixel_size_um
    given = picture.offset_um if offset_um is None else offset_um
    picture = replace(picture, pixel_size_um=stated, offset_um=given)
    if like is None:
        if stated is not None and given is None:
            note = (
                "the centre of its first pixel is taken to lie on that of the slice's; "
                "pass like= to lay corner on corner where pixel sizes differ."
            )
            picture = replace(picture, notes=(*picture.notes, note))
        return picture, ""
    edge = like.pixel_size_um
    unlike = stated is not None and edge is not None and abs(stated / edge - 1) > _SAME
    if picture.shape == like.shape and not (pixel_size_um is not None and unlike):
        return _pixel_by_pixel(picture, like, unlike=unlike, offset_um=offset_um)
    if stated is None:
        return _scaled_to(picture, like), ""
    if edge is None:
        raise ValueError(
            f"it has {_size(picture.shape)} pixels of {stated:g} um, and the slice "
            f"{_size(like.shape)} pixels of unknown size, so that they cannot be laid "
            "over each other; read the slice with pixel_size_um="
        )
    if given is None:
        # Both begin at the top left corner of the whole picture.
        shift = (stated - edge / like.downsample) / 2
        picture = replace(picture, offset_um=(shift, shift))
    return picture, _beyond(picture, like)


def _pixel_by_pixel(
    picture: LabelPicture,
    like: SliceImage,
    *,
    unlike: bool,
    offset_um: tuple[float, float] | None,
) -> tuple[LabelPicture, str]:
    edge, stated = like.pixel_size_um, picture.pixel_size_um
    warning = ""
    if unlike:
        warning = (
            f"its pixels are {stated:g} um by its file and {edge:g} um by the slice's, "
            "but both have the same shape, so that they are laid pixel on pixel; pass "
            "pixel_size_um= if that of the labels is right."
        )
    offset = offset_um
    if offset is None:
        exact = picture.offset_um if not unlike and edge is not None else None
        offset = exact if exact is not None and like.crop == (0, 0) else None
    if offset is None:
        offset = offset_of(like) if edge is not None else (0.0, 0.0)
    return replace(picture, pixel_size_um=edge, offset_um=offset), warning


def _scaled_to(picture: LabelPicture, like: SliceImage) -> LabelPicture:
    """Return labels without a pixel size that cover the slice's whole picture."""
    ratios = [
        there / here for there, here in zip(like.shape, picture.shape, strict=True)
    ]
    full = (
        like.downsample != 1
        and like.crop == (0, 0)
        and all(
            abs(own - other * like.downsample) <= max(like.downsample, 1)
            for own, other in zip(picture.shape, like.shape, strict=True)
        )
    )
    if not (full or picture.covers_picture):
        edge = like.pixel_size_um
        guess = "" if edge is None else f", such as {edge * ratios[1]:.4g} if both "
        guess += "show the same" if guess else ""
        raise ValueError(
            f"it has {_size(picture.shape)} pixels and the slice {_size(like.shape)}, "
            "and it states no pixel size, so that they cannot be laid over each "
            f"other; pass pixel_size_um= of the labels{guess}"
        )
    if like.crop != (0, 0):
        raise ValueError(
            "it covers the whole picture, of which the slice is a part; pass the whole "
            "slice as like="
        )
    note = (
        f"its {_size(picture.shape)} pixels cover the picture of {_size(like.shape)}."
    )
    notes = (*picture.notes, note)
    edge = like.pixel_size_um
    if edge is not None and abs(ratios[0] / ratios[1] - 1) * max(picture.shape) < 0.5:
        own = edge * sum(ratios) / 2
        shift = (own - edge / like.downsample) / 2
        return replace(
            picture, pixel_size_um=own, offset_um=(shift, shift), notes=notes
        )
    values = _stretched(picture.values, like.shape)
    offset = offset_of(like) if edge is not None else (0.0, 0.0)
    return replace(
        picture, values=values, pixel_size_um=edge, offset_um=offset, notes=notes
    )


def _stretched(values: NDArray, shape: tuple[int, int]) -> NDArray:
    """Return values on another grid from corner to corner, the nearest for each."""
    rows, cols = (
        ((np.arange(there) + 0.5) * here / there).astype(np.intp)
        for there, here in zip(shape, values.shape, strict=True)
    )
    return values[rows[:, np.newaxis], cols]


def _beyond(picture: LabelPicture, like: SliceImage) -> str:
    """Return a warning where labels reach far beyond a whole slice."""
    edge, own = like.pixel_size_um, picture.pixel_size_um
    if like.crop != (0, 0) or edge is None or own is None:
        return ""
    extents = [
        (n_own * own, n_there * edge)
        for n_own, n_there in zip(picture.shape, like.shape, strict=True)
    ]
    if all(mine <= theirs * 1.02 + own for mine, theirs in extents):
        return ""
    mine, theirs = (
        " x ".join(f"{extent[k]:.5g}" for extent in extents) for k in (0, 1)
    )
    return (
        f"it covers {mine} um and the slice only {theirs} um; what lies outside the "
        "slice is not used. If both show the same, pass pixel_size_um= of the labels."
    )


def _size(shape: tuple[int, int]) -> str:
    return f"{shape[0]} x {shape[1]}"
