"""``sklearn-microarch volume``: map all planes of a volume."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn_microarch.cli._batch import INPUT_ERROR, SOME_FAILED
from sklearn_microarch.cli._console import Console
from sklearn_microarch.cli.options._load_any_model import load_any_model
from sklearn_microarch.cli.options._model_options import add_model_argument
from sklearn_microarch.cli.options._volume_options import (
    add_volume_options,
    volume_settings,
)

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from sklearn_microarch.volumes import Volume, VolumeEstimate, VolumeReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_model_argument(parser)
    add_volume_options(parser)
    parser.add_argument(
        "--out",
        "-o",
        type=Path,
        default=Path("maps.zarr"),
        help="OME-Zarr image to write (maps.zarr). Planes that are there already are "
        "not mapped again",
    )
    parser.add_argument("--stride", type=int, help="pixels between mapped centres")
    parser.add_argument(
        "--slices",
        type=_slices,
        default=slice(None),
        metavar="FIRST:END[:STEP]",
        help="planes to map, from 0, such as 0:720:10; others can be added later (all)",
    )
    parser.add_argument(
        "--normalize-by",
        choices=["volume", "smooth", "slice"],
        default="volume",
        help="one gain for all planes (volume), one that follows bleaching and depth "
        "(smooth), or each plane by itself (slice)",
    )
    parser.add_argument(
        "--workers", type=_positive, help="processes (as many as there are cores)"
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="map on the workers of a Dask cluster, such as tcp://10.0.0.1:8786",
    )
    parser.add_argument(
        "--memory-limit",
        default="auto",
        help="such as 8GB; half of the machine's memory unless told",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="only tell how long it will take and how much room, from a few planes",
    )
    parser.add_argument(
        "--allow-pixel-size-mismatch",
        action="store_true",
        help="map a volume of another pixel size than the model's as it is",
    )
    parser.add_argument(
        "--no-drift-check",
        action="store_true",
        help="do not compare planes with slices the model knows",
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace maps there that were made otherwise, once the new ones are done",
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the command."""
    from sklearn_microarch.volumes import open_volume

    model = load_any_model(
        options.model, device=options.device, trusted=options.trusted
    )
    source = options.source[0] if len(options.source) == 1 else options.source
    volume = open_volume(source, **volume_settings(options))
    planes = _planes_left(options, volume)
    estimate = None
    with _workers(options, len(planes)) as workers:
        settings = workers | _map_settings(options)
        if planes:
            estimate = _estimate(model, volume, planes, options.out, settings)
            console.say(estimate)
        if options.dry_run:
            console.result({"estimate": estimate and _as_row(estimate)})
            return 0
        report = _map(model, volume, options, settings, console)
    console.say(report)
    return _finish(report, estimate, console)


def _map_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of `map_volume` that a trial has, too."""
    return {
        "stride": options.stride,
        "normalize_by": options.normalize_by,
        "allow_pixel_size_mismatch": options.allow_pixel_size_mismatch,
        "check_drift": not options.no_drift_check,
    }


def _estimate(
    model: "Pipeline",
    volume: "Volume",
    planes: list[int],
    out: Path,
    settings: dict[str, Any],
) -> "VolumeEstimate":
    """Try some planes, on the disk of the maps where its folder is there."""
    from sklearn_microarch.volumes import estimate_volume

    parent = out.absolute().parent
    folder = parent if parent.is_dir() else None
    return estimate_volume(model, volume, slices=planes, folder=folder, **settings)


def _map(
    model: "Pipeline",
    volume: "Volume",
    options: argparse.Namespace,
    settings: dict[str, Any],
    console: Console,
) -> "VolumeReport":
    from sklearn_microarch.volumes import map_volume

    # The lines of the planes are for people.
    with redirect_stdout(console.stream):
        return map_volume(
            model,
            volume,
            options.out,
            slices=range(len(volume))[options.slices],
            overwrite=options.overwrite,
            verbose=1,
            **settings,
        )


def _finish(
    report: "VolumeReport", estimate: "VolumeEstimate | None", console: Console
) -> int:
    console.result(
        {
            "maps": report.path,
            "mapped": report.mapped,
            "found": report.found,
            "failed": report.failed,
            "drift": report.drift,
            "warnings": report.warnings,
            "seconds": report.seconds,
            "estimate": estimate and _as_row(estimate),
        }
    )
    if report.failed and not report.mapped and not report.found:
        return INPUT_ERROR
    return SOME_FAILED if report.failed else 0


def _as_row(estimate: "VolumeEstimate") -> dict[str, Any]:
    return asdict(estimate) | {"seconds": estimate.seconds}


def _planes_left(options: argparse.Namespace, volume: "Volume") -> list[int]:
    """Return the planes that are asked for and not there yet."""
    from sklearn_microarch.volumes.store._volume_store import is_there

    asked = range(len(volume))[options.slices]
    if options.overwrite:
        return list(asked)
    return [plane for plane in asked if not is_there(options.out, plane)]


@contextmanager
def _workers(options: argparse.Namespace, n_planes: int) -> Iterator[dict[str, Any]]:
    """Give what functions of volumes take: the same workers for trial and maps."""
    from sklearn_microarch.mapping._memory import parse_memory
    from sklearn_microarch.volumes.running._cluster import cluster
    from sklearn_microarch.volumes.running._import_distributed import import_distributed

    distributed = import_distributed()
    if options.scheduler is not None:
        try:
            client = distributed.Client(options.scheduler, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ValueError(
                f"--scheduler {options.scheduler} cannot be reached: {error}"
            ) from error
        with client:
            yield {"client": client, "memory_limit": options.memory_limit}
        return
    with cluster(
        None,
        n_planes=max(1, n_planes),
        n_threads=1,
        bytes_per_plane=0,
        memory=parse_memory(options.memory_limit),
        n_workers=options.workers,
    ) as (client, each):
        yield {"client": client, "memory_limit": each}


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} must be at least 1")
    return number


def _slices(text: str) -> slice:
    """Return planes as Python writes them; a single number is one plane."""
    parts = text.split(":")
    try:
        numbers = [int(part) if part.strip() else None for part in parts]
        if len(numbers) == 1:
            return slice(int(text), int(text) + 1)
        found = slice(*numbers)
        found.indices(1)
    except (TypeError, ValueError):
        raise argparse.ArgumentTypeError(
            f"{text!r} must be planes such as 0:720:10, or 7"
        ) from None
    return found
