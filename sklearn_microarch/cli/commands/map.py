"""``sklearn-microarch map``: map slices with a model."""

import argparse
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sklearn_microarch.cli._batch import INPUT_ERROR, SOME_FAILED
from sklearn_microarch.cli._console import Console
from sklearn_microarch.cli._describe_error import describe_error
from sklearn_microarch.cli._option_hints import hints_for
from sklearn_microarch.cli.options._model_options import add_model_argument
from sklearn_microarch.cli.options._picture_options import (
    add_picture_options,
    picture_settings,
)
from sklearn_microarch.cli.options._sheet_argument import (
    add_sheet_argument,
    sections_of,
)

if TYPE_CHECKING:
    from sklearn_microarch.studies import MappedSlice


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_model_argument(parser)
    add_sheet_argument(parser)
    parser.add_argument(
        "--out",
        "-o",
        type=Path,
        default=Path("maps"),
        help="folder for the maps (maps); for one slice also an OME-Zarr image, if it "
        "ends in .zarr. Slices that are mapped there already are not mapped again",
    )
    parser.add_argument(
        "--format",
        type=_formats,
        metavar="FORMAT[,FORMAT]",
        help="tiff, ome-zarr, geojson (QuPath), nifti (ITK-SNAP), csv (one table of "
        "regions); the last three are made beside one of the first two",
    )
    parser.add_argument("--stride", type=int, help="pixels between mapped centres")
    parser.add_argument(
        "--allow-pixel-size-mismatch",
        action="store_true",
        help="map slices of another pixel size than the model's as they are",
    )
    parser.add_argument(
        "--memory-limit",
        default="auto",
        help="such as 1GB; half of the machine's memory unless told",
    )
    parser.add_argument("--ome-zarr-version", default="0.5", choices=["0.5", "0.4"])
    parser.add_argument(
        "--no-drift-check",
        action="store_true",
        help="do not compare slices with those the model knows",
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace maps of these slices that were made otherwise",
    )
    add_picture_options(parser)


def _formats(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the command."""
    # Heavy imports wait until it is known what is asked for.
    from sklearn_microarch.cli.options._load_any_model import load_any_model
    from sklearn_microarch.studies import map_study

    sheet = sections_of(options)
    safe = options.model.suffix == ".microarch"
    done = map_study(
        options.model if safe else load_any_model(options.model),
        sheet,
        options.out,
        formats=options.format,
        picture=picture_settings(options),
        stride=options.stride,
        device=options.device,
        trusted=options.trusted,
        memory_limit=options.memory_limit,
        allow_pixel_size_mismatch=options.allow_pixel_size_mismatch,
        check_drift=not options.no_drift_check,
        ome_zarr_version=options.ome_zarr_version,
        overwrite=options.overwrite,
        verbose=int(console.terminal),
        say=partial(_tell, options, console) if len(sheet) > 1 else None,
    )
    if len(sheet) == 1 and done.failed:
        # A single one is the whole input: its error is that of the command.
        assert done.failed[0].error is not None
        raise done.failed[0].error
    if len(sheet) == 1:
        console.say(done.slices[0])
        for path in done.slices[0].files:
            console.say(f"wrote {path}" if done.slices[0].status == "mapped" else path)
    else:
        console.say(f"\n{done.summary()}")
    if done.table is not None:
        console.say(f"wrote {done.table}")
    console.result({"slices": done.to_rows(), "table": done.table})
    if len(done.failed) == len(done.slices):
        return INPUT_ERROR
    return SOME_FAILED if done.failed else 0


def _tell(options: argparse.Namespace, console: Console, result: "MappedSlice") -> None:
    """Say what became of a slice, and what option mends it where it failed."""
    if result.error is None:
        console.say(result)
        return
    if options.debug:
        traceback.print_exception(result.error)
    words = hints_for(options)(describe_error(result.error))
    console.fail(f"{result.name}: {words}")
