"""``sklearn-microarch train``: train a model on annotated slices."""

import argparse
from pathlib import Path
from typing import Any

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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_sheet_argument(parser, annotated=True)
    parser.add_argument(
        "--out",
        "-o",
        type=Path,
        required=True,
        metavar="MODEL",
        help="file of the model, such as study.microarch; a page (study.html) and "
        "pictures of the annotation (study_overlays) go beside it",
    )
    parser.add_argument(
        "--before",
        type=Path,
        metavar="MODEL",
        help="an earlier model: tell what moved since, after files were corrected",
    )
    parser.add_argument(
        "--anyway",
        action="store_true",
        help="train where the check of an annotation says that it would be foolish",
    )
    parser.add_argument("--no-page", action="store_true", help="write the model only")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace a model that exists"
    )
    _add_validation(parser)
    add_region_options(parser)
    _add_model(parser)
    add_picture_options(parser)


def _add_validation(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how the model is judged")
    group.add_argument(
        "--folds",
        type=int,
        help="parts that the tissue is cut into; each is told by a model that was "
        "trained on the others (3 where there are several animals; else one strip is "
        "held out)",
    )
    group.add_argument(
        "--no-validation",
        action="store_true",
        help="do not judge the model: several times as fast, for trying things",
    )


def _add_model(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the model")
    group.add_argument(
        "--patch-size-um",
        type=float,
        metavar="UM",
        help="edge of the squares the network looks at (150): small ones for thin "
        "regions, large ones for coarse texture",
    )
    group.add_argument(
        "--patches", type=int, help="squares of each region to train on (2000)"
    )
    group.add_argument("--epochs", type=int, help="passes over them (8)")
    group.add_argument("--n-components", type=int, help="factors to find (15)")
    group.add_argument(
        "--lam",
        type=float,
        help="price of a factor that spills out of its region (1.0): raise it if "
        "factors spill, lower it if they fill only part",
    )
    group.add_argument("--n-clusters", type=int, help="clusters of factors (4)")
    group.add_argument(
        "--stride",
        type=int,
        metavar="PX",
        help="pixels between the centres that factors are learned from (a sixteenth "
        "of a square)",
    )
    group.add_argument("--seed", type=int, default=0, help="of all that is random (0)")
    group.add_argument("--device", help="where the network runs: cpu, cuda, auto")


def run(options: argparse.Namespace, console: Console) -> None:
    """Run the command."""
    from sklearn_microarch.studies import train_study

    trained = train_study(
        sections_of(options),
        options.out,
        pipeline=_pipeline(options),
        stride=options.stride,
        picture=picture_settings(options),
        validate=not options.no_validation,
        n_folds=options.folds,
        anyway=options.anyway,
        before=options.before,
        page=not options.no_page,
        overwrite=options.overwrite,
        random_state=options.seed,
        say=console.say,
        **region_settings(options),
    )
    console.say(f"\n{trained}\n")
    for path in (trained.path, trained.page, *trained.overlays):
        if path is not None:
            console.say(f"wrote {path}")
    console.result(
        trained.record
        | {
            "model": trained.path,
            "page": trained.page,
            "overlays": list(trained.overlays),
        }
    )


def _pipeline(options: argparse.Namespace) -> Any:  # noqa: ANN401 - a Pipeline
    from sklearn_microarch.pipeline import make_microarch_pipeline
    from sklearn_microarch.sampling import PatchSampler

    given: dict[str, Any] = {
        name: getattr(options, name)
        for name in ("n_components", "lam", "n_clusters", "device")
        if getattr(options, name) is not None
    }
    sampler = PatchSampler(
        patch_size_um=options.patch_size_um, random_state=options.seed
    )
    pipeline = make_microarch_pipeline(
        sampler=sampler, random_state=options.seed, **given
    )
    if options.patches is not None:
        pipeline.set_params(
            patches__n_patches_per_roi=options.patches,
            features__max_patches_per_class=options.patches,
        )
    if options.epochs is not None:
        pipeline.set_params(features__max_epochs=options.epochs)
    return pipeline
