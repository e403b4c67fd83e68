"""Compare features computed together with those of patches one by one."""

from functools import partial

import numpy as np
import torch
from _dense_alone import evaluate
from _dense_baseline import Baseline, choose
from _dense_sizes import Sizes
from _dense_subject import at_the_border
from _dense_turns import compare, print_row, summarize, take_turns

from sklearn_microarch import CNNFeatureExtractor, Patches
from sklearn_microarch.features.dense import DenseNetwork


def compare_cases(
    extractor: CNNFeatureExtractor,
    cases: dict[str, Patches],
    sample: Patches,
    sizes: Sizes,
) -> dict:
    """Let the baseline and dense evaluation take turns on each set of patches.

    Parameters
    ----------
    extractor : CNNFeatureExtractor
    cases : dict of str to Patches
        Of one slice. Features of some of the last are compared.
    sample : Patches
        Some of these are what the baseline evaluates.
    sizes : Sizes
    """
    few = some_of(sample, sizes.n_timed)
    baselines, tried = choose(extractor, few, sizes)
    batch = baselines[0].read(few)
    network = dense_network(extractor)
    macs = dict.fromkeys([each.form for each in baselines], network.patch_macs)
    macs["dense"] = network.schedule().macs
    table = {}
    for name, patches in cases.items():
        contenders = {each.form: partial(_evaluate, each, batch) for each in baselines}
        contenders["dense"] = partial(evaluate, extractor, patches)
        turns = take_turns(contenders, sizes.n_rounds)
        table[name] = {"n_patches": len(patches)}
        for who in macs:
            found = summarize(turns[who], macs[who])
            if who == "dense":
                found |= compare(turns[who], [turns[each.form] for each in baselines])
            print_row(f"{name}, {who}", found)
            table[name][who] = found
    return {
        "patch_by_patch": [each.name for each in baselines],
        "tried_patches_per_s": tried,
        "macs_per_patch": macs,
        "cases": table,
        "deviation": deviations(extractor, baselines[0], patches, sizes.n_compared),
    }


def _evaluate(baseline: Baseline, batch: torch.Tensor) -> int:
    return len(baseline.evaluate(batch))


def deviations(
    extractor: CNNFeatureExtractor, baseline: Baseline, patches: Patches, n: int
) -> dict:
    """Compare patches at random, at the border of their slice, and beyond it."""
    image, size = patches.images[0], patches.patch_size
    compared = {
        "at random": some_of(patches, n),
        "at the border": at_the_border(image, size, "drop"),
        "beyond the border, reflected": at_the_border(image, size, "reflect"),
    }
    found = {}
    for where, some in compared.items():
        found[where] = deviation(extractor, baseline, some)
        print(f"deviation of {len(some)} patches {where}: ", end="")
        print(f"{found[where]['relative']:.1e} of the largest feature", flush=True)
    return found


def deviation(
    extractor: CNNFeatureExtractor, baseline: Baseline, patches: Patches
) -> dict:
    """Return the largest difference of dense features from the baseline's."""
    expected = baseline.features_of(patches)
    found = np.full_like(expected, np.nan)
    for rows, features in extractor.iter_transform(patches, step=1):
        found[rows] = features
    largest = float(np.abs(found - expected).max())
    # How many independent features there seem to be: equality of dead ones is cheap.
    variances = np.linalg.eigvalsh(np.cov(expected.T)).clip(min=0)
    return {
        "n_patches": len(patches),
        "absolute": largest,
        "relative": largest / float(expected.max()),
        "share_of_zeros": float((expected == 0).mean()),
        "participation_ratio": float(variances.sum() ** 2 / (variances**2).sum()),
    }


def dense_network(extractor: CNNFeatureExtractor) -> DenseNetwork:
    """Return the network as dense evaluation sees it, to count its multiply-adds."""
    module = extractor.net_.module_
    return DenseNetwork(module, len(module.mean), extractor.patch_shape_[-2:])


def some_of(patches: Patches, n: int) -> Patches:
    """Return patches drawn at random, in their order."""
    rows = np.random.default_rng(0).choice(len(patches), n, replace=False)
    return patches.take(np.sort(rows))
