"""Tests that SIGTERM stops a command as Ctrl-C does: in one line, nothing half done."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from mapping.slices import bytes_of
from pipelines import fitted_pipeline, phantom

from sklearn_microarch import save_model
from sklearn_microarch.cli import main
from sklearn_microarch.cli._sigterm import Terminated, raise_on_sigterm
from sklearn_microarch.images import write_tiff

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM")

# A mapping that waits when some pieces are finished, and says so.
PAUSED = """
import sys, time
import sklearn_microarch.mapping._map_rows as row_loop
from sklearn_microarch.cli import main

iterate = row_loop.iterate_rows

def paused(*arguments, **settings):
    for at, found in enumerate(iterate(*arguments, **settings)):
        if at == 3:
            print("waiting", flush=True)
            time.sleep(60)
        yield found

row_loop.iterate_rows = paused
sys.exit(main())
"""


def stop_when(word, command, number):
    """Send a signal to a process once it says a word; return its status and words."""
    process = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # With a group of its own, in which nobody may stay behind.
        start_new_session=True,
    )
    said = ""
    try:
        for line in process.stdout:
            said += line
            if word in line:
                break
        process.send_signal(number)
        said += process.communicate(timeout=60)[0]
    finally:
        process.kill()
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    return process.returncode, said


def test_a_map_that_is_stopped_says_so_and_goes_on_later(tmp_path):
    model = save_model(fitted_pipeline(), tmp_path / "model.microarch")
    image = write_tiff(tmp_path / "new.tif", phantom().images[1])
    command = ["map", str(model), str(image), "--stride", "8", "--out"]
    out, whole = tmp_path / "maps", tmp_path / "whole"
    paused = ["-W", "ignore", "-c", PAUSED, *command, str(out)]
    status, said = stop_when("waiting", paused, signal.SIGTERM)
    line = "sklearn-microarch: error: stopped with SIGTERM"
    assert (status, said) == (143, f"waiting\n{line}\n")
    assert [path.name for path in out.iterdir()] == [".new_maps.unfinished"]
    for place in (out, whole):
        assert main([*command, str(place)]) == 0
    assert bytes_of(out) == bytes_of(whole)


def test_a_training_that_is_stopped_leaves_nothing(study, tmp_path):
    files = [str(study / name) for name in ("m1_s1.ome.tif", "m1_s1.geojson")]
    out = tmp_path / "one.microarch"
    command = ["-m", "sklearn_microarch", "train", *files, "-o", str(out)]
    settings = ["--patch-size-um", "28", "--patches", "40", "--epochs", "99999"]
    status, said = stop_when(
        "epoch 2", [*command, *settings, "--no-validation"], signal.SIGTERM
    )
    assert status == 143, said
    assert said.splitlines()[-1] == "sklearn-microarch: error: stopped with SIGTERM"
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_who_handles_the_signal_already_goes_on_doing_so():
    heard = []

    def listen(number, frame):
        heard.append(number)

    before = signal.signal(signal.SIGTERM, listen)
    try:
        with raise_on_sigterm():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [signal.SIGTERM]


def test_the_handler_is_there_for_as_long_as_it_is_needed():
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    with pytest.raises(Terminated), raise_on_sigterm():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_thread_leaves_signals_alone():
    seen = []

    def work():
        with raise_on_sigterm():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]


def test_a_fork_ends_at_once():
    with raise_on_sigterm():
        child = os.fork()
        if child == 0:
            try:
                signal.raise_signal(signal.SIGTERM)
            finally:
                os._exit(0)
        assert os.waitpid(child, 0)[1] == signal.SIGTERM
