"""Which planes of a TIFF series make up one slice: axes and indices, no file."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHANNEL_AXES = "CS"


@dataclass(frozen=True)
class PlaneSelection:
    """The pages that hold one slice, and the part of each that belongs to it."""

    # Numbers within the series: one per channel where each has pages of its own.
    pages: range
    # Of the image on one page, axes of length 1 included, and what it selects there.
    page_shape: tuple[int, ...]
    index: tuple[int | slice, ...]
    # Transposition that brings channels first, if there are any, and the width last.
    order: tuple[int, ...]

    def assemble(self, planes: list[NDArray]) -> NDArray:
        """Return ([n_channels,] height, width) from one array per page, or some."""
        parts = [plane.reshape(self.page_shape)[self.index] for plane in planes]
        image = np.stack(parts) if len(self.pages) > 1 else parts[0]
        return np.ascontiguousarray(image.transpose(self.order))


def select_planes(
    axes: str,
    shape: tuple[int, ...],
    page_size: int,
    page: int | None,
    *,
    z: int | None = None,
    t: int | None = None,
) -> PlaneSelection:
    """Find the pages of one slice in a series; ValueError where there is no such.

    ``axes`` has a letter per axis of ``shape``: Y and X, C or S for channels; any other
    is one to choose a page from, counted with the last axis fastest. ``page_size`` is
    the number of values on one page; ``z`` and ``t`` choose along Z and T instead.
    """
    channels, stack = channel_and_stack_axes(axes, shape)
    fixed = _depth_and_time(axes, shape, stack, z=z, t=t, page=page)
    rest = [axis for axis in stack if axis not in fixed]
    chosen = fixed | dict(
        zip(rest, _chosen_position(axes, shape, rest, page), strict=True)
    )
    n_outer = _n_axes_across_pages(shape, page_size)
    whole: list[int | slice] = [
        slice(None) if axis in channels or axes[axis] in "YX" else chosen.get(axis, 0)
        for axis in range(len(axes))
    ]
    inner = [
        axis for axis in range(n_outer, len(axes)) if isinstance(whole[axis], slice)
    ]
    outer = [axis for axis in channels if axis < n_outer]
    kept = outer + inner
    order = [axes.index("Y"), axes.index("X")]
    return PlaneSelection(
        pages=_page_numbers(shape[:n_outer], whole[:n_outer]),
        page_shape=shape[n_outer:],
        index=tuple(whole[n_outer:]),
        order=tuple(kept.index(axis) for axis in channels + order),
    )


def channel_and_stack_axes(
    axes: str, shape: tuple[int, ...]
) -> tuple[list[int], list[int]]:
    """Return which axes, longer than 1, are channels, and which a stack of planes."""
    if axes.count("Y") != 1 or axes.count("X") != 1:
        raise ValueError(
            f"its axes are {_describe(axes, shape)}; an image needs one Y and one X"
        )
    long = [axis for axis, length in enumerate(shape) if length != 1]
    channels = [axis for axis in long if axes[axis] in CHANNEL_AXES]
    if len(channels) > 1:
        raise ValueError(
            f"its axes are {_describe(axes, shape)}; at most one axis of channels (C) "
            "or samples (S) can be read: save one of them alone"
        )
    stack = [axis for axis in long if axes[axis] not in CHANNEL_AXES + "YX"]
    return channels, stack


def _depth_and_time(
    axes: str,
    shape: tuple[int, ...],
    stack: list[int],
    *,
    z: int | None,
    t: int | None,
    page: int | None,
) -> dict[int, int]:
    """Return the position along the axes that ``z`` and ``t`` stand for."""
    found: dict[int, int] = {}
    for name, given in (("z", z), ("t", t)):
        if given is None:
            continue
        if page is not None:
            raise ValueError(
                f"page={page} and {name}={given} are both given; one is enough"
            )
        here = [axis for axis in stack if axes[axis] == name.upper()]
        if not here and name == "z":
            # A stack whose axis nobody named is one of depth.
            unnamed = [axis for axis in stack if axes[axis] not in "TZ"]
            here = unnamed if len(unnamed) == 1 else []
        length = shape[here[0]] if here else 1
        if not 0 <= given < length:
            choices = f"{name}=0 to {name}={length - 1}" if length > 1 else f"{name}=0"
            raise ValueError(
                f"{name}={given} does not exist; the choices are {choices} (axes "
                f"{_describe(axes, shape)})"
            )
        if here:
            found[here[0]] = given
    return found


def _chosen_position(
    axes: str, shape: tuple[int, ...], stack: list[int], page: int | None
) -> tuple[int, ...]:
    lengths = [shape[axis] for axis in stack]
    n_pages = math.prod(lengths)
    choices = f"page=0 to page={n_pages - 1}" if n_pages > 1 else "page=0 or page=None"
    if stack:
        choices += (
            f" (axes {_describe(''.join(axes[i] for i in stack), tuple(lengths))}"
        )
        choices += ", the last one fastest)" if len(stack) > 1 else ")"
        choices += ", or with z= and t=" if set(axes) & set("ZT") else ""
    if page is None and stack:
        raise ValueError(f"it holds {n_pages} slices; choose one with {choices}")
    if page is not None and not 0 <= page < n_pages:
        raise ValueError(f"page={page} does not exist; the choices are {choices}")
    return tuple(int(i) for i in np.unravel_index(page or 0, lengths)) if stack else ()


def _n_axes_across_pages(shape: tuple[int, ...], page_size: int) -> int:
    for n_outer in range(len(shape) + 1):
        if math.prod(shape[n_outer:]) == page_size:
            return n_outer
    raise ValueError(
        f"its shape {shape} cannot be made of pages with {page_size} values each"
    )


def _page_numbers(lengths: tuple[int, ...], index: list[int | slice]) -> range:
    """Return the flat page numbers that ``index`` selects; at most one is a slice."""
    start, step, count = 0, 1, 1
    weight = math.prod(lengths)
    for length, position in zip(lengths, index, strict=True):
        weight //= length
        if isinstance(position, slice):
            step, count = weight, length
        else:
            start += position * weight
    return range(start, start + step * count, step)


def _describe(axes: str, shape: tuple[int, ...]) -> str:
    return " x ".join(f"{axis}={n}" for axis, n in zip(axes, shape, strict=True))
