"""How far the factors of two fits agree, and what loadings still tell."""

import numpy as np
from _last_layer import LEAST_SPREAD
from _reproducibility_subject import Subject
from numpy.typing import NDArray
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.metrics import r2_score, recall_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_microarch.trust.again._agreement import found_again

FOUND_AGAIN, FOUND_INSIDE = 0.8, 0.5


def costs(loadings: NDArray, net: dict, subject: Subject) -> dict[str, float]:
    """Return what linear layers read from loadings, on the other half of the blocks."""
    seen, unseen = subject.half == 0, subject.half == 1
    ridge = make_pipeline(StandardScaler(), Ridge(1.0))
    found = {}
    for name, target in (
        ("features_r2", net["features"]),
        ("described_r2", subject.described[1]),
    ):
        target = StandardScaler().fit_transform(target)[
            :, target.std(axis=0) > LEAST_SPREAD
        ]
        told = ridge.fit(loadings[seen], target[seen]).predict(loadings[unseen])
        found[name] = float(r2_score(target[unseen], told))
    known = subject.codes >= 0
    regions = make_pipeline(StandardScaler(), RidgeClassifier(class_weight="balanced"))
    regions.fit(loadings[known & seen], subject.codes[known & seen])
    told = regions.predict(loadings[known & unseen])
    truth = subject.codes[known & unseen]
    found["recall"] = float(recall_score(truth, told, average="macro"))
    if subject.truth is not None:
        found |= read_layers(loadings, subject)
    return found


def read_layers(loadings: NDArray, subject: Subject) -> dict[str, float]:
    """Return R2 of layers (their mean) and barrels in the cortex, on other blocks."""
    cortex = subject.codes == 0
    ridge = make_pipeline(StandardScaler(), Ridge(10.0))
    # A half of the cortex of a small slice is too little to learn from.
    told = cross_val_predict(
        ridge,
        loadings[cortex],
        subject.truth[cortex],
        groups=subject.block[cortex],
        cv=GroupKFold(5),
    )
    scores = r2_score(subject.truth[cortex], told, multioutput="raw_values")
    return {"layers_r2": float(scores[:-1].mean()), "barrels_r2": float(scores[-1])}


def agreement(ours: NDArray, theirs: NDArray, subject: Subject) -> dict[str, float]:
    """Return how far the factors of two fits agree."""
    whole, inside = found_again(ours.astype(float), theirs.astype(float), subject.codes)
    again = whole >= FOUND_AGAIN
    return {
        "k": ours.shape[1],
        "again": float(again.mean()),
        "inside": float((again & (inside >= FOUND_INSIDE)).mean()),
        "median": float(np.median(whole)),
        "median_inside": float(np.median(inside)),
    }


def told_by_other(loadings: NDArray, features: NDArray, subject: Subject) -> float:
    """Return the median correlation of factors with what other features tell."""
    seen, unseen = subject.half == 0, subject.half == 1
    ridge = make_pipeline(StandardScaler(), Ridge(1.0))
    told = ridge.fit(features[seen], loadings[seen]).predict(features[unseen])
    pairs = zip(told.T, loadings[unseen].T, strict=True)
    return float(np.median([np.corrcoef(*pair)[0, 1] for pair in pairs]))
