"""Groups of animals compared: false findings, coverage of intervals, power.

Tables are drawn, not mapped: animals differ (all regions of an animal together, and
each factor in each region by itself), sections of an animal differ, and more so where
they show less of a region. Loadings are positive and skewed.

- Groups without any difference: in how many comparisons something is found, with
  animals as the unit and with sections; also where groups are unequal in size, where
  one group varies twice as much, and where animals lack regions.
- How often intervals hold the true difference.
- How often something is found where nothing differs, in tables where half of the
  factors differ by far.
- How often a difference in one factor of one region is found: by the moderated
  statistic that `compare_groups` uses, and by Student's.

- With ``--mapped``: the same on maps of small phantoms, comparisons being drawn from
  one pool of animals, some of which have 40 % fewer cells in the cortex.

    python bench_groups.py --comparisons 1000
    python bench_groups.py --mapped
"""

import argparse
import json
import time
import warnings
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np
from scipy.stats import binomtest
from sklearn.utils import Bunch

from sklearn_microarch import PatchSampler, make_microarch_pipeline, map_slice
from sklearn_microarch.anatomy import (
    GroupComparison,
    compare_groups,
    regional_summary,
)
from sklearn_microarch.anatomy.comparison import _max_statistic
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.exceptions import (
    ImagingDifferenceWarning,
    MissingRegionsWarning,
    PseudoReplicationWarning,
)

RESULTS = Path(__file__).parent / "results"
MAPPED_WARNINGS = (
    ImagingDifferenceWarning,
    MissingRegionsWarning,
    PseudoReplicationWarning,
)


@dataclass(frozen=True)
class Study:
    """What is drawn: groups, how they vary, and what differs between them."""

    n_first: int = 4
    n_second: int = 4
    n_sections: int = 6
    n_regions: int = 6
    n_factors: int = 6
    # Standard deviations of logarithms: of an animal, of a factor in a region of it, of
    # a section with twenty independent patches.
    animal: float = 0.08
    factor: float = 0.10
    section: float = 0.15
    # How much more the second group varies.
    ratio: float = 1.0
    # Share of regions that an animal lacks.
    lacking: float = 0.0
    # What the first factors of the first regions have less of in the second group, and
    # of how many regions and factors.
    planted: float = 0.0
    planted_in: tuple[int, int] = (1, 1)


