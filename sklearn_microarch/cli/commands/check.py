"""``sklearn-microarch check``: do annotations fit, and are they enough to train on."""

import argparse
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn_microarch.cli._batch import INPUT_ERROR, Batch
from sklearn_microarch.cli._console import Console
from sklearn_microarch.cli._option_hints import hints_for
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
    from sklearn_microarch.annotation import RoiMap
    from sklearn_microarch.checking import SliceCheck
    from sklearn_microarch.images import SliceImage
    from sklearn_microarch.sheets import Section


class _Read(NamedTuple):
    """A section whose files were read."""

    name: str
    image: "SliceImage"
    rois: "RoiMap"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_sheet_argument(parser, annotated=True)
    parser.add_argument(
        "--out",
        "-o",
        type=Path,
        default=Path("check"),
        help="folder for a picture of each slice (check)",
    )
    parser.add_argument(
        "--no-pictures", action="store_true", help="print the report only"
    )
    parser.add_argument(
        "--patch-size-um",
        type=float,
        metavar="UM",
        help="edge of the squares the network would look at (150)",
    )
    add_region_options(parser)
    add_picture_options(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the command; 1 where training would be foolish."""
    from sklearn_microarch.studies.training._annotated_sections import regroup
    from sklearn_microarch.studies.training._judge_sections import reasons_against

    sheet = sections_of(options)
    sections = [section for section in sheet if section.rois is not None]
    bare = [section.name for section in sheet if section.rois is None]
    if not sections:
        raise ValueError(
            "no section has an annotation to check; fill the column rois of the sheet."
        )
    if bare:
        console.say(f"without annotation, left out: {', '.join(bare)}")
    _look_for_matplotlib(options, console)
    batch = Batch(sections, console, debug=options.debug, hint=hints_for(options))
    reading = batch.run(partial(_read, picture_settings(options)), doing="reading")
    read = [one for _, one in reading]
    if read:
        # Here, as a region may be on another section than the one that is looked at.
        regrouped = regroup([one.rois for one in read], **region_settings(options))
        read = [
            one._replace(rois=rois) for one, rois in zip(read, regrouped, strict=True)
        ]
    check = partial(_check, options, console)
    found = batch.run(check, doing="checking", items=read)
    checks = [check for _, check in found]
    against = reasons_against(checks) if checks else []
    reasons = [hints_for(options)(reason) for reason in against]
    _sum_up(checks, reasons, console)
    status = batch.finish()
    console.result(
        {
            "sections": [_plain(one.name, check) for one, check in found],
            "failed": batch.failed,
            "against_training": reasons,
        }
    )
    return status or (INPUT_ERROR if reasons else 0)


def _look_for_matplotlib(options: argparse.Namespace, console: Console) -> None:
    """Do without pictures where they cannot be drawn, and say what is missing."""
    if not options.no_pictures and find_spec("matplotlib") is None:
        options.no_pictures = True
        console.warn(
            "no pictures: matplotlib is not installed; pip install "
            "'sklearn-microarch[plot]' adds it."
        )


def _read(settings: dict[str, Any], section: "Section") -> _Read:
    image = section.read_image(**settings)
    rois = section.read_rois(image)
    assert rois is not None
    return _Read(section.name, image, rois)


def _check(options: argparse.Namespace, console: Console, one: _Read) -> "SliceCheck":
    from sklearn_microarch.checking import check_slice
    from sklearn_microarch.sampling import PatchSampler

    sampler = PatchSampler(patch_size_um=options.patch_size_um)
    check = check_slice(one.image, one.rois, sampler=sampler)
    console.say(f"\n{one.name}\n{'-' * len(one.name)}\n{check}")
    if not options.no_pictures:
        console.say(f"wrote {_draw(check, options.out)}")
    return check


def _draw(check: "SliceCheck", folder: Path) -> Path:
    """Write the picture of a check, and return its path."""
    from sklearn_microarch.cli.files._write_picture import write_picture
    from sklearn_microarch.mapping.sinks._tiff_folder import file_stem
    from sklearn_microarch.plotting import SliceCheckDisplay

    figure = SliceCheckDisplay(check).plot().figure_
    return write_picture(figure, folder, f"{file_stem(check.image)}_check")


def _sum_up(checks: list["SliceCheck"], reasons: list[str], console: Console) -> None:
    if not checks:
        return
    console.say("")
    if not reasons:
        n_doubts = sum(bool(check.warnings) for check in checks)
        looked = f"; {n_doubts} have something to look at" if n_doubts else ""
        console.say(f"{len(checks)} checked: nothing speaks against training{looked}.")
        return
    console.say("Training on these annotations would be foolish:")
    for reason in reasons:
        console.say(f"- {reason}")


def _plain(name: str, check: "SliceCheck") -> dict[str, Any]:
    return {
        "name": name,
        "verdict": check.verdict,
        "message": check.message,
        "better_placement": check.better_placement,
        "regions": check.to_rows(),
        "n_folds": check.n_folds,
        "tissue_share": check.tissue_share,
        "patch_size": check.patch_size,
        "warnings": [one._asdict() for one in check.warnings],
    }
