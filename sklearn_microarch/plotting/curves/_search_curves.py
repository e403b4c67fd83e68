"""A search over the number of components as curves, one for each other setting."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.model_selection import search_table
from sklearn_microarch.model_selection._search_table import short_names


def curves_of_search(
    search: Any,  # noqa: ANN401 - any fitted search
    parameter: str,
) -> tuple[NDArray, dict[str, ArrayLike]]:
    """Return the numbers (n_ks,) tried, and scores (n_ks, n_folds) by other settings.

    Only the settings that were scored at every number are kept.
    """
    rows = search_table(search)
    names = short_names(search.cv_results_["params"][0])
    if parameter not in names:
        raise ValueError(
            f"parameter={shown(parameter)} was not searched over; these were: "
            f"{', '.join(names)}."
        )
    own = names[parameter]
    others = [name for full, name in names.items() if full != parameter]
    score = "score" if "score" in rows[0] else _first_metric(search)
    ks = sorted({row[own] for row in rows})
    scores: dict[str, dict[Any, list[float]]] = {}
    for row in rows:
        setting = ", ".join(f"{name} = {row[name]}" for name in others)
        title = f"{score} of held-out folds" + (f", {setting}" if setting else "")
        scores.setdefault(title, {}).setdefault(row[own], []).append(row[score])
    whole = {title: found for title, found in scores.items() if set(found) == set(ks)}
    return np.array(ks), {
        title: [found[k] for k in ks] for title, found in whole.items()
    }


def _first_metric(search: Any) -> str:  # noqa: ANN401
    """Return the first of several metrics."""
    results = search.cv_results_
    found = [name for name in results if name.startswith("mean_test_")]
    return found[0].removeprefix("mean_test_")