def draw(study: Study, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return a table as `regional_summary` gives it."""
    n = study.n_first + study.n_second
    shape = (n, study.n_sections, study.n_regions, study.n_factors)
    animal, section, region, factor = (at.ravel() for at in np.indices(shape))
    second = np.arange(n) >= study.n_first
    spread = np.where(second, study.ratio, 1.0)
    level = rng.lognormal(0.0, 0.8, shape[2:])
    logs = spread[:, None, None, None] * (
        rng.normal(0, study.animal, (n, 1, 1, 1))
        + rng.normal(0, study.factor, (n, 1, *shape[2:]))
    )
    patches = rng.integers(4, 60, shape[:3])
    deviation = study.section * np.sqrt(20 / patches)[..., None]
    # A section is right on average, however little it shows.
    noise = deviation * rng.normal(size=shape) - deviation**2 / 2
    loading = level * np.exp(logs + noise)
    regions, factors = study.planted_in
    loading[study.n_first :, :, :regions, :factors] *= 1 - study.planted
    table = {
        "specimen": np.array([f"m{number}" for number in range(n)])[animal],
        "group": np.where(second, "treated", "control")[animal],
        "slice": np.array([f"s{number}" for number in range(99)])[section],
        "region": np.array([f"region {number}" for number in range(99)])[region],
        "kind": np.full(loading.size, "factor"),
        "name": np.array([f"factor{number:02d}" for number in range(99)])[factor],
        "loading": loading.ravel(),
        "n_independent": patches[animal, section, region],
    }
    # The first region stays, so that there is something to find.
    kept = rng.random((n, study.n_regions)) >= study.lacking
    kept[:, 0] = True
    return {name: column[kept[animal, region]] for name, column in table.items()}


def share(found: int, tried: int) -> dict[str, float]:
    """Return a share with its exact interval."""
    exact = binomtest(found, tried).proportion_ci(0.95, method="exact")
    return {"found": found, "tried": tried, "share": found / tried} | {
        "low": exact.low,
        "high": exact.high,
    }


def compare(study: Study, n: int, *, unit: str = "specimen") -> list[GroupComparison]:
    """Return comparisons of tables drawn anew."""
    found = []
    with warnings.catch_warnings():
        for category in (PseudoReplicationWarning, MissingRegionsWarning):
            warnings.simplefilter("ignore", category)
        for seed in range(n):
            table = draw(study, np.random.default_rng(seed))
            permutations = 1999 if unit == "slice" else 9999
            found.append(
                compare_groups(
                    table, unit=unit, n_permutations=permutations, random_state=seed
                )
            )
    return found


def measure_null(n: int) -> list[dict]:
    """Count comparisons with a finding where there is nothing to find."""
    study = Study()
    cases = [
        ("4 against 4 animals", study, "specimen"),
        ("the same tables, sections as n", study, "slice"),
        ("6 against 6", replace(study, n_first=6, n_second=6), "specimen"),
        ("3 against 8", replace(study, n_first=3, n_second=8), "specimen"),
        (
            "6 against 6, the second varies twice as much",
            replace(study, n_first=6, n_second=6, ratio=2.0),
            "specimen",
        ),
        (
            "4 against 8, the second varies twice as much",
            replace(study, n_second=8, ratio=2.0),
            "specimen",
        ),
        (
            "4 against 8, the second varies half as much",
            replace(study, n_second=8, ratio=0.5),
            "specimen",
        ),
        (
            "5 against 5, animals lack a tenth of the regions",
            replace(study, n_first=5, n_second=5, lacking=0.1),
            "specimen",
        ),
    ]
    rows = []
    for name, one, unit in cases:
        many = n if unit == "specimen" else min(n, 200)
        start = time.perf_counter()
        found = sum(bool(r.is_finding.any()) for r in compare(one, many, unit=unit))
        rows.append(
            {"case": name, **share(found, many)}
            | {"seconds_each": (time.perf_counter() - start) / many}
        )
        print(f"{name:50} {found} of {many}", flush=True)
    return rows


def measure_beside(n: int) -> list[dict]:
    """Count comparisons that find what does not differ, beside much that does."""
    rows = []
    for first, second in ((4, 4), (6, 6), (4, 8)):
        study = Study(n_first=first, n_second=second, planted=0.4, planted_in=(6, 3))
        results = compare(study, n)
        alike = np.array([f"factor{number:02d}" for number in range(3, 6)])
        wrong = [r.is_finding[np.isin(r.names, alike)].any() for r in results]
        right = [r.is_finding[~np.isin(r.names, alike)].mean() for r in results]
        rows.append(
            {"case": f"{first} against {second} animals"}
            | share(int(np.sum(wrong)), n)
            | {"share_of_differences": float(np.mean(right))}
        )
        print(
            f"half of the factors differ, {rows[-1]['case']}: {np.sum(wrong)} of {n} "
            f"find another, {np.mean(right):.2f} of the differences found",
            flush=True,
        )
    return rows


def true_difference(study: Study, seed: int) -> np.ndarray:
    """Return expected differences, in the order of the tests."""
    shape = (study.n_regions, study.n_factors)
    level = np.random.default_rng(seed).lognormal(0.0, 0.8, shape)
    spread = np.array([1.0, study.ratio])
    first, second = np.exp(spread**2 * (study.animal**2 + study.factor**2) / 2)
    difference = level * (second - first)
    difference[0, 0] = level[0, 0] * ((1 - study.planted) * second - first)
    return difference.ravel()


def measure_coverage(n: int) -> list[dict]:
    """Count intervals that hold the true difference."""
    rows = []
    for animals in range(3, 9):
        study = Study(n_first=animals, n_second=animals, planted=0.3)
        inside, planted = [], []
        for seed in range(n):
            table = draw(study, np.random.default_rng(seed))
            # Intervals need no relabelling.
            result = compare_groups(table, n_permutations=19, random_state=0)
            truth = true_difference(study, seed)
            held = (result.low <= truth) & (truth <= result.high)
            inside.append(held.mean())
            planted.append(held[0])
        rows.append(
            {
                "animals_per_group": animals,
                "share_of_all": float(np.mean(inside)),
                "standard_error": float(np.std(inside) / np.sqrt(n)),
                "planted": share(int(np.sum(planted)), n),
            }
        )
        print(f"coverage, {animals} per group: {np.mean(inside):.3f}", flush=True)
    return rows


def no_prior(*_: object) -> float:
    """Stand in for the prior: each variance is what its own animals say."""
    return 0.0


def measure_power(n: int) -> list[dict]:
    """Count comparisons that find what was planted, and nothing else."""
    rows = []
    for animals in (4, 6, 8):
        for planted in (0.2, 0.3, 0.4):
            study = Study(n_first=animals, n_second=animals, planted=planted)
            row = {"animals_per_group": animals, "planted": planted}
            for name, prior in (
                ("moderated", _max_statistic.prior_freedom),
                ("student", no_prior),
            ):
                with mock.patch.object(_max_statistic, "prior_freedom", prior):
                    results = compare(study, n)
                found = sum(bool(result.is_finding[0]) for result in results)
                wrong = sum(bool(result.is_finding[1:].any()) for result in results)
                row[name] = share(found, n) | {"others": share(wrong, n)}
            rows.append(row)
            print(
                f"power, {animals} per group, {planted:.0%} less: moderated "
                f"{row['moderated']['share']:.2f}, Student's "
                f"{row['student']['share']:.2f}",
                flush=True,
            )
    return rows


def phantom_of(animal: int, shape: tuple[int, int], *, fewer: bool) -> Bunch:
    """Return two sections of one animal, as natural animals differ."""
    return make_thalamocortical_phantom(
        2,
        shape=shape,
        z_step_um=120.0,
        variation=1.0,
        cells={"cortex": 0.6} if fewer else None,
        six_class=True,
        random_state=1000 + animal,
    )


def map_pool(
    n_alike: int, n_fewer: int, shape: tuple[int, int], patch_size: int
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return the table of all animals, by one model, and which have fewer cells."""
    trained = phantom_of(-1, shape, fewer=False)
    sampler = PatchSampler(
        patch_size, n_patches_per_roi=300, stride=patch_size // 4, random_state=0
    )
    pipe = make_microarch_pipeline(
        sampler=sampler, n_components=8, n_clusters=4, random_state=0
    )
    pipe.set_params(features__max_epochs=8, features__n_features=32)
    pipe.fit(*sampler.sample(trained.images, trained.rois, trained.roi_names))
    maps, annotations, fewer = [], [], []
    for animal in range(n_alike + n_fewer):
        section = phantom_of(animal, shape, fewer=animal >= n_alike)
        if animal >= n_alike:
            fewer.append(f"m{animal}")
        for image in section.images:
            maps.append(map_slice(pipe, image.replace(specimen=f"m{animal}")))
        annotations += section.rois
    table = regional_summary(maps, annotations, trained.roi_names)
    return {name: np.asarray(table[name]) for name in table}, fewer


def measure_mapped(n: int, shape: tuple[int, int], patch_size: int) -> dict:
    """Count findings among animals that are alike, and where the cortex differs."""
    table, fewer = map_pool(24, 8, shape, patch_size)
    alike = sorted(set(table["specimen"].tolist()) - set(fewer))
    rng = np.random.default_rng(0)
    counts = dict.fromkeys(("alike", "alike, sections as n", "fewer cells"), 0)
    sizes = []
    for _ in range(n):
        eight = rng.permutation(alike)[:8]
        with_fewer = np.append(eight[:4], rng.permutation(fewer)[:4])
        for name, animals, unit in (
            ("alike", eight, "specimen"),
            ("alike, sections as n", eight, "slice"),
            ("fewer cells", with_fewer, "specimen"),
        ):
            keep = np.isin(table["specimen"], animals)
            some = {column: values[keep] for column, values in table.items()}
            second = np.isin(some["specimen"], animals[4:])
            some["group"] = np.where(second, "treated", "control")
            with warnings.catch_warnings():
                for category in MAPPED_WARNINGS:
                    warnings.simplefilter("ignore", category)
                result = compare_groups(some, unit=unit, random_state=0)
            counts[name] += bool(result.is_finding.any())
            if name == "fewer cells":
                found = result.regions[result.is_finding].tolist()
                sizes.append("cortex" in found)
    figures = {name: share(found, n) for name, found in counts.items()}
    figures["fewer cells, found in the cortex"] = share(sum(sizes), n)
    for name, figure in figures.items():
        print(f"mapped, {name}: {figure['share']:.3f}", flush=True)
    return figures | {"shape": list(shape), "patch_size": patch_size}


def main() -> None:
    """Print the figures and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--comparisons", type=int, default=1000)
    parser.add_argument("--mapped", action="store_true")
    parser.add_argument("--shape", type=int, nargs=2, default=(192, 768))
    parser.add_argument("--patch-size", type=int, default=32)
    options = parser.parse_args()
    n, path = options.comparisons, RESULTS / "bench_groups.json"
    if options.mapped:
        results = json.loads(path.read_text()) if path.exists() else {}
        results["mapped"] = measure_mapped(
            200, tuple(options.shape), options.patch_size
        )
        path.write_text(json.dumps(results, indent=1) + "\n")
        return
    results = {
        "study": asdict(Study()),
        "null": measure_null(n),
        "beside_differences": measure_beside(n),
        "coverage": measure_coverage(n),
        "power": measure_power(max(100, n // 5)),
    }
    path.write_text(json.dumps(results, indent=1) + "\n")
    print(f"written to {path.name}")


if __name__ == "__main__":
    main()
