"""What kind of image a file is, told from its first bytes; how others are converted."""

import gzip
import struct
import zlib
from pathlib import Path

TIFF, PNG_OR_JPEG, NIFTI, OME_ZARR = "TIFF", "PNG or JPEG", "NIfTI", "OME-Zarr"
COMPANION = "companion of OME-TIFF files"
_READ = (
    "TIFF of any dialect (OME-TIFF, ImageJ, SVS, NDPI, SCN), OME-Zarr, PNG, JPEG and "
    "NIfTI are read"
)
_CONVERT = (
    "; convert it first: in QuPath with File > Export images > OME TIFF, or with "
    "`bfconvert {name} {stem}.ome.tif`, or with `bioformats2raw {name} {stem}.ome.zarr`"
)
# A slide's file holds its thumbnail, or pointers to the pixels in other files.
_LIKE_ANOTHER = (".vsi", ".ets", ".mrxs")
_BY_SUFFIX = {
    ".vsi": "an Olympus VSI slide",
    ".ets": "the pixels of an Olympus VSI slide",
    ".mrxs": "a 3DHISTECH MRXS slide",
    ".lif": "a Leica LIF file",
    ".lof": "a Leica LOF file",
    ".xlef": "a Leica project",
    ".czi": "a Zeiss CZI file",
    ".nd2": "a Nikon ND2 file",
    ".oib": "an Olympus OIB file",
    ".oif": "an Olympus OIF file",
    ".oir": "an Olympus OIR file",
    ".ims": "an Imaris file",
    ".zvi": "a Zeiss ZVI file",
    ".dcm": "a DICOM file",
}
_BY_MAGIC = {
    b"ZISRAWFILE": "a Zeiss CZI file",
    b"\xda\xce\xbe\x0a": "a Nikon ND2 file",
    b"\x70\x00\x00\x00": "a Leica LIF file",
    b"\x89HDF\r\n\x1a\n": "an HDF5 file (ilastik, Imaris)",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a Zeiss ZVI or Olympus OIB file",
    b"\x00\x00\x00\x0cjP  ": "a JPEG 2000 picture",
    b"\xff\x4f\xff\x51": "a JPEG 2000 picture",
    b"BM": "a BMP picture",
    b"GIF8": "a GIF picture",
}
_NOT_PICTURES = {
    b"\x93NUMPY": "a NumPy array; load it with numpy.load and pass it to SliceImage",
    b"%PDF": "a PDF document; export the picture in it as PNG or TIFF",
    b"PK\x03\x04": "a zip archive; unpack it first, and read ImageJ's regions with "
    "read_rois",
    b"Iout": "ImageJ's outline of a region; read it with read_rois",
    b"<?xml": "text in XML, but does not describe a set of OME-TIFF files",
    b"\xef\xbb\xbf<?xml": "text in XML, but does not describe a set of OME-TIFF files",
}


def file_kind(path: Path) -> str:
    """Return the kind of a file or folder; ValueError says what it is instead."""
    if path.is_dir():
        return OME_ZARR
    with path.open("rb") as file:
        head = file.read(560)
    suffix = path.suffix.lower()
    if suffix in _LIKE_ANOTHER:
        raise ValueError(_convert(_BY_SUFFIX[suffix], path))
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return TIFF
    if head[:8] == b"\x89PNG\r\n\x1a\n" or head[:3] == b"\xff\xd8\xff":
        return PNG_OR_JPEG
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and b"<OME" in head:
        return COMPANION
    if is_nifti(_unpacked(path, head)):
        return NIFTI
    magic = next((magic for magic in _BY_MAGIC if head.startswith(magic)), None)
    if suffix in _BY_SUFFIX or magic is not None:
        what = _BY_SUFFIX.get(suffix) or _BY_MAGIC[magic or b""]
        raise ValueError(_convert(what, path))
    raise ValueError(_unknown(head))


def is_nifti(head: bytes) -> bool:
    """Tell whether a file begins as a NIfTI volume does."""
    if len(head) < 348:
        return False
    sizes = {struct.unpack(order + "i", head[:4])[0] for order in "<>"}
    if 348 in sizes:
        return head[344:348] in (b"n+1\0", b"ni1\0")
    return 540 in sizes and head[4:8] in (b"n+2\0", b"ni2\0")


def _unpacked(path: Path, head: bytes) -> bytes:
    if head[:2] != b"\x1f\x8b":
        return head
    try:
        with gzip.open(path) as file:
            return file.read(560)
    except (OSError, EOFError, zlib.error):
        return b""


def _convert(what: str, path: Path) -> str:
    command = _CONVERT.format(name=path.name, stem=path.name.split(".")[0])
    return f"it is {what}, which is not read{command}"


def _unknown(head: bytes) -> str:
    if not head:
        return f"it is empty; {_READ}"
    for magic, what in _NOT_PICTURES.items():
        if head.startswith(magic):
            return f"it is {what}. {_READ}"
    what = f"of no kind that is known (it begins with {head[:8]!r})"
    if head[128:132] == b"DICM":
        what = "a DICOM file, which is not read"
    elif head[:2] == b"\x1f\x8b":
        what = "packed with gzip and holds no NIfTI volume; unpack it"
    elif head.lstrip()[:1] in (b"{", b"["):
        what = "text in JSON, such as annotations of QuPath; read those with read_rois"
    elif b"\0" not in head and all(byte > 8 for byte in head):
        what = "text"
    return f"it is {what}. {_READ}"
