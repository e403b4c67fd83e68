"""``sklearn-microarch report``: write a page about maps, to read in a browser."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn_microarch.cli._batch import Batch
from sklearn_microarch.cli._console import Console
from sklearn_microarch.cli._option_hints import hints_for
from sklearn_microarch.cli.options._load_any_model import load_any_model
from sklearn_microarch.cli.options._model_options import add_model_options
from sklearn_microarch.cli.options._picture_options import (
    add_picture_options,
    picture_settings,
)
from sklearn_microarch.cli.options._sheet_argument import TABLES, sections_of

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from sklearn_microarch.annotation import RoiMap
    from sklearn_microarch.mapping import MicroarchMaps
    from sklearn_microarch.sheets import Section
    from sklearn_microarch.studies.batch._slice_jobs import SliceJob
    from sklearn_microarch.trust import MapVerdict

    Shown = tuple[MicroarchMaps, RoiMap | None]

_MODELS = (".microarch", ".joblib", ".pkl", ".pickle")
# About as many cells of a slice as a page shows; more would be computed for nothing.
_CELLS = 600_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="MODEL | SHEET | IMAGE | MAPS",
        help="a model, and what to map with it: a sheet, or files of slices; or maps "
        "that were written, and before them their model, their sheet, both or neither; "
        "or a model alone, for a page on its training",
    )
    parser.add_argument(
        "--out",
        "-o",
        type=Path,
        default=Path("report.html"),
        help="file of the page (report.html)",
    )
    parser.add_argument(
        "--rois",
        nargs="+",
        type=Path,
        default=[],
        metavar="ROIS",
        help="the annotation of each slice, in the same order; a sheet names its own",
    )
    parser.add_argument(
        "--verdicts",
        type=Path,
        metavar="CSV",
        help="table of trust_report(...).to_csv, shown before any picture",
    )
    parser.add_argument("--title", help="title of the page")
    parser.add_argument(
        "--at-um",
        type=float,
        nargs=3,
        metavar=("Z", "Y", "X"),
        help="point where the sections through the maps of a volume meet, from its "
        "corner (the middle)",
    )
    parser.add_argument(
        "--stride",
        type=int,
        help="pixels between mapped centres (so that a page can show them all)",
    )
    add_model_options(parser)
    parser.add_argument(
        "--overwrite", action="store_true", help="replace a page that exists"
    )
    add_picture_options(parser)


@dataclass(frozen=True)
class _Part:
    """One slice of the page; it is read, and mapped, when its turn comes."""

    name: str
    open: "Callable[[], Shown]"


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the command."""
    from sklearn_microarch.report import generate_report

    _check_out(options.out, overwrite=options.overwrite)
    verdicts = _verdicts_of(options.verdicts)
    first, *rest = options.paths
    model = first if first.suffix.lower() in _MODELS else None
    pipeline = (
        load_any_model(model, device=options.device, trusted=options.trusted)
        if model
        else None
    )
    parts = _parts(rest if model else options.paths, pipeline, options)
    batch = Batch(parts, console, debug=options.debug, hint=hints_for(options))
    found = [shown for _, shown in batch.run(lambda part: part.open(), doing="slice")]
    status = batch.finish()
    if parts and not found:
        return status
    facts = _facts_of(model)
    if not found and not facts.get("training"):
        raise ValueError(
            f"{model} says nothing of its training; name slices or maps after it."
        )
    told = _told(options.verdicts, verdicts, [maps for maps, _ in found])
    page = generate_report(
        [maps for maps, _ in found] or None,
        pipeline=pipeline,
        rois=[rois for _, rois in found] if found else None,
        training=facts.get("training"),
        verdicts=told,
        colors=facts.get("colors"),
        notes=[f"{name} is missing. {words}" for name, words in batch.failed.items()],
        title=options.title or _title_of_volume(rest if model else options.paths),
    )
    page.save(options.out, overwrite=options.overwrite)
    console.say(f"wrote {options.out} ({page.n_bytes / 1e6:.1f} MB)")
    console.result(
        {
            "page": options.out,
            "bytes": page.n_bytes,
            "slices": page.slice_sizes,
            "failed": batch.failed,
        }
    )
    return status


def _verdicts_of(path: Path | None) -> "list[MapVerdict]":
    """Return the verdicts of a table, read before the work; none without one."""
    if path is None:
        return []
    # Not before: it loads the room of trust, which most pages do without.
    from sklearn_microarch.cli.files._read_verdicts import read_verdicts

    return read_verdicts(path)


def _told(
    path: Path | None,
    verdicts: "Sequence[MapVerdict]",
    maps: "Sequence[MicroarchMaps]",
) -> dict[str, Any] | None:
    """Return what a page says of verdicts; each factor on it must have one."""
    if path is None:
        return None
    from sklearn_microarch.cli.files._read_verdicts import check_judged
    from sklearn_microarch.report.contents._evidence import told_verdicts

    check_judged(path, verdicts, {name for one in maps for name in one.factor_names})
    return told_verdicts(verdicts)


