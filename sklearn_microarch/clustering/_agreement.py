"""How well clusters agree with annotated regions."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from sklearn_microarch._annotation import check_roi_labels, code_labels
from sklearn_microarch._arguments._arrays import check_same_length
from sklearn_microarch._arguments._numbers import check_option

_MEASURES = {"ami": adjusted_mutual_info_score, "ari": adjusted_rand_score}


def region_agreement(
    clusters: ArrayLike,
    regions: ArrayLike,
    *,
    unannotated: int | str | None,
    measure: str = "ami",
    name: str = "y",
) -> float:
    """Return the agreement over rows (n_samples,) with a region and a cluster, not -1.

    `measure` is "ami" or "ari", mutual information or Rand index less chance.
    """
    check_option("measure", measure, _MEASURES)
    coded = code_labels(regions, unannotated=unannotated, name=name)
    ids = check_roi_labels(clusters, name="clusters")
    check_same_length(**{name: coded.codes, "clusters": ids})
    # Names have no -1, and "" may be one.
    clustered = ids != -1 if ids.dtype.kind != "U" else np.ones(len(ids), dtype=bool)
    rows = coded.annotated & clustered
    if not rows.any():
        raise ValueError(
            "clusters is -1, no cluster, at all annotated rows; at least one row with "
            "a region and a cluster is needed."
        )
    return float(_MEASURES[measure](coded.codes[rows], ids[rows]))
