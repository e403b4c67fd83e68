"""``sklearn-microarch doubts``: places where model and annotation disagree."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn_microarch.cli._console import Console
from sklearn_microarch.cli.options._picture_options import (
    add_picture_options,
    picture_settings,
)
from sklearn_microarch.cli.options._region_options import (
    add_region_options,
    region_settings,
)
from sklearn_microarch.cli.options._sheet_argument import (
    add_sheet_argument,
    sections_of,
)

if TYPE_CHECKING:
    from sklearn_microarch.checking import Doubts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_sheet_argument(parser, annotated=True)
    parser.add_argument(
        "--out",
        "-o",
        type=Path,
        default=Path("doubts"),
        help="folder for the table, the outlines for QuPath and the pictures (doubts)",
    )
    parser.add_argument(
        "--pictures",
        type=int,
        default=20,
        metavar="N",
        help="draw the first N doubts (20)",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace an earlier table"
    )
    group = parser.add_argument_group("how the annotation is judged")
    group.add_argument(
        "--hold-out",
        choices=["auto", "animals", "strips"],
        default="auto",
        help="what a network has not seen of the places it judges: the animal, or a "
        "strip of each region (auto: animals, where there are four)",
    )
    group.add_argument(
        "--folds", type=int, default=4, help="networks to train, each on a part (4)"
    )
    group.add_argument(
        "--min-area",
        type=float,
        default=1.0,
        metavar="PATCHES",
        help="smallest area of a place, in patches (1)",
    )
    group.add_argument("--patch-size-um", type=float, help="edge of a patch (150)")
    group.add_argument("--patches", type=int, help="patches of each region (1000)")
    group.add_argument("--epochs", type=int, help="passes over them (4)")
    group.add_argument("--device", help="where the network runs: cpu, cuda, auto")
    group.add_argument("--seed", type=int, default=0, help="of all that is random (0)")
    add_region_options(parser)
    add_picture_options(parser)


def run(options: argparse.Namespace, console: Console) -> None:
    """Run the command."""
    from sklearn_microarch.checking import find_doubts
    from sklearn_microarch.studies.training._annotated_sections import read_annotated

    _check_free(options)
    sections, bare = read_annotated(
        sections_of(options),
        picture=picture_settings(options),
        **region_settings(options),
    )
    if bare:
        console.say(f"without annotation, left out: {', '.join(bare)}")
    doubts = find_doubts(
        [one.image for one in sections],
        [one.rois for one in sections],
        pipeline=_pipeline(options),
        hold_out=options.hold_out,
        n_splits=options.folds,
        min_area=options.min_area,
        random_state=options.seed,
        verbose=0 if options.json else 1,
    )
    console.say(f"\n{doubts}\n")
    files = doubts.save(options.out, overwrite=options.overwrite)
    files += _draw(doubts, options)
    for path in files:
        console.say(f"wrote {path}")
    console.result(
        {
            "doubts": doubts.to_rows(),
            "agreement": doubts.agreement,
            "hold_out": doubts.hold_out,
            "folds": doubts.n_folds,
            "files": files,
        }
    )


def _check_free(options: argparse.Namespace) -> None:
    """Raise before minutes of work where its result could not be written."""
    table = options.out / "doubts.csv"
    if table.exists() and not options.overwrite:
        raise FileExistsError(
            f"{table} exists; pass overwrite=True to replace it, or another folder."
        )


def _pipeline(options: argparse.Namespace) -> Any:  # noqa: ANN401 - a Pipeline
    from sklearn.pipeline import make_pipeline

    from sklearn_microarch.checking.doubts._held_out import steps_of

    sampler, network = steps_of(None)
    given = {
        "max_patches_per_class": options.patches,
        "max_epochs": options.epochs,
        "device": options.device,
        "random_state": options.seed,
    }
    return make_pipeline(
        sampler.set_params(patch_size_um=options.patch_size_um),
        network.set_params(**{k: v for k, v in given.items() if v is not None}),
    )


def _draw(doubts: "Doubts", options: argparse.Namespace) -> list[Path]:
    """Write a picture of each of the first doubts, and return their paths."""
    if not len(doubts) or options.pictures <= 0:
        return []
    from sklearn_microarch.cli.files._write_picture import write_picture
    from sklearn_microarch.plotting import DoubtDisplay

    return [
        write_picture(
            DoubtDisplay(doubts, doubt.rank).plot().figure_,
            options.out,
            f"doubt_{doubt.rank:02d}_{doubt.slice}",
        )
        for doubt in doubts[: options.pictures]
    ]
