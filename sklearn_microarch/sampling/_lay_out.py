"""Between rows and maps: lay values out at centres, look region codes up there."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._numbers import check_integer, shown
from sklearn_microarch.images import SliceImage


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


def check_rois(
    rois: ArrayLike | Sequence[ArrayLike], images: Sequence[SliceImage]
) -> list[NDArray]:
    """Return one map of region codes per image, (height, width) as the image."""
    many = isinstance(rois, list | tuple) and all(map(_is_map, rois))
    given = rois if many else [rois]
    maps = [check_plane("rois", codes, swapped=True) for codes in given]  # type: ignore[union-attr]
    if len(maps) != len(images):
        raise ValueError(
            f"rois holds {len(maps)} maps for {len(images)} images; pass one map per "
            "image, as a list."
        )
    for codes, image in zip(maps, images, strict=True):
        if codes.shape != image.shape:
            raise ValueError(
                f"rois has shape {codes.shape}, but the image has shape {image.shape}; "
                "the ROI map must cover the same pixels."
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


def check_plane(name: str, value: object, *, swapped: bool = False) -> NDArray:
    """Return a map or mask as an array; ``swapped`` tells of the order of arguments."""
    if isinstance(value, SliceImage):
        order = " Images come first, ROI maps second: are they swapped?" * swapped
        raise TypeError(
            f"{name} is a SliceImage, where a plain array of the slice's shape is "
            f"needed: pass its pixels, as image.data.{order}"
        )
    return as_array(name, value)  # type: ignore[arg-type]


def _is_map(value: object) -> bool:
    return isinstance(value, SliceImage) or as_array("rois", value).ndim == 2  # type: ignore[arg-type]


def name_codes(
    codes: NDArray[np.int64], names: Mapping[int, str] | Sequence[str]
) -> NDArray[np.str_]:
    """Translate codes (n,) to names, -1 to ""."""
    found, where = _distinct(codes)
    listed = isinstance(names, Mapping | Sequence) or np.ndim(names) == 1
    if isinstance(names, str | bytes) or not listed:
        raise TypeError(
            f"names={shown(names)} must be a mapping of codes to names, or a sequence "
            "of them."
        )
    table = dict(names) if isinstance(names, Mapping) else dict(enumerate(names))
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


def labels_at(
    positions: NDArray[np.int32],
    images: Sequence[SliceImage],
    rois: ArrayLike | Sequence[ArrayLike],
    names: Mapping[int, str] | Sequence[str] | None,
    *,
    unannotated_code: int,
) -> NDArray:
    """Look up the ROI at each centre; see `Patches.labels`."""
    unannotated_code = check_integer(
        "unannotated_code", unannotated_code, minimum=-(2**63), maximum=2**63 - 1
    )
    labels = np.full(len(positions), -1, dtype=np.int64)
    for index, codes in enumerate(check_rois(rois, images)):
        here = positions[:, 0] == index
        found = codes[positions[here, 1], positions[here, 2]].astype(np.int64)
        labels[here] = np.where(found == unannotated_code, -1, found)
    return labels if names is None else name_codes(labels, names)
