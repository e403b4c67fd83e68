"""Slices of a volume from BossDB, through its cutout interface."""

import http.client
import io
import urllib.error
import urllib.request
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklearn_microarch.exceptions import DownloadError

BOSSDB_URL = "https://api.bossdb.io"

# More than any npy header, and than what compression can add to noise.
_SLACK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class CutoutServer:
    """A server with BossDB's cutout interface.

    Parameters
    ----------
    base_url : str
        Scheme (http or https) and host.
    timeout : float
        Longest wait for the server at any one time, in seconds.

    Notes
    -----
    Of the formats that the interface offers this asks for ``npygz``, a zlib
    stream of a NumPy file, because it states shape and type and carries a
    checksum. The array has axes z, y, x. Read access to public volumes goes
    by the token ``public``.
    """

    base_url: str
    timeout: float

    def __post_init__(self) -> None:
        if not self.base_url.startswith(("http://", "https://")):
            raise ValueError(
                f"base_url={self.base_url!r} must begin with http:// or https://."
            )

    def slice_url(self, channel: str, z: int, *, shape: tuple[int, int]) -> str:
        """Return the address of slice ``z`` at full resolution.

        Parameters
        ----------
        channel : str
            ``collection/experiment/channel``.
        z : int
            Number of the slice; the interface takes half-open ranges.
        shape : tuple of int
            Height and width of the volume, in pixels.

        Examples
        --------
        >>> server = CutoutServer("https://api.bossdb.io", timeout=60)
        >>> server.slice_url("prasad/prasad2020/image", 159, shape=(1420, 5805))
        'https://api.bossdb.io/v1/cutout/prasad/prasad2020/image/0/0:5805/0:1420/159:160/'
        """
        service = f"{self.base_url.rstrip('/')}/v1/cutout"
        height, width = shape
        return f"{service}/{channel}/0/0:{width}/0:{height}/{z}:{z + 1}/"

    def download(
        self, url: str, *, shape: tuple[int, int], dtype: DTypeLike
    ) -> NDArray:
        """Download the slice at an address made by `slice_url`.

        Parameters
        ----------
        url : str
            Address of one slice.
        shape : tuple of int
            Height and width that must arrive, in pixels.
        dtype : dtype
            Type that must arrive.

        Returns
        -------
        pixels : ndarray of shape (height, width)

        Raises
        ------
        DownloadError
            If the server cannot be reached, refuses, or sends anything but an
            array of that shape and type.
        """
        expected = (1, *shape)
        dtype = np.dtype(dtype)
        limit = int(np.prod(expected)) * dtype.itemsize + _SLACK_BYTES
        body = self._get(url, limit=limit)
        try:
            array = _decode_npygz(body, limit=limit)
        except (ValueError, zlib.error) as exc:
            raise DownloadError(
                f"{url} sent {len(body)} bytes that are no complete array ({exc}). Try "
                "again; if it lasts, the interface of the server has changed."
            ) from exc
        if array.shape != expected or array.dtype != dtype:
            raise DownloadError(
                f"{url} sent an array of shape {array.shape} and dtype {array.dtype} "
                f"instead of {expected} and {dtype}; the volume has changed, or the "
                "address is not of this data set."
            )
        return array[0]

    def _get(self, url: str, *, limit: int) -> bytes:
        request = urllib.request.Request(
            url,
            headers={"Accept": "application/npygz", "Authorization": "Token public"},
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as response:
                body = response.read(limit + 1)
        except urllib.error.HTTPError as exc:
            with exc:
                reason = exc.read(200).decode("utf-8", "replace")
            raise DownloadError(
                f"{url} answered HTTP {exc.code} {exc.reason}: {reason!r}. Try again "
                "later, or check that the data set is still at this address."
            ) from exc
        # URLError and TimeoutError are among the OSErrors.
        except (OSError, http.client.HTTPException) as exc:
            raise DownloadError(
                f"{url} could not be downloaded ({exc}). Check the network connection "
                f"and try again, or raise timeout={self.timeout:g} (seconds)."
            ) from exc
        if len(body) > limit:
            raise DownloadError(
                f"{url} sent more than {limit} bytes, which is more than the slice can "
                "have; the address is not of this data set."
            )
        return body


def _decode_npygz(body: bytes, *, limit: int) -> NDArray:
    stream = zlib.decompressobj()
    file = io.BytesIO(stream.decompress(body, limit))
    if not stream.eof:
        raise ValueError("its compressed stream is cut off or too long")
    # The header is judged before an array of the size it claims is allocated.
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError(f"its format version is {version} instead of (1, 0)")
    shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    values = np.frombuffer(file.getbuffer()[file.tell() :], dtype)
    return values.reshape(shape, order="F" if is_fortran else "C")
