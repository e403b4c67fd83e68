"""Tests of signals in a script that maps: what Python can do, and what it cannot."""

import signal
import subprocess
import sys

import joblib
import pytest
from mapping.slices import assert_equal_maps, bytes_of, in_memory, piece
from pipelines import fitted_pipeline

from sklearn_microarch import map_slice
from sklearn_microarch.exceptions import OutputInUseError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM")

# A mapping that waits when some pieces are finished, and says so.
SCRIPT = """
import signal, sys, time
import joblib
import sklearn_microarch.mapping._map_rows as row_loop
from sklearn_microarch import map_slice

model, out, as_ctrl_c = sys.argv[1:]
if as_ctrl_c == "True":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
iterate = row_loop.iterate_rows

def paused(*arguments, **settings):
    for at, found in enumerate(iterate(*arguments, **settings)):
        if at == 3:
            print("waiting", flush=True)
            time.sleep(60)
        yield found

row_loop.iterate_rows = paused
try:
    map_slice(*joblib.load(model), stride=6, out=out, resume=True)
except KeyboardInterrupt:
    sys.exit("raised")
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Return the path of a fitted pipeline and a slice."""
    path = tmp_path_factory.mktemp("model") / "both.joblib"
    joblib.dump((fitted_pipeline(), piece()), path)
    return path


def hidden(folder):
    return sorted(path.name for path in folder.rglob(".*"))


# Without a handler nothing runs after the signal.
@pytest.mark.parametrize("as_ctrl_c, name", [(True, "maps"), (False, "maps.zarr")])
def test_a_script_that_is_told_to_end_goes_on_later(tmp_path, model, as_ctrl_c, name):
    out = tmp_path / name
    pipe, image = joblib.load(model)
    settings = {"stride": 6, "out": out, "resume": True}
    arguments = [str(model), str(out), str(as_ctrl_c)]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "waiting\n"
        # Meanwhile the place is taken, by a process that is named.
        with pytest.raises(OutputInUseError, match=f"by process {process.pid} on"):
            map_slice(pipe, image, **settings)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == (1 if as_ctrl_c else -signal.SIGTERM)
    assert said == ("raised\n" if as_ctrl_c else "")
    # The lock of a process that has ended is nobody's.
    locked = any(one.endswith(".lock") for one in hidden(tmp_path))
    assert locked != as_ctrl_c
    maps = map_slice(pipe, image, **settings)
    assert_equal_maps(maps, in_memory(6))
    assert hidden(tmp_path) == []
    whole = tmp_path / "whole" / name
    whole.parent.mkdir()
    map_slice(pipe, image, **settings | {"out": whole})
    assert bytes_of(out) == bytes_of(whole)
