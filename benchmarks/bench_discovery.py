"""Would a region be found that nobody named? Three tests of networks not told of it.

Mosaics: slices of five textures, two of which have one name. A mixture of two clusters
is fitted inside that name; its agreement with the two textures is an adjusted Rand
index.

Regions: each region in turn is withheld from the network, with every patch that shares
a pixel with it. The factor that marks it best in one half of the blocks is judged in
the other, by its AUC against the other regions. Labels that are moved within the
annotation are offered the same choice.

Layers: on a phantom whose layers are uneven, five clusters in the cortex are compared
with the layers, by adjusted mutual information within narrow bands of depth, where
depth tells nothing; and barrels are looked for inside L4.

    python bench_discovery.py --mosaics 3 --regions real --layers 31
    python bench_discovery.py --mosaics 3 --contrast 4 --noise 8

Features of networks are kept in the cache, so that a run can be taken up again.
"""

import argparse
import json
from pathlib import Path

from _discovery_layers import run_layers
from _discovery_mosaics import name_of, run_mosaics
from _discovery_regions import run_regions
from _discovery_scene import SMALL, Settings

from sklearn_microarch import __version__

RESULTS = Path(__file__).parent / "results" / "bench_discovery.json"


def main() -> None:
    """Measure, print and write what was asked for, beside what is known."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mosaics", type=int, default=0, help="how many")
    parser.add_argument("--contrast", type=float, default=24.0, help="of mosaics")
    parser.add_argument("--noise", type=float, default=2.5, help="of mosaics")
    parser.add_argument("--regions", help="real, or the seed of a phantom")
    parser.add_argument("--layers", type=int, help="seed of a phantom")
    parser.add_argument("--small", action="store_true", help="to try the code")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    settings = SMALL if options.small else Settings()
    found: dict[str, object] = {}
    if options.layers is not None:
        found[f"layers of phantom {options.layers}"] = run_layers(
            options.layers, settings
        )
    if options.mosaics:
        grey = {"contrast": options.contrast, "noise": options.noise}
        found[name_of("mosaics", grey)] = run_mosaics(options.mosaics, settings, grey)
    if options.regions:
        found[f"regions, {options.regions}"] = run_regions(options.regions, settings)
    print(json.dumps(found, indent=1))
    known = json.loads(options.out.read_text()) if options.out.exists() else {}
    known |= {"version": __version__, "settings": vars(settings)} | found
    options.out.write_text(json.dumps(known, indent=1) + "\n")


if __name__ == "__main__":
    main()
