"""Between rows and maps: lay values out at centres, look region codes up there."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._resample import on_grid_of, shape_as_given

# A picture has more different grey levels than an annotation has regions.
MANY_CODES = 1000
FEW_CODES = 32
SWAPPED = "Images come first, ROI maps second: are they swapped?"


def map_fill(dtype: np.dtype) -> tuple[np.dtype, Any]:
    """Return the type of a map of such values, and what stands where there is none.

    That is NaN, -1 or ""; booleans and unsigned integers become int64.
    """
    if dtype.kind == "f":
        return dtype, np.nan
    if dtype.kind in "US":
        return dtype, dtype.type()
    if dtype.kind in "iub":
        return dtype if dtype.kind == "i" else np.dtype(np.int64), -1
    raise TypeError(
        f"values has dtype {dtype}; a map holds floats, integers or strings."
    )


def lay_out(
    values: NDArray, positions: NDArray[np.int32], shapes: Sequence[tuple[int, int]]
) -> NDArray | list[NDArray]:
    """Lay rows back at their pixels; see `Patches.to_map`."""
    if values.ndim not in (1, 2) or len(values) != len(positions):
        raise ValueError(
            f"values has shape {values.shape}; it must hold one row for each of the "
            f"{len(positions)} patches: (n,) or (n, k)."
        )
    dtype, fill = map_fill(values.dtype)
    maps = []
    for index, shape in enumerate(shapes):
        here = positions[:, 0] == index
        laid = np.full((*shape, *values.shape[1:]), fill, dtype=dtype)
        laid[positions[here, 1], positions[here, 2]] = values[here]
        maps.append(laid)
    return maps[0] if len(maps) == 1 else maps


def check_rois(rois: Any, images: Sequence[SliceImage]) -> list[NDArray]:  # noqa: ANN401
    """Return one map of codes per image, of the shape that the image was given in."""
    many = isinstance(rois, list | tuple) and all(map(_is_map, rois))
    given = rois if many else [rois]
    maps = [_codes_of(codes) for codes in given]
    _check_as_many(len(maps), images)
    for one, codes, image in zip(given, maps, images, strict=True):
        if isinstance(one, SliceImage):
            _check_not_swapped(codes, image)
        shape = shape_as_given(image)
        if codes.shape != shape:
            raise ValueError(
                f"rois has shape {codes.shape}, but the image has shape {shape}; the "
                "ROI map must cover the same pixels."
            )
        if codes.dtype.kind not in "iub":
            raise TypeError(
                f"rois has dtype {codes.dtype}; an ROI map holds integer codes. Images "
                "come first, ROI maps second."
            )
        if codes.dtype == np.uint64 and codes.max() > np.iinfo(np.int64).max:
            raise ValueError(
                f"rois holds the code {codes.max()}, above the largest, 2**63 - 1."
            )
    return maps


def roi_maps(rois: Any, images: Sequence[SliceImage]) -> list[RoiMap] | None:  # noqa: ANN401
    """Return one `RoiMap` per image; None where regions are given as codes."""
    given = list(rois) if isinstance(rois, list | tuple) else [rois]
    kinds = {isinstance(one, RoiMap) for one in given}
    if kinds != {True}:
        if True in kinds:
            raise TypeError(
                "rois mixes RoiMap and codes, so that names and codes would mix; give "
                "one kind for all slices."
            )
        return None
    _check_as_many(len(given), images)
    return given


def codes_on_slices(
    rois: Any,  # noqa: ANN401 - whatever tells of regions
    images: Sequence[SliceImage],
    *,
    unannotated_code: int = 0,
) -> list[NDArray]:
    """Return codes on the grid of each slice, the nearest for each pixel.

    Of a `RoiMap`, its unannotated pixels have ``unannotated_code``, and regions have
    other codes.
    """
    maps = roi_maps(rois, images)
    if maps is None:
        return [
            on_grid_of(image, codes)
            for codes, image in zip(check_rois(rois, images), images, strict=True)
        ]
    found = []
    for one, image in zip(maps, images, strict=True):
        codes = one.on(image)
        annotated = codes != one.unannotated_code
        # Shifted, so that no region has the code that means none.
        shifted = codes + max(0, unannotated_code) + 1
        found.append(np.where(annotated, shifted, unannotated_code))
    return found


def _check_as_many(n_maps: int, images: Sequence[SliceImage]) -> None:
    if n_maps != len(images):
        raise ValueError(
            f"rois holds {n_maps} maps for {len(images)} images; pass one map per "
            "image, as a list."
        )


def _codes_of(value: object) -> NDArray:
    """Return codes as an array; a `SliceImage` of them, as readers give, is one."""
    if not isinstance(value, SliceImage):
        return check_plane("rois", value)
    codes = value.pixels
    if codes.ndim == 3 and len(codes) == 1:
        codes = codes[0]
    if codes.dtype.kind not in "iub":
        raise TypeError(
            f"rois is a SliceImage of dtype {codes.dtype}; an ROI map holds integer "
            f"codes. {SWAPPED}"
        )
    return codes


def _check_not_swapped(codes: NDArray, image: SliceImage) -> None:
    """Raise where a `SliceImage` of regions looks like a picture."""
    n_codes = len(np.unique(codes))
    picture = n_codes > MANY_CODES
    if FEW_CODES < n_codes <= MANY_CODES:
        picture = len(np.unique(image.pixels)) < n_codes
    if picture:
        raise TypeError(
            f"rois is a SliceImage of {n_codes} different values, as a picture has "
            f"them, not a map of regions. {SWAPPED}"
        )


def check_plane(name: str, value: object) -> NDArray:
    """Return a map or mask as an array."""
    if isinstance(value, SliceImage):
        raise TypeError(
            f"{name} is a SliceImage, where a plain array of the slice's shape is "
            "needed: pass its pixels, as image.data."
        )
    return as_array(name, value)  # type: ignore[arg-type]


def _is_map(value: object) -> bool:
    return isinstance(value, SliceImage) or as_array("rois", value).ndim == 2  # type: ignore[arg-type]


def name_codes(codes: NDArray[np.int64], names: Mapping[int, str]) -> NDArray[np.str_]:
    """Translate codes (n,) to names, -1 to ""."""
    found, where = _distinct(codes)
    table = dict(names)
    missing = [int(code) for code in found if code != -1 and code not in table]
    if missing:
        raise ValueError(
            f"names has no entry for the ROI codes {missing}; it names "
            f"{list(table)}. Add them, or set those pixels to the unannotated code."
        )
    wanted = ["" if code == -1 else str(table[code]) for code in found.tolist()]
    return np.array(wanted or [""], dtype=np.str_)[where]


def _distinct(codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the codes that occur, and the place of each code among them."""
    low = int(codes.min()) if len(codes) else 0
    span = int(codes.max()) - low + 1 if len(codes) else 0
    if span > 1 << 20:
        found, where = np.unique(codes, return_inverse=True)
        return found, where.ravel()
    # Codes are few and small, rows are millions: counting beats sorting.
    occurs = np.bincount(codes - low, minlength=span) > 0
    return np.flatnonzero(occurs) + low, (np.cumsum(occurs) - 1)[codes - low]
