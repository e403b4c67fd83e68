"""Which part of an OME-Zarr array is one slice: axes and indices, no file."""

from collections.abc import Sequence

AXES = ("t", "c", "z", "y", "x")

Index = tuple[int | slice, ...]


def select_slice(
    axes: Sequence[str], shape: tuple[int, ...], *, t: int | None, z: int | None
) -> Index:
    """Choose one slice of an array of any axes.

    Parameters
    ----------
    axes : sequence of str
        Names of the axes.
    shape : tuple of int
        Their lengths.
    t, z : int or None
        Position along time and depth; None where there is only one.

    Returns
    -------
    index : tuple of int and slice
        Selects an array of axes (y, x), or (c, y, x) where there are several
        channels.

    Raises
    ------
    ValueError
        If the axes are not those of OME-Zarr in their order, or a position is
        not given where there is a choice, or does not exist.

    Examples
    --------
    >>> select_slice(["t", "c", "z", "y", "x"], (1, 3, 8, 40, 60), t=None, z=5)
    (0, slice(None, None, None), 5, slice(None, None, None), slice(None, None, None))
    """
    lengths = dict(zip(axes, shape, strict=True))
    known = [axis for axis in AXES if axis in lengths]
    if known != list(axes) or known[-2:] != ["y", "x"]:
        listed = ", ".join(f"{axis}={n}" for axis, n in zip(axes, shape, strict=True))
        raise ValueError(
            f"its axes are {listed}; a slice needs y, x or c, y, x, after t and z if "
            f"any, in the order {', '.join(AXES)}"
        )
    chosen: dict[str, int | slice] = {
        axis: _position(axis, lengths.get(axis, 1), given)
        for axis, given in (("t", t), ("z", z))
    }
    if lengths.get("c") == 1:
        chosen["c"] = 0
    return tuple(chosen.get(axis, slice(None)) for axis in axes)


def _position(axis: str, length: int, given: int | None) -> int:
    choices = f"{axis}=0 to {axis}={length - 1}" if length > 1 else f"{axis}=0"
    if given is None:
        if length > 1:
            raise ValueError(
                f"it holds {length} positions along {axis}; choose one with {choices}"
            )
        return 0
    if not 0 <= given < length:
        raise ValueError(f"{axis}={given} does not exist; the choices are {choices}")
    return given
