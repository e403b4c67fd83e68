"""Download slices of the thalamocortical section and check what arrives."""

from pathlib import Path

import numpy as np

from sklearn_microarch.datasets.prasad2020._bossdb import CutoutServer
from sklearn_microarch.datasets.prasad2020._files import save_download
from sklearn_microarch.datasets.prasad2020._regions import (
    SLICE_SHAPE,
    TISSUE_SLICES,
    unknown_codes,
)
from sklearn_microarch.exceptions import DownloadError


def download_image(path: Path, z: int, server: CutoutServer) -> None:
    """Download the raw image of slice `z` to a file, or raise DownloadError."""
    url = server.slice_url("prasad/prasad2020/image", z, shape=SLICE_SHAPE)
    pixels = server.download(url, shape=SLICE_SHAPE, dtype=np.uint8)
    if z in TISSUE_SLICES and not pixels.any():
        raise DownloadError(
            f"{url} sent only zeros, but slice z={z} holds tissue; nothing was kept. "
            "Try again later."
        )
    _save(path, pixels, url=url)


def download_rois(path: Path, z: int, server: CutoutServer) -> None:
    """Download the annotation of slice `z`, as uint8 codes, or raise DownloadError."""
    channel = "prasad/prasad2020/region_of_interest"
    url = server.slice_url(channel, z, shape=SLICE_SHAPE)
    codes = server.download(url, shape=SLICE_SHAPE, dtype=np.uint64)
    unknown = unknown_codes(codes)
    if unknown or not codes.any():
        problem = f"the ROI codes {unknown[:8]}" if unknown else "no ROI at all"
        raise DownloadError(
            f"{url} sent {problem}; annotated slices of this data set have codes from "
            "1 to 8. Nothing was kept."
        )
    _save(path, codes.astype(np.uint8), url=url)


def _save(path: Path, pixels: np.ndarray, *, url: str) -> None:
    try:
        save_download(path, pixels, url=url)
    except OSError as exc:
        raise DownloadError(
            f"{url} was downloaded but could not be kept as {path} ({exc}); pass "
            "data_home with a folder that can be written to."
        ) from exc
