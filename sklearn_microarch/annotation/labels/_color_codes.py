"""Colour masks as codes: a region for each colour, named by a table or by itself."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation._region_names import Color, listed
from sklearn_microarch.annotation.labels._label_picture import LabelPicture
from sklearn_microarch.annotation.tables._label_table import LabelTable

MOST_COLORS = 2000
# Codes of colours that several regions of a table share, apart from all ids of atlases.
_SHARED = 2**31


def pack(color: Color) -> int:
    """Return a colour as one number, that of its six hexadecimal digits."""
    return color[0] << 16 | color[1] << 8 | color[2]


def unpack(number: int) -> Color:
    """Return the colour of a number."""
    return number >> 16 & 255, number >> 8 & 255, number & 255


def hex_name(number: int) -> str:
    """Return the name of a colour, such as ``#70ff70``."""
    return f"#{number:06x}"


def codes_of_colors(
    picture: LabelPicture, table: LabelTable | None, unannotated: int
) -> LabelPicture:
    """Return a colour mask with codes as its values.

    ValueError for colours that are none of a table's, or come of smoothing.
    """
    packed = _packed(picture.values)
    found = _distinct(packed)
    if len(found) > MOST_COLORS:
        raise ValueError(
            f"it holds more than {MOST_COLORS} colours, so it is a picture and no mask "
            "of regions; save the mask without smoothing and not as JPEG"
        )
    if table is None:
        _check_smoothing(packed, found)
        names = {code: hex_name(code) for code in found}
        new, colors, notes = found, {code: unpack(code) for code in found}, []
        names.pop(0, None)
        if 0xFFFFFF in found and unannotated != 0xFFFFFF:
            notes.append(
                "white (#ffffff) is a region; if it is the background, pass "
                f"unannotated_code={0xFFFFFF}."
            )
        if unannotated:
            names[0] = hex_name(0)
    else:
        new, names, colors, notes = _by_table(packed, found, table, unannotated)
    values = _replaced(packed, found, new)
    return LabelPicture(
        values,
        names,
        colors,
        picture.pixel_size_um,
        picture.offset_um,
        (*picture.notes, *notes),
    )


def _packed(values: NDArray) -> NDArray[np.int32]:
    if values.dtype != np.uint8:
        raise ValueError(
            f"its colours are of type {values.dtype}; colours of 8 bits are read: save "
            "it as an 8-bit RGB image"
        )
    packed = values[..., 0].astype(np.int32)
    for channel in (1, 2):
        packed <<= 8
        packed |= values[..., channel]
    if values.shape[-1] == 4:
        opacity = values[..., 3]
        partly = (opacity > 0) & (opacity < 255)
        if partly.any():
            raise ValueError(
                f"{partly.sum()} of its pixels are partly transparent; save the mask "
                "without smoothing and without transparency"
            )
        packed[opacity == 0] = 0
    return packed


def _distinct(packed: NDArray[np.int32]) -> list[int]:
    begins = np.ones(packed.shape, dtype=bool)
    begins[:, 1:] = packed[:, 1:] != packed[:, :-1]
    return [int(code) for code in np.unique(packed[begins])]


def _replaced(
    packed: NDArray[np.int32], found: list[int], new: list[int]
) -> NDArray[np.int64]:
    values = np.array(new, dtype=np.int64)
    if new == found:
        return packed.astype(np.int64)
    return values[np.searchsorted(np.array(found, dtype=np.int32), packed)]


def _check_smoothing(packed: NDArray[np.int32], found: list[int]) -> None:
    """Raise where colours lie between others and nowhere fill a square of 3 pixels."""
    solid = _solid(packed)
    thin = [code for code in found if code not in solid]
    mixed = _mixtures(packed, thin, solid) if len(thin) >= 3 else 0
    if mixed >= 3 and mixed > len(thin) / 2:
        raise ValueError(
            f"it holds {len(found)} colours, of which {mixed} occur only at edges, as "
            "mixtures of two others: it was smoothed when it was drawn or scaled. "
            "Save the mask without smoothing (no antialiasing, nearest neighbour, not "
            "JPEG)"
        )
    if len(thin) > 100 and len(thin) > 2 * len(solid) and _are_rare(packed, thin):
        raise ValueError(
            f"it holds {len(found)} colours, of which only {len(solid)} fill an area: "
            "it is a picture and no mask of regions; save the mask itself, without "
            "smoothing and not as JPEG"
        )


