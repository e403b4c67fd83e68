"""Pictures of the annotation, and the page of a training."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from sklearn_microarch._whole import replace_file
from sklearn_microarch.checking import SliceCheck
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.mapping.sinks._tiff_folder import file_stem
from sklearn_microarch.studies.training._annotated_sections import AnnotatedSection
from sklearn_microarch.studies.training._trained_study import TrainedStudy

_DPI = 150


def draw_training(
    trained: TrainedStudy,
    sections: Sequence[AnnotatedSection],
    checks: Sequence[SliceCheck],
    say: Callable[[str], None] | None,
) -> TrainedStudy:
    """Return a training with its page and pictures, which are written beside it.

    Where a package for them is missing, the model is there all the same, and it is
    said.
    """
    missing = [name for name in ("matplotlib", "jinja2") if find_spec(name) is None]
    if say is not None:
        say(
            f"no page: {missing[0]} is not installed; pip install "
            "'sklearn-microarch[report]' adds it"
            if missing
            else "drawing the annotation and writing the page"
        )
    if missing:
        return trained
    stem = trained.path.with_suffix("")
    overlays = _draw_overlays(checks, stem.with_name(f"{stem.name}_overlays"))
    page = _write_page(trained, sections, stem.with_suffix(".html"))
    return replace(trained, page=page, overlays=tuple(overlays))


def _draw_overlays(checks: Sequence[SliceCheck], folder: Path) -> list[Path]:
    """Draw each section with the outlines and names of its regions."""
    from matplotlib import pyplot as plt
    from matplotlib.figure import Figure

    from sklearn_microarch.plotting import SliceCheckDisplay

    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for check in checks:
        figure = SliceCheckDisplay(check).plot().figure_
        assert isinstance(figure, Figure)
        path = folder / f"{file_stem(check.image)}.png"
        with replace_file(path) as file:
            figure.savefig(file, format="png", dpi=_DPI, bbox_inches="tight")
        plt.close(figure)
        drawn.append(path)
    return drawn


def _write_page(
    trained: TrainedStudy, sections: Sequence[AnnotatedSection], path: Path
) -> Path:
    from sklearn_microarch.report import generate_report

    page = generate_report(
        # Slices without maps: what was annotated is what they show.
        [MicroarchMaps(one.image) for one in sections],
        pipeline=trained.pipeline,
        rois=[one.rois for one in sections],
        training=trained.record,
        title=f"Training of {path.stem}",
    )
    return page.save(path, overwrite=True)
