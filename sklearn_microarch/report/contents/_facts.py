"""What was done, with which data, versions and settings."""

from collections.abc import Mapping, Sequence
from typing import Any

from sklearn_microarch._version import __version__
from sklearn_microarch._walk import PipelineSteps, flat_steps
from sklearn_microarch.plotting.panels._orientation_letters import letters_of
from sklearn_microarch.report._words import counted, join_words, number_text
from sklearn_microarch.report.contents._tables import Table, table_of
from sklearn_microarch.report.slices._slice_view import SliceView

# Letters of a fingerprint that are shown.
_PRINT = 12


def what_was_done(
    views: Sequence[SliceView],
    steps: PipelineSteps | None,
    training: Mapping[str, Any] | None,
) -> list[str]:
    """Return a sentence for each step that is known."""
    sentences = []
    if training and training.get("sections"):
        sections = training["sections"]
        animals = {about.get("animal") for about in sections} - {None, ""}
        of_animals = f" of {counted(len(animals), 'animal')}" if animals else ""
        minutes = training.get("minutes")
        time = f" Training took {number_text(minutes)} minutes." if minutes else ""
        sentences.append(
            f"The model was trained on {counted(len(sections), 'annotated slice')}"
            f"{of_animals}.{time}"
        )
    if steps is not None:
        sentences += _steps_in_words(steps)
    mapped = [view for view in views if view.mapped is not None]
    if mapped:
        sentences.append(
            f"{counted(len(mapped), 'slice')} {'was' if len(mapped) == 1 else 'were'} "
            "mapped: each cell of a map says what the patch around its centre shows."
        )
    return sentences


def _steps_in_words(steps: PipelineSteps) -> list[str]:
    sampler, network = steps.sampler, steps.network
    size = sampler.patch_shape_[-1]
    pixel = sampler.pixel_size_um_
    in_um = "" if pixel is None else f" ({number_text(size * pixel)} µm)"
    words = [f"The slice is cut into square patches of {size} pixels{in_um}."]
    if network is not None:
        regions = [str(name) for name in network.classes_]
        words.append(
            "A network learned to tell from a patch which of "
            f"{counted(len(regions), 'region')} the patch is of: {join_words(regions)}."
        )
    if steps.factorization is not None:
        n_factors = len(steps.factorization.components_)
        words.append(
            f"What the network sees in patches was split into {n_factors} factors: "
            "patterns of tissue that add up and never cancel (NMF)."
        )
    if steps.selection is not None:
        n_selected = len(steps.selection.matched_rois_)
        words.append(
            f"{counted(n_selected, 'factor')} "
            f"{'was' if n_selected == 1 else 'were'} selected, each for the region "
            "that the factor fills best without spilling."
        )
    last = steps.later[-1]
    if hasattr(last, "n_clusters"):
        words.append(
            f"Patches of alike loadings were put into {last.n_clusters} clusters."
        )
    return words


def data_tables(
    views: Sequence[SliceView], training: Mapping[str, Any] | None
) -> list[Table]:
    """Return the slices on the page, and those of the training."""
    shown = table_of([_slice_row(view) for view in views], "Slices on this page")
    sections = table_of(
        [_section_row(row) for row in (training or {}).get("sections") or []],
        "Slices the model was trained on",
        argument="training['sections']",
    )
    return [table for table in (shown, sections) if table is not None]


def _section_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a section of a training without what nobody knows, prints cut short."""
    shown = {key: value for key, value in row.items() if value is not None}
    shape = shown.pop("shape", None)
    if shape:
        shown["size (px)"] = f"{shape[-1]} x {shape[-2]}"
    for key, value in shown.items():
        if key.endswith("fingerprint"):
            shown[key] = str(value)[:_PRINT]
    return shown


def _slice_row(view: SliceView) -> dict[str, Any]:
    image = view.image
    height, width = image.shape
    row: dict[str, Any] = {"slice": image.name or view.title, "animal": image.specimen}
    for key in ("group", "side", "z_um"):
        if getattr(image, key) is not None:
            row[key] = getattr(image, key)
    # What lies at which side is drawn as letters.
    sides = letters_of(image)
    row |= {key: value for key, value in image.details.items() if key not in sides}
    row |= {"size (px)": f"{width} x {height}", "pixel_size_um": image.pixel_size_um}
    if view.mapped is not None:
        size = view.grid.cell_size
        pixel = image.pixel_size_um
        in_um = "" if pixel is None else f" ({number_text(size * pixel)} µm)"
        row["cell shown (px)"] = f"{number_text(size)}{in_um}"
        if view.every > 1:
            row["cells shown"] = f"one of {view.every} x {view.every}"
    if view.image.notes:
        row["how it was read"] = "; ".join(view.image.notes)
    fingerprint = view.maps.about.get("model_fingerprint")
    if fingerprint:
        row["model"] = str(fingerprint)[:_PRINT]
    return row


def settings_tables(
    pipeline: Any,  # noqa: ANN401 - a fitted pipeline or None
    training: Mapping[str, Any] | None,
) -> list[Table]:
    """Return settings and versions."""
    settings, versions = (
        (training or {}).get("settings") or {},
        (training or {}).get("versions") or {},
    )
    steps = [
        {"step": type(step).__name__, "settings": _changed(step)}
        for step in flat_steps(pipeline)
    ]
    of_page = [{"library": "sklearn_microarch", "version": __version__}]
    tables = [
        _key_values("Settings of the training", settings),
        table_of(
            steps, "Steps of the model", note="Settings that are not here are defaults."
        ),
        _key_values("Versions at the training", versions, names=("library", "version")),
        table_of(of_page, "Version that made this page"),
    ]
    return [table for table in tables if table is not None]


def _changed(step: Any) -> str:  # noqa: ANN401 - any estimator
    """Return the parameters that are no defaults, in words."""
    given = step.get_params(deep=False)
    usual = type(step)().get_params(deep=False)
    changed = [
        f"{key} = {value}"
        for key, value in given.items()
        if repr(value) != repr(usual.get(key)) and not hasattr(value, "get_params")
    ]
    return ", ".join(changed) or "defaults"


def _key_values(
    title: str,
    values: Mapping[str, Any],
    names: tuple[str, str] = ("setting", "value"),
) -> Table | None:
    rows = [{names[0]: str(key), names[1]: value} for key, value in values.items()]
    if not rows:
        return None
    return Table(title, list(names), [list(row.values()) for row in rows])