def _title_of_volume(paths: Sequence[Path]) -> str | None:
    """Return what to call a page of the sections through one volume; None of others."""
    from sklearn_microarch.cli.files._maps_facts import holds_volume

    if len(paths) != 1 or not (paths[0].is_dir() and holds_volume(paths[0])):
        return None
    return f"Three sections through {paths[0].name}"


def _check_out(out: Path, *, overwrite: bool) -> None:
    """Raise before the work where the page could not be written after it."""
    if out.exists() and not overwrite:
        raise FileExistsError(
            f"{out} exists; --overwrite replaces it, or choose another --out."
        )
    if not out.parent.is_dir():
        raise FileNotFoundError(
            f"there is no folder {out.parent} to write {out.name} to; make it first."
        )


def _parts(
    paths: Sequence[Path],
    pipeline: "Pipeline | None",
    options: argparse.Namespace,
) -> list[_Part]:
    """Return the slices that the page is about."""
    from sklearn_microarch.cli.files._find_maps import find_maps

    sheets = [path for path in paths if path.suffix.lower() in TABLES]
    folders = [path for path in paths if path not in sheets]
    stored = [find_maps(path, at_um=options.at_um) for path in folders]
    if folders and all(stored) and sheets:
        parts = _of_study(sheets[0], folders, options)
    elif all(stored) and not sheets:
        parts = [
            _Part(one.name, partial(_open_stored, one.open))
            for found in stored
            for one in found
        ]
    elif pipeline is None:
        raise ValueError(
            f"{paths[0]} holds no maps; name a model before it to map it first, such "
            f"as: report study.microarch {paths[0]}"
        )
    else:
        parts = _to_map(paths, pipeline, options)
    return _with_rois(parts, options.rois)


def _of_study(
    sheet: Path, folders: Sequence[Path], options: argparse.Namespace
) -> list[_Part]:
    """Return the slices of a sheet with their maps, as far as folders hold them."""
    from sklearn_microarch.sheets import read_sheet
    from sklearn_microarch.studies.statistics._stored_maps import open_sections

    sections, settings = read_sheet(sheet), picture_settings(options)
    return [
        _Part(one.name, partial(_as_opened, one.maps, one.rois))
        for folder in folders
        for one in open_sections(sections, folder, settings)[0]
    ]


def _to_map(
    paths: Sequence[Path], pipeline: "Pipeline", options: argparse.Namespace
) -> list[_Part]:
    """Return the slices of a sheet, or of files, which are mapped for the page."""
    from sklearn_microarch.studies.batch._slice_jobs import slice_jobs

    options.sheet, options.plain_files_are_annotated = list(paths), False
    sections = sections_of(options)
    # Jobs know which slices share their grey levels.
    jobs = slice_jobs(sections, picture_settings(options))
    return [
        _Part(job.name, partial(_map, section, job, pipeline, options.stride))
        for section, job in zip(sections, jobs, strict=True)
    ]


def _with_rois(parts: list[_Part], rois: Sequence[Path]) -> list[_Part]:
    """Return slices with the annotations that --rois names for them."""
    if not rois:
        return parts
    if len(rois) != len(parts):
        raise ValueError(
            f"--rois names {len(rois)} files for {len(parts)} slices; name one for "
            "each, in the same order."
        )
    return [
        _Part(part.name, partial(_annotate, part, path))
        for part, path in zip(parts, rois, strict=True)
    ]


def _annotate(part: _Part, path: Path) -> "Shown":
    from sklearn_microarch.annotation import read_rois

    maps, _ = part.open()
    return maps, read_rois(path, like=maps.image)


def _as_opened(maps: "MicroarchMaps", rois: "RoiMap | None") -> "Shown":
    return maps, rois


def _open_stored(opens: "Callable[[], MicroarchMaps]") -> "Shown":
    return opens(), None


def _map(
    section: "Section", job: "SliceJob", pipeline: "Pipeline", stride: int | None
) -> "Shown":
    """Read a slice and map it, at as many places as a page shows."""
    from sklearn_microarch.mapping import map_slice

    image = job.read()
    if stride is None:
        stride = max(1, round(sqrt(prod(image.shape) / _CELLS)))
    return map_slice(pipeline, image, stride=stride), section.read_rois(image)


def _facts_of(model: Path | None) -> dict[str, Any]:
    """Return what a model file says of its training."""
    if model is None or model.suffix != ".microarch":
        return {}
    from sklearn_microarch.model_file import read_manifest

    facts: dict[str, Any] = read_manifest(model).get("facts") or {}
    return facts
