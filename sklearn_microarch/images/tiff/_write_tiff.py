"""Write a slice or a stack of maps as OME-TIFF, with its pixel size."""

import hashlib
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_path, check_switch, shown
from sklearn_microarch._whole import replace_file
from sklearn_microarch.images._channel_names import check_channel_names, check_text
from sklearn_microarch.images._pixel_size import check_pixel_size
from sklearn_microarch.images._slice_image import SliceImage, as_slice_image

_COMPRESSIONS = (None, "zlib", "lzw", "zstd", "lzma", "packbits")
_STORED_AS: dict[str, str] = {"bool": "uint8", "float16": "float32"}
_STORED_IF_IT_FITS: dict[str, str] = {"int64": "int32", "uint64": "uint32"}


def write_tiff(
    path: str | Path,
    image: SliceImage | ArrayLike,
    *,
    pixel_size_um: float | None = None,
    channel_names: Sequence[str] | None = None,
    compression: str | None = "zlib",
    description: str | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a slice or maps to a TIFF file that keeps the pixel size.

    Parameters
    ----------
    path : str or pathlib.Path
        File to write; its folder must exist.
    image : SliceImage or array-like
        Of shape (height, width), or (n_channels, height, width) such as one
        map per factor.
    pixel_size_um : float or None, default=None
        Edge length of a pixel, in micrometres. None: that of ``image``.
    channel_names : sequence of str or None, default=None
        One name per channel, for example ``["factor07_VP", ...]``.
    compression : {"zlib", "lzw", "zstd", "lzma", "packbits"} or None, \
            default="zlib"
        Lossless compression; None stores the pixels as they are.
    description : str or None, default=None
        Free text, kept as the description of the OME image.
    overwrite : bool, default=False
        Whether a file at ``path`` may be replaced.

    Returns
    -------
    path : pathlib.Path
        The file written.

    Raises
    ------
    FileExistsError
        If ``path`` exists and ``overwrite`` is False, or it is no ordinary file.
    OSError
        If the file cannot be written, for example for want of space. A file
        that was there before is untouched then.
    TypeError, ValueError
        If ``image`` is no image, its values do not fit any pixel type of the
        format, ``channel_names`` has another length than there are channels,
        ``compression`` is unknown, or a name or the description holds characters
        that XML cannot hold, such as control characters.

    See Also
    --------
    read_tiff : Read the file back.

    Notes
    -----
    The dialect is OME-TIFF: unlike ImageJ's it takes every integer and float
    type of 8 to 32 bits and float64, states the pixel size in micrometres as
    decimal text, which reads back exactly, and has a place for channel names.
    The resolution tags state the pixel size as well, for programs that know
    no OME. Booleans are stored as uint8, float16 as float32, and 64-bit
    integers, which the format lacks, as 32-bit ones when all values fit.

    A single channel reads back as a 2-D image. Equal images with equal names
    and settings give equal bytes, for one version of tifffile.

    References
    ----------
    .. [1] Open Microscopy Environment, "The OME-TIFF format",
       https://ome-model.readthedocs.io/en/stable/ome-tiff/

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> from sklearn_microarch.images import read_tiff, write_tiff
    >>> maps = np.zeros((2, 40, 60), dtype="float32")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_tiff(f"{folder}/factors.ome.tif", maps, pixel_size_um=9.36,
    ...                       channel_names=["factor07_VP", "factor02_cortex"])
    ...     read_tiff(path)
    SliceImage('factors', 2 x 40 x 60 float32, 9.36 um per pixel)
    """
    path = check_path("path", path)
    image = as_slice_image(image)
    if pixel_size_um is None:
        pixel_size_um = image.pixel_size_um
    pixel_size_um = check_pixel_size(pixel_size_um)
    if channel_names is not None:
        n_channels = image.n_channels or 1
        channel_names = check_channel_names(channel_names, n_channels=n_channels)
    if description is not None:
        check_text("description", description, lines=True)
    check_text("image.name", image.name)
    if not isinstance(compression, str | None) or compression not in _COMPRESSIONS:
        choices = ", ".join(map(repr, _COMPRESSIONS))
        raise ValueError(f"compression={shown(compression)} must be one of {choices}.")
    overwrite = check_switch("overwrite", overwrite)
    pixels = as_ome_type(image.pixels)
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"{path} exists; pass overwrite=True to replace it, or another path."
        )
    with replace_file(path) as file:
        tifffile.imwrite(
            file,
            pixels,
            ome=True,
            photometric="minisblack",
            compression=compression,
            metadata=_ome_metadata(
                image, pixels, channel_names, pixel_size_um, description
            ),
            **_resolution(pixel_size_um),
        )
    return path


def as_ome_type(pixels: NDArray) -> NDArray:
    """Return the pixels in a type that OME-TIFF has, without loss."""
    name = pixels.dtype.name
    if name in _STORED_AS:
        return pixels.astype(_STORED_AS[name])
    if name in _STORED_IF_IT_FITS:
        narrow = np.iinfo(_STORED_IF_IT_FITS[name])
        if pixels.min() < narrow.min or pixels.max() > narrow.max:
            raise ValueError(
                f"image has {name} values from {pixels.min()} to {pixels.max()}; "
                f"OME-TIFF holds integers from {narrow.min} to {narrow.max}. Convert "
                "it to float64 first if rounding is acceptable."
            )
        return pixels.astype(narrow.dtype)
    if pixels.dtype.kind == "f" and pixels.dtype.itemsize > 8:
        raise TypeError(
            f"image has dtype {name}, which TIFF cannot hold; convert it to float64."
        )
    return pixels


def _ome_metadata(
    image: SliceImage,
    pixels: NDArray,
    channel_names: Sequence[str] | None,
    pixel_size_um: float | None,
    description: str | None,
) -> dict[str, Any]:
    # The buffer itself: large maps are not copied to be hashed.
    content = hashlib.sha256(np.ascontiguousarray(pixels).data)
    content.update(f"{pixels.dtype} {pixels.shape} {image.name}".encode())
    metadata: dict[str, Any] = {
        "axes": "CYX"[-pixels.ndim :],
        # Random by default, which would make every file differ.
        "UUID": str(uuid.uuid5(uuid.NAMESPACE_OID, content.hexdigest())),
    }
    if image.name:
        metadata["Name"] = image.name
    if description is not None:
        metadata["Description"] = description
    if channel_names is not None:
        metadata["Channel"] = {"Name": list(channel_names)}
    if pixel_size_um is not None:
        for axis in "XY":
            metadata[f"PhysicalSize{axis}"] = pixel_size_um
            metadata[f"PhysicalSize{axis}Unit"] = "µm"
    return metadata


def _resolution(pixel_size_um: float | None) -> dict[str, Any]:
    if pixel_size_um is None:
        return {}
    return {
        "resolution": (1e4 / pixel_size_um, 1e4 / pixel_size_um),
        "resolutionunit": "CENTIMETER",
    }