def _are_rare(packed: NDArray[np.int32], colors: list[int]) -> bool:
    """Tell whether most of some colours have fewer than three pixels."""
    _, counts = np.unique(packed[np.isin(packed, colors)], return_counts=True)
    return bool(np.median(counts) < 3)


def _solid(packed: NDArray[np.int32]) -> set[int]:
    """Return the colours that fill a square of 3 x 3 pixels somewhere."""
    middle = packed[1:-1, 1:-1]
    full = np.ones(middle.shape, dtype=bool)
    height, width = packed.shape
    for row in range(3):
        for col in range(3):
            full &= packed[row : height - 2 + row, col : width - 2 + col] == middle
    return set(np.unique(middle[full]).tolist())


def _mixtures(packed: NDArray[np.int32], thin: list[int], solid: set[int]) -> int:
    """Return how many colours are, where they first occur, between two around them."""
    at = np.flatnonzero(np.isin(packed, thin))
    colors, first = np.unique(packed.ravel()[at], return_index=True)
    rows, cols = np.unravel_index(at[first], packed.shape)
    mixed = 0
    for color, row, col in zip(colors.tolist(), rows, cols, strict=True):
        around = packed[max(row - 3, 0) : row + 4, max(col - 3, 0) : col + 4]
        near = sorted(set(np.unique(around).tolist()) & solid)
        mixed += _lies_between(unpack(color), np.array([unpack(code) for code in near]))
    return mixed


def _lies_between(color: Color, ends: NDArray) -> bool:
    """Tell whether a colour lies on a line between two others."""
    point, ends = np.array(color, dtype=float), ends.astype(float)
    for i, first in enumerate(ends):
        for line in ends[i + 1 :] - first:
            share = (point - first) @ line / (line @ line)
            if 0.01 < share < 0.99 and np.abs(point - first - share * line).max() <= 3:
                return True
    return False


def _by_table(
    packed: NDArray[np.int32], found: list[int], table: LabelTable, unannotated: int
) -> tuple[list[int], dict[int, str], dict[int, Color], list[str]]:
    """Return the new code of each colour, with names, colours and notes."""
    regions: dict[int, list[int]] = {}
    for id_ in table.rows:
        if id_ in table.colors and id_ not in regions.get(pack(table.colors[id_]), []):
            regions.setdefault(pack(table.colors[id_]), []).append(id_)
    if not regions:
        raise ValueError(
            f"it is a mask of colours, and {table.source} states no colours; pass a "
            "table with colours"
        )
    background = 0 if 0 in found and unannotated in regions.get(0, [0]) else None
    _check_known(packed, found, regions, background, table.source)
    names: dict[int, str] = {}
    colors: dict[int, Color] = {}
    new: list[int] = []
    notes: list[str] = []
    for code in found:
        ids = regions.get(code, [unannotated])
        if code == background or unannotated in ids:
            new.append(unannotated)
            continue
        whole = ids[0] if len(ids) == 1 else _common(ids, table)
        id_ = _SHARED + code if whole is None else whole
        names[id_] = hex_name(code) if whole is None else table.names[id_]
        if whole is None:
            shared = listed((repr(table.names[i]) for i in ids), 4)
            notes.append(
                f"the colour {hex_name(code)} stands for {len(ids)} regions in "
                f"{table.source} ({shared}), so that its region is called by the "
                "colour; a label image or a .flat file tells them apart."
            )
        colors[id_] = unpack(code)
        new.append(id_)
    return new, names, colors, notes


def _check_known(
    packed: NDArray[np.int32],
    found: list[int],
    regions: dict[int, list[int]],
    background: int | None,
    source: str,
) -> None:
    unknown = [code for code in found if code not in regions and code != background]
    if unknown:
        n_pixels = int(np.isin(packed, unknown).sum())
        raise ValueError(
            f"{len(unknown)} of its {len(found)} colours, on {n_pixels} pixels, are "
            f"not in {source}: {listed(map(hex_name, unknown), 5)}. Give the table of "
            "these colours, or save the mask without smoothing"
        )


def _common(ids: list[int], table: LabelTable) -> int | None:
    """Return the one of some regions of which all the others are part."""
    for id_ in ids:
        if all(other == id_ or id_ in _above(other, table) for other in ids):
            return id_
    return None


def _above(id_: int, table: LabelTable) -> set[int]:
    above: set[int] = set()
    at = table.parents.get(id_)
    while at is not None and at not in above:
        above.add(at)
        at = table.parents.get(at)
    return above
