"""Slices of a volume from BossDB, through its cutout interface."""

import http.client
import io
import re
import urllib.error
import urllib.parse
import urllib.request
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklearn_microarch._arguments._numbers import check_number, shown
from sklearn_microarch.exceptions import DownloadError

BOSSDB_URL = "https://api.bossdb.io"

# More than any npy header, and than what compression can add to noise.
_SLACK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class CutoutServer:
    """A server with BossDB's cutout interface; `timeout` is in seconds.

    Of the formats that the interface offers this asks for ``npygz``, a zlib stream of a
    NumPy file, because it states shape and type and carries a checksum. The array has
    axes z, y, x. Read access to public volumes goes by the token ``public``.
    """

    base_url: str
    timeout: float

    def __post_init__(self) -> None:
        check_number("timeout", self.timeout, low=1e-3, high=86_400.0, unit="seconds")
        _check_base_url(self.base_url)

    def slice_url(self, channel: str, z: int, *, shape: tuple[int, int]) -> str:
        """Return the address of slice `z` at full resolution, of the volume's shape.

        ``channel`` is ``collection/experiment/channel``; ranges are half-open.
        """
        service = f"{self.base_url.rstrip('/')}/v1/cutout"
        height, width = shape
        return f"{service}/{channel}/0/0:{width}/0:{height}/{z}:{z + 1}/"

    def download(
        self, url: str, *, shape: tuple[int, int], dtype: DTypeLike
    ) -> NDArray:
        """Return the slice (height, width) at an address, or raise DownloadError."""
        expected = (1, *shape)
        dtype = np.dtype(dtype)
        limit = int(np.prod(expected)) * dtype.itemsize + _SLACK_BYTES
        body = self._get(url, limit=limit)
        try:
            array = _decode_npygz(body, limit=limit)
        # A hostile header, which is Python text, fails in a dozen types.
        except Exception as exc:
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
            with _OPENER.open(request, timeout=self.timeout) as response:
                body = response.read(limit + 1)
        except urllib.error.HTTPError as exc:
            with exc:
                reason = exc.read(200).decode("utf-8", "replace")
            raise DownloadError(
                f"{url} answered HTTP {exc.code} {exc.reason}: {reason!r}. Try again "
                "later, or check that the data set is still at this address."
            ) from exc
        # URLError and TimeoutError are among the OSErrors; a redirect to no address
        # at all is a ValueError.
        except (OSError, ValueError, http.client.HTTPException) as exc:
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


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """Follows redirects within the web only, and none that gives up encryption.

    urllib would follow some to ftp.
    """

    def redirect_request(self, req: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        request = super().redirect_request(req, *args, **kwargs)
        allowed = ("https",) if req.type == "https" else ("http", "https")
        if request is not None and request.type not in allowed:
            raise urllib.error.URLError(
                f"redirected to {request.type}, not {' or '.join(allowed)}"
            )
        return request


_OPENER = urllib.request.build_opener(_WebOnly)


def _check_base_url(base_url: object) -> None:
    if not isinstance(base_url, str):
        given = None if base_url is None else type(base_url)
        raise TypeError(f"base_url={given} must be a string, such as {BOSSDB_URL!r}.")
    # Checked first, so that no message shows a password; a percent sign may hide one.
    if re.search("[@%?#]", base_url):
        raise ValueError(
            "base_url holds a user name, a password, a query or escaped characters, "
            "which records and messages would repeat; public volumes need none: give "
            f"scheme and host alone, as in {BOSSDB_URL!r}."
        )
    if not base_url.startswith(("http://", "https://")):
        raise ValueError(
            f"base_url={shown(base_url)} must begin with http:// or https://."
        )
    if not _is_address(base_url):
        raise ValueError(
            f"base_url={shown(base_url)} is no address of a server like {BOSSDB_URL}."
        )


def _is_address(url: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(url)
        sound = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return sound and url.isascii() and url.isprintable() and " " not in url


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
