"""``sklearn-microarch drift``: are slices like those a model knows."""

import argparse
from typing import TYPE_CHECKING, Any

from sklearn_microarch.cli._batch import Batch
from sklearn_microarch.cli._console import Console
from sklearn_microarch.cli._option_hints import hints_for
from sklearn_microarch.cli.options._load_any_model import load_any_model
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
    from sklearn_microarch.drift import DriftReport
    from sklearn_microarch.studies.batch._slice_jobs import SliceJob

_WORDS = {
    "same": "like the slices the model knows",
    "shifted": "shifted: maps are less exact than on the slices the model knows",
    "unlike": "unlike the slices the model knows: do not trust maps of it",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_model_argument(parser)
    add_sheet_argument(parser)
    parser.add_argument(
        "--table", action="store_true", help="print all that was measured"
    )
    parser.add_argument(
        "--allow-pixel-size-mismatch",
        action="store_true",
        help="judge slices of another pixel size than the model's as they are",
    )
    add_picture_options(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the command."""
    from sklearn_microarch.drift import drift_report
    from sklearn_microarch.studies.batch._slice_jobs import slice_jobs

    pipeline = load_any_model(
        options.model, device=options.device, trusted=options.trusted
    )
    jobs = slice_jobs(sections_of(options), picture_settings(options))

    def judge(job: "SliceJob") -> "DriftReport":
        report = drift_report(
            pipeline,
            job.read(),
            allow_pixel_size_mismatch=options.allow_pixel_size_mismatch,
            random_state=0,
        )
        console.say(f"{job.name}: {_WORDS[report.verdict]}. {report.message}")
        if options.table:
            console.say(f"\n{report}\n")
        return report

    batch = Batch(jobs, console, debug=options.debug, hint=hints_for(options))
    found = batch.run(judge, doing="comparing")
    verdicts = [report.verdict for _, report in found]
    if len(verdicts) > 1:
        counts = [
            f"{verdicts.count(name)} {name}" for name in _WORDS if name in verdicts
        ]
        console.say(f"\n{len(verdicts)} slices: {', '.join(counts)}.")
    status = batch.finish()
    console.result(
        {
            "slices": [_plain(job.name, report) for job, report in found],
            "failed": batch.failed,
        }
    )
    return status


def _plain(name: str, report: "DriftReport") -> dict[str, Any]:
    return {
        "name": name,
        "verdict": report.verdict,
        "message": report.message,
        "indicators": {
            key: {"value": one.value, "usual": one.usual, "limit": one.limit}
            for key, one in report.indicators.items()
        },
        "regions": {
            str(region): {
                "share": share,
                "usual_share": report.reference_region_shares[region],
                "shift": report.shift_by_region[region],
                "outside": report.outside_by_region[region],
            }
            for region, share in report.region_shares.items()
        },
    }
