"""One verdict for each map, with the figures it rests on."""

from collections.abc import Sequence
from math import nan

import numpy as np

from sklearn_microarch.trust._gather_figures import Gathered
from sklearn_microarch.trust._judge_map import judge_map
from sklearn_microarch.trust._map_verdict import MapVerdict
from sklearn_microarch.trust._select_again import Selected


def verdicts_on(
    found: Gathered,
    factor_names: Sequence[str],
    cluster_names: Sequence[str],
    chosen: Sequence[Selected] = (),
    p_number: float = nan,
) -> tuple[MapVerdict, ...]:
    """Return a verdict for each map, factors first.

    ``chosen`` is of the factors, ``p_number`` of the clusters.
    """
    kinds = np.repeat(["factor", "cluster"], [len(factor_names), len(cluster_names)])
    names = [*factor_names, *cluster_names]
    selected = [*chosen, *[Selected()] * (len(names) - len(chosen))]
    verdicts = []
    for kind, name, one, own in zip(
        kinds.tolist(), names, found.evidence, selected, strict=True
    ):
        verdict, sentence = judge_map(one)
        verdicts.append(
            MapVerdict(
                kind=kind,
                name=name,
                verdict=verdict,
                sentence=sentence,
                region=one.region,
                auc=one.auc,
                p_moved_labels=one.p_moved_labels,
                p_surrogates=one.p_surrogates,
                by_regions=one.by_regions,
                nuisance=one.nuisance,
                by_nuisance=one.alone[one.nuisance],
                left_by_nuisance=one.left_by_nuisance,
                gradient_inside=one.gradient_inside,
                beyond_logits=one.beyond_logits,
                again=one.again,
                again_within=one.again_within,
                n_seeds=one.n_seeds,
                n_animals=one.n_animals,
                n_animals_followed=one.n_animals_followed,
                selected=own.region,
                selection_holds=own.holds,
                by_depth=nan if one.depth is None else one.depth.by_depth,
                by_layers=nan if one.depth is None else one.depth.by_layers,
                p_redrawn=nan if one.depth is None else one.depth.p_redrawn,
                holds_flat=one.holds_flat,
                p_within=one.p_within,
                p_number=p_number if kind == "cluster" else nan,
            )
        )
    return tuple(verdicts)
