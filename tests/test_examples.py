"""The gallery runs, from the first line to the last, on smaller sections."""

from pathlib import Path

import matplotlib.pyplot as plt
import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("plot_*.py"))
# What is written for a picture to look at, and what a quick run takes instead.
SMALL = {
    "shape=(350, 1400)": "shape=(192, 768)",
    "shape=(256, 1024)": "shape=(192, 768)",
    "patch_size=48": "patch_size=24",
    "patch_size=40": "patch_size=24",
    "patch_size=32": "patch_size=16",
    "n_patches_per_roi=150": "n_patches_per_roi=60",
    "features__max_epochs=3": "features__max_epochs=1",
    "n_patches_per_roi=300": "n_patches_per_roi=60",
    "random_state=0)[:2]": "random_state=0).set_params(features__max_epochs=2)[:2]",
    "n_components=12, random_state=0)": "n_components=6, random_state=0)",
    "features__max_epochs=6": "features__max_epochs=2",
    "pipe.fit(": "pipe.set_params(features__max_epochs=2).fit(",
    "= pipe[:3]": "= pipe.set_params(features__max_epochs=2)[:3]",
}


def quick(path):
    """Return the code of an example, for a small section and a short training."""
    code = path.read_text()
    for written, small in SMALL.items():
        code = code.replace(written, small)
    return code


def test_the_gallery_is_found():
    assert len(EXAMPLES) >= 7


@pytest.mark.parametrize("written", SMALL)
def test_only_what_is_written_somewhere_is_made_small(written):
    assert any(written in path.read_text() for path in EXAMPLES)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
def test_example_runs(path):
    exec(compile(quick(path), path.name, "exec"), {"__name__": "__main__"})
    drawn = plt.get_fignums()
    plt.close("all")
    assert drawn or path.stem == "plot_4_search"
