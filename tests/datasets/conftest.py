"""Where real slices are, and a server that stands in for the one on the internet."""

import io
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray


@pytest.fixture
def prasad_home() -> Path:
    """Return the folder with the real slices, or skip where there is none."""
    folder = Path(os.environ.get("SKLEARN_MICROARCH_DATA", ""))
    if not (folder / "prasad2020_z159.tif").is_file():
        pytest.skip(
            "needs prasad2020_z159.tif in the folder that the environment variable "
            "SKLEARN_MICROARCH_DATA names"
        )
    return folder


@pytest.fixture
def empty_home(tmp_path, monkeypatch) -> Path:
    """Return the only data folder there is for the time of a test."""
    monkeypatch.setenv("SKLEARN_MICROARCH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "data"


class LocalServer:
    """Answers to the paths it was told of, and remembers what was asked.

    Attributes
    ----------
    url : str
        Scheme, host and port.
    answers : dict
        Status and body by path; any other path gets a 404.
    redirects : dict
        Where a path sends the client instead.
    requests : list
        Path and headers of each request, in order.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.redirects: dict[str, str] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []


@pytest.fixture
def local_server(monkeypatch) -> Iterator[LocalServer]:
    """Serve on this machine, in a thread."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            local.requests.append((self.path, dict(self.headers)))
            if self.path in local.redirects:
                self.send_response(302)
                self.send_header("Location", local.redirects[self.path])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            status, body = local.answers.get(self.path, (404, b"no such cutout"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        local = LocalServer(f"http://127.0.0.1:{server.server_port}")
        poll = {"poll_interval": 0.01}
        thread = threading.Thread(target=server.serve_forever, kwargs=poll, daemon=True)
        thread.start()
        yield local
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def as_npygz() -> Callable[[NDArray], bytes]:
    """Return the function that packs an array as the cutout interface sends it."""

    def pack(array: NDArray) -> bytes:
        file = io.BytesIO()
        np.save(file, array)
        return zlib.compress(file.getvalue(), level=1)

    return pack
