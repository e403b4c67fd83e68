"""Look at an array in NumPy's format before it is read."""

import io
from math import prod

from numpy.lib import format as npy

# Nothing that is longer is a header of plain numbers.
_LONGEST_HEADER = 4096
# Truth values, integers, floating-point numbers and text; never Python objects.
_KINDS = "biufU"


def array_problem(data: bytes) -> str | None:
    """Return what is wrong with a ``.npy`` member, None for nothing.

    The header must ask for as many bytes as there are, so that no header makes NumPy
    set memory aside that the file does not fill.
    """
    stream = io.BytesIO(data)
    try:
        version = npy.read_magic(stream)
        read = {
            (1, 0): npy.read_array_header_1_0,
            (2, 0): npy.read_array_header_2_0,
        }.get(version)
        if read is None:
            return f"the array is of version {version}; (1, 0) and (2, 0) are read"
        shape, _, dtype = read(stream, max_header_size=_LONGEST_HEADER)
    # NumPy raises what its parser of headers raises.
    except Exception as error:
        return f"the array has no header that NumPy can read ({_first_line(error)})"
    if dtype.kind not in _KINDS or dtype.subdtype is not None:
        return f"the array is of dtype {dtype}; only numbers and text are read"
    if any(length < 0 for length in shape):
        return f"the array has a negative shape {shape}"
    wanted, found = prod(shape) * dtype.itemsize, len(data) - stream.tell()
    if wanted != found:
        return (
            f"the array of shape {shape} and dtype {dtype} takes {wanted} bytes, and "
            f"{found} are there"
        )
    return None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:120] or type(error).__name__
