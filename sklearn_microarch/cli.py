"""The command line: ``python -m sklearn_microarch demo``, ``... map``."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sklearn_microarch._version import __version__

__all__ = ["main"]

# What messages of the library name, and the option that says it on the command line.
OPTION_OF = {
    "overwrite=True": "--overwrite",
    "allow_pixel_size_mismatch=True": "--allow-pixel-size-mismatch",
    "pass pixel_size_um": "--pixel-size-um",
    "set pixel_size_um": "--pixel-size-um",
    "memory_limit": "--memory-limit",
    "ome_zarr_version": "--ome-zarr-version",
    "stride=": "--stride",
    "data_home": "--data-home",
    "n_patches_per_roi": "--patches",
}


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

    Examples
    --------
    >>> import contextlib, sys
    >>> from sklearn_microarch.cli import main
    >>> with contextlib.redirect_stderr(sys.stdout):
    ...     main(["map", "missing.joblib", "slice.tif"])
    sklearn_microarch: error: [Errno 2] No such file or directory: 'missing.joblib'
    1
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (ValueError, TypeError, OSError, MemoryError, ImportError) as error:
        message = f"{error}{_hint(str(error), vars(options))}"
        print(f"sklearn_microarch: error: {message}", file=sys.stderr)
        return 1
    return 0


def _hint(message: str, options: Mapping[str, object]) -> str:
    """Return which of a command's options say what a message asks for."""
    named = {option for words, option in OPTION_OF.items() if words in message}
    known = {f"--{name.replace('_', '-')}" for name in options}
    found = sorted(named & known)
    return f" (on the command line: {', '.join(found)})" if found else ""


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
    demo.add_argument("--stride", type=int, default=1, help="pixels between centres")
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
    maps.add_argument("image", type=Path, help="TIFF file or OME-Zarr of the slice")
    maps.add_argument(
        "--out",
        type=Path,
        default=Path("maps"),
        help="folder for TIFF files, or an OME-Zarr image if it ends in .zarr",
    )
    maps.add_argument("--stride", type=int, help="pixels between centres")
    maps.add_argument("--pixel-size-um", type=float, help="where the file does not say")
    maps.add_argument(
        "--allow-pixel-size-mismatch",
        action="store_true",
        help="map a slice of another pixel size than the model was fitted with",
    )
    maps.add_argument(
        "--memory-limit",
        default="auto",
        help="such as 1GB; half of the machine's memory unless told",
    )
    maps.add_argument("--ome-zarr-version", default="0.5", choices=["0.5", "0.4"])
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
    from sklearn_microarch.images import read_ome_zarr, read_tiff
    from sklearn_microarch.mapping import map_slice
    from sklearn_microarch.mapping.sinks._tiff_folder import check_output_folder

    pipeline = _load_pipeline(options.model)
    read = read_ome_zarr if options.image.suffix == ".zarr" else read_tiff
    image = read(options.image, pixel_size_um=options.pixel_size_um)
    map_slice(
        pipeline,
        image,
        stride=options.stride,
        out=options.out,
        overwrite=options.overwrite,
        ome_zarr_version=options.ome_zarr_version,
        memory_limit=options.memory_limit,
        allow_pixel_size_mismatch=options.allow_pixel_size_mismatch,
        verbose=1,
    )
    written = [options.out]
    if options.out.suffix != ".zarr":
        paths = check_output_folder(options.out, image, overwrite=True).values()
        written = [path for path in paths if path.exists()]
    for path in written:
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
