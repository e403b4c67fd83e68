"""The command line: ``python -m sklearn_microarch demo``, ``... map``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sklearn_microarch import __version__

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str or None, default=None
        None takes those of the process.

    Returns
    -------
    status : int
        0 when all went well; 1 after an error of input, which is printed.
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (ValueError, TypeError, OSError, MemoryError) as error:
        print(f"sklearn_microarch: error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sklearn_microarch",
        description="Map brain microarchitecture from an annotated slice.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True)

    demo = commands.add_parser(
        "demo", help="train on an annotated slice and map a slice it has not seen"
    )
    demo.add_argument("--out", type=Path, default=Path("demo"), help="folder to write")
    demo.add_argument(
        "--data-home", help="folder of the real slices; else they are looked for"
    )
    demo.add_argument("--stride", type=int, default=8, help="pixels between centres")
    demo.add_argument(
        "--patches", type=int, default=2000, help="patches sampled of each region"
    )
    demo.set_defaults(run=_demo)

    maps = commands.add_parser("map", help="map a slice with a saved pipeline")
    maps.add_argument(
        "model",
        type=Path,
        help="pipeline saved with joblib; loading it runs code, so only open files "
        "you trust",
    )
    maps.add_argument("image", type=Path, help="TIFF file of the slice")
    maps.add_argument("--out", type=Path, default=Path("maps"), help="folder to write")
    maps.add_argument("--stride", type=int, help="pixels between centres")
    maps.add_argument("--pixel-size-um", type=float, help="where the file does not say")
    maps.add_argument(
        "--overwrite", action="store_true", help="replace maps that exist"
    )
    maps.set_defaults(run=_map)
    return parser


def _demo(options: argparse.Namespace) -> None:
    from sklearn_microarch.demo import run_demo

    run_demo(
        options.out,
        data_home=options.data_home,
        stride=options.stride,
        n_patches_per_roi=options.patches,
    )


def _map(options: argparse.Namespace) -> None:
    # Heavy imports wait until it is known what is asked for.
    from sklearn_microarch.images import read_tiff
    from sklearn_microarch.mapping import check_output_folder, map_slice

    pipeline = _load_pipeline(options.model)
    image = read_tiff(options.image, pixel_size_um=options.pixel_size_um)
    check_output_folder(options.out, image, overwrite=options.overwrite)
    maps = map_slice(pipeline, image, stride=options.stride, verbose=1)
    for path in maps.to_tiff(options.out, overwrite=options.overwrite):
        print(f"wrote {path}")


def _load_pipeline(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    import joblib

    try:
        return joblib.load(path)
    except OSError:
        raise
    # Unpickling a file that is none fails in any way at all.
    except Exception as error:
        raise ValueError(
            f"{path} cannot be loaded as a pipeline saved with joblib "
            f"({type(error).__name__}: {error})."
        ) from error
