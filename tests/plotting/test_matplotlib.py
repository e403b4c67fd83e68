"""Tests of sklearn_microarch.plotting._matplotlib."""

import subprocess
import sys


def test_without_matplotlib_the_error_names_the_remedy():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import sklearn_microarch\n"
        "try:\n"
        "    import sklearn_microarch.plotting\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "pip install 'sklearn-microarch[plot]'" in run.stdout


def test_the_library_itself_does_not_import_matplotlib():
    code = "import sys, sklearn_microarch; print('matplotlib' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"
