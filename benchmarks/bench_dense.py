"""Features at every pixel against the same network patch by patch, in one run.

The baseline is as fast as torch makes it: norms folded, channels last or laid out
by torch for the CPU, its best batch size, patches already in memory, cut and
normalised before the clock starts. Dense evaluation starts from the slice. Both use
two threads and take turns, each beside the matrix product rate of that moment; of
dense evaluation's multiply-adds only those count that wanted patches need.

    python bench_dense.py                     # all parts, 10 to 20 minutes
    python bench_dense.py --quick             # small sizes, to try the script
    python bench_dense.py --parts peers       # where MONAI, TIAToolbox are installed

With ``--parts``, what the file of results holds of other parts is kept. On a machine
that others use, threads wait for each other and no ratio means anything: the rates
of the matrix product tell.
"""

import argparse
import json
import math
import tempfile
import warnings
from pathlib import Path

from _dense_alone import features_alone, map_alone, run_alone
from _dense_compare import compare_cases
from _dense_peers import compare_peers
from _dense_sizes import FULL, QUICK, Sizes
from _dense_subject import Subject, left_part, prepare, rectangle, tissue_centre
from _dense_turns import describe_machine, use_threads

from sklearn_microarch import CNNFeatureExtractor
from sklearn_microarch.exceptions import DeadUnitsWarning

RESULTS = Path(__file__).parent / "results" / "bench_dense.json"


def measure_features(subject: Subject, sizes: Sizes) -> dict:
    """Compare features alone: a region, and growing parts of the tissue."""
    tissue = subject.pipeline[0].cut(subject.image, stride=1)
    region = rectangle(
        subject.image, subject.patch_size, tissue_centre(tissue), sizes.region
    )
    parts = {f"region {sizes.region[0]} x {sizes.region[1]}": region}
    parts |= {f"{share} of the tissue": share for share in ("1/4", "1/2", "1/1")}
    cases = {
        name: left_part(tissue, part) if isinstance(part, str) else part
        for name, part in parts.items()
    }
    results = compare_cases(subject.extractor, cases, region, sizes)
    slowest = results["cases"]["1/1 of the tissue"]["dense"]["patches_per_s"]
    for name, part in parts.items():
        case = results["cases"][name]
        case |= run_alone(features_alone, subject.pipeline, subject.image, part)
        case["time_per_patch_to_the_whole"] = slowest / case["dense"]["patches_per_s"]
        print(f"{name:<24} peak {case['peak_mb']:.0f} MB, ", end="")
        print(f"time per patch {case['time_per_patch_to_the_whole']:.2f} of 1/1's")
    return results


def measure_maps(subject: Subject, sizes: Sizes) -> dict:
    """Map the whole slice, in memory and to disk within a gigabyte."""
    cases = {"default, in memory": ("auto", False), "1GB, to OME-Zarr": ("1GB", True)}
    table: dict[str, list[dict]] = {name: [] for name in cases}
    for _ in range(sizes.n_map_rounds):
        for name, (limit, to_disk) in cases.items():
            with tempfile.TemporaryDirectory() as folder:
                out = Path(folder) / "maps.zarr" if to_disk else None
                case = run_alone(map_alone, subject.pipeline, subject.image, limit, out)
            table[name].append(case)
            print(f"map, {name:<20} {case['seconds']:>7.1f} s", end="")
            print(f", peak {case['peak_mb']:.0f} MB", flush=True)
    digests = [case["digests"] for runs in table.values() for case in runs]
    equal = all(found == digests[0] for found in digests)
    print(f"all maps equal: {equal}", flush=True)
    return {"equal": equal, "runs": table}


def measure_paper(subject: Subject, sizes: Sizes) -> dict:
    """Compare the published layers without padding, on a small region."""
    patches, regions = subject.training
    few = slice(0, 60)
    network = CNNFeatureExtractor(
        "paper",
        module_params={"padded": False},
        max_epochs=1,
        batch_size=16,
        validation=None,
        device="cpu",
        random_state=0,
    )
    with warnings.catch_warnings():
        # Hardly trained: many units are as silent as they began.
        warnings.simplefilter("ignore", DeadUnitsWarning)
        network.fit(patches.take(few), regions[few])
    centre = tissue_centre(subject.pipeline[0].cut(subject.image, stride=8))
    region = rectangle(subject.image, subject.patch_size, centre, sizes.paper_region)
    name = f"paper, {sizes.paper_region[0]} x {sizes.paper_region[1]}"
    return compare_cases(network, {name: region}, region, sizes)


def rounded(value):
    """Return results with numbers cut to four digits."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.4g}")
    return value


PARTS = {
    "features": measure_features,
    "maps": measure_maps,
    "paper": measure_paper,
    "peers": compare_peers,
}


def main() -> None:
    """Print the tables and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a saved, fitted pipeline")
    parser.add_argument("--out", type=Path, help="JSON file; a quick run needs one")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--quick", action="store_true", help="small sizes")
    options = parser.parse_args()
    out = options.out or (None if options.quick else RESULTS)
    sizes = QUICK if options.quick else FULL

    use_threads()
    subject = prepare(options.model, sizes)
    about = {"subject": subject.source, "machine": describe_machine()}
    print(subject.source)
    print(", ".join(f"{key} {value}" for key, value in about["machine"].items()))
    results = json.loads(out.read_text()) if out is not None and out.exists() else {}
    for name in options.parts:
        results[name] = rounded(about | PARTS[name](subject, sizes))
        if out is not None:
            out.parent.mkdir(exist_ok=True)
            out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
