"""Write a figure as a picture file."""

from pathlib import Path
from typing import TYPE_CHECKING

from sklearn_microarch._whole import replace_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

_DPI = 150


def write_picture(figure: "Figure | SubFigure", folder: Path, name: str) -> Path:
    """Write a figure as PNG in a folder, which is made; return its path."""
    from matplotlib import pyplot as plt

    whole = figure.get_figure(root=True)
    assert whole is not None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    with replace_file(path) as file:
        whole.savefig(file, format="png", dpi=_DPI, bbox_inches="tight")
    plt.close(whole)
    return path
