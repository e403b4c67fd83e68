"""Tests of sklearn_microarch.datasets.prasad2020._bossdb."""

import socket
import traceback
import urllib.error
import urllib.request
import zlib
from functools import partial

import numpy as np
import pytest

from sklearn_microarch.datasets.prasad2020._bossdb import CutoutServer, _WebOnly
from sklearn_microarch.exceptions import DownloadError

SHAPE = (7, 9)
PATH = "/v1/cutout/prasad/prasad2020/image/0/0:9/0:7/159:160/"


def download(server, timeout=10.0, dtype=np.uint8):
    client = CutoutServer(server.url, timeout)
    url = client.slice_url("prasad/prasad2020/image", 159, shape=SHAPE)
    return client.download(url, shape=SHAPE, dtype=dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint64])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_slice_arrives_as_it_was_sent(local_server, as_npygz, rng, dtype, order):
    sent = np.asarray(rng.integers(0, 9, (1, *SHAPE)), dtype=dtype, order=order)
    local_server.answers[PATH] = 200, as_npygz(sent)
    np.testing.assert_array_equal(download(local_server, dtype=dtype), sent[0])


def test_the_request_is_what_the_interface_documents(local_server, as_npygz):
    local_server.answers[PATH] = 200, as_npygz(np.ones((1, *SHAPE), np.uint8))
    download(local_server)
    [(path, headers)] = local_server.requests
    assert path == PATH
    assert headers["Accept"] == "application/npygz"
    assert headers["Authorization"] == "Token public"


def npy_header(text):
    header = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


HUGE = npy_header(
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 70000, 90000)}"
)
DEEP = npy_header("(" * 5000)
OBJECT = (
    npy_header("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}") + b"\0" * 8
)


@pytest.mark.parametrize(
    "status, body, message",
    [
        (500, b'{"message": "down"}', "HTTP 500.*down"),
        (403, b"", "HTTP 403"),
        (200, b"", "no complete array"),
        (200, b"<html>", "no complete array"),
        (200, zlib.compress(b"not an array"), "no complete array"),
        (200, zlib.compress(HUGE), "no complete array"),
        (200, zlib.compress(DEEP), "no complete array"),
        (200, zlib.compress(OBJECT), "Python objects"),
        (200, zlib.compress(bytes(30_000_000)), "cut off or too long"),
        (200, bytes(3_000_000), "sent more than"),
    ],
)
def test_anything_but_the_slice_is_an_error_that_names_the_address(
    local_server, status, body, message
):
    local_server.answers[PATH] = status, body
    with pytest.raises(DownloadError, match=message) as caught:
        download(local_server)
    assert local_server.url + PATH in str(caught.value)


@pytest.mark.parametrize(
    "array, message",
    [
        (np.ones((2, *SHAPE), np.uint8), r"shape \(2, 7, 9\)"),
        (np.ones((1, 9, 7), np.uint8), r"shape \(1, 9, 7\)"),
        (np.ones((1, *SHAPE), np.uint16), "dtype uint16"),
    ],
)
def test_another_shape_or_type_is_an_error(local_server, as_npygz, array, message):
    local_server.answers[PATH] = 200, as_npygz(array)
    with pytest.raises(DownloadError, match=message):
        download(local_server)


def test_a_stream_that_is_cut_off_is_an_error(local_server, as_npygz):
    body = as_npygz(np.ones((1, *SHAPE), np.uint8))
    local_server.answers[PATH] = 200, body[:-9]
    with pytest.raises(DownloadError, match="cut off"):
        download(local_server)


def test_an_unknown_slice_is_an_error(local_server):
    with pytest.raises(DownloadError, match="HTTP 404"):
        download(local_server)


def test_a_server_that_never_answers_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = CutoutServer(f"http://127.0.0.1:{silent.getsockname()[1]}", 0.2)
        url = client.slice_url("a/b/c", 0, shape=SHAPE)
        with pytest.raises(DownloadError, match=r"timeout=0\.2"):
            client.download(url, shape=SHAPE, dtype=np.uint8)


def test_a_server_that_is_not_there_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    client = CutoutServer(f"http://127.0.0.1:{port}", 5)
    url = client.slice_url("a/b/c", 0, shape=SHAPE)
    with pytest.raises(DownloadError, match="Check the network"):
        client.download(url, shape=SHAPE, dtype=np.uint8)


def test_a_connection_that_breaks_off_is_an_error(local_server, as_npygz):
    whole = as_npygz(np.ones((1, *SHAPE), np.uint8))

    class Longer(bytes):
        """Claims more bytes than it has, so that the connection ends early."""

        def __len__(self) -> int:
            return super().__len__() + 100

    local_server.answers[PATH] = 200, Longer(whole[:20])
    with pytest.raises(DownloadError, match=PATH):
        download(local_server, timeout=1)


def test_a_redirect_leads_to_the_web_only(local_server):
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.2)
        for scheme in ("ftp", "file"):
            target = f"{scheme}://127.0.0.1:{other.getsockname()[1]}/x"
            local_server.redirects[PATH] = target
            with pytest.raises(
                DownloadError, match=rf"{PATH}.*(redirected|not allowed)"
            ):
                download(local_server, timeout=1)
        with pytest.raises(TimeoutError):
            other.accept()


def test_a_redirect_within_the_web_is_followed(local_server, as_npygz):
    sent = np.ones((1, *SHAPE), np.uint8)
    local_server.redirects[PATH] = f"{local_server.url}/elsewhere"
    local_server.answers["/elsewhere"] = 200, as_npygz(sent)
    np.testing.assert_array_equal(download(local_server), sent[0])


def test_a_redirect_keeps_what_is_encrypted_so():
    request = urllib.request.Request("https://api.bossdb.io/x")
    follow = partial(_WebOnly().redirect_request, request, None, 302, "Found", {})
    assert follow("https://elsewhere.org/x").full_url == "https://elsewhere.org/x"
    with pytest.raises(urllib.error.URLError, match="redirected to http, not https"):
        follow("http://elsewhere.org/x")


@pytest.mark.parametrize(
    "base_url",
    [
        "https://user:secret@api.bossdb.io",
        "user:secret@api.bossdb.io",
        "https://user:secret%40api.bossdb.io",
        "https://api.bossdb.io?token=secret",
        b"https://user:secret@api.bossdb.io",
        ["https://user:secret@api.bossdb.io"],
    ],
)
def test_a_password_is_refused_and_not_repeated(base_url):
    with pytest.raises((TypeError, ValueError), match="base_url") as caught:
        CutoutServer(base_url, 5)
    assert "secret" not in "".join(traceback.format_exception_only(caught.value))
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "timeout",
    [None, "5", b"5", True, np.nan, np.inf, -1, 0, 1e300, 10**400, 1j, [5], object()],
)
def test_a_timeout_that_is_none_is_named(timeout):
    with pytest.raises((TypeError, ValueError), match=r"timeout=.* must .*seconds"):
        CutoutServer("https://api.bossdb.io", timeout)


@pytest.mark.parametrize("base_url", [None, 5, np.nan, object()])
def test_a_server_without_an_address_is_named(base_url):
    with pytest.raises(TypeError, match=r"base_url=.* must be a string"):
        CutoutServer(base_url, 5)


@pytest.mark.parametrize(
    "base_url",
    [
        "file:///etc",
        "api.bossdb.io",
        "",
        "http://",
        "http://[",
        "http://host:99999",
        "http://ho st",
        "http://höst",
        "http://host\n",
    ],
)
def test_only_the_web_is_asked(base_url):
    with pytest.raises(ValueError, match="base_url="):
        CutoutServer(base_url, 5)
