"""The results of a search as a tidy table, one row per candidate and fold."""

from collections.abc import Collection, Iterable
from typing import Any

from sklearn.utils.validation import check_is_fitted

from sklearn_microarch._arguments._numbers import check_switch

TEST_SCORE = "mean_test_"


def search_table(
    search: Any,  # noqa: ANN401 - any search of scikit-learn
    *,
    per_fold: bool = True,
) -> list[dict[str, Any]]:
    """Return the results of a search, one row per candidate and fold.

    ``cv_results_`` holds a column for each fold and metric, and parameters under
    their full names; here every row is one measurement.

    Parameters
    ----------
    search : GridSearchCV, RandomizedSearchCV or a halving search
        Fitted.
    per_fold : bool, default=True
        False gives one row per candidate, without ``fold`` and the folds' scores.

    Returns
    -------
    rows : list of dict
        In the order of ``cv_results_``, with, in this order:

        - ``iter`` and ``n_resources`` of a halving search;
        - the searched parameters, by the shortest end of their names that no other
          has (``lam`` for ``select__lam``); absent where a candidate has none;
        - ``fold``, from 0, and ``score`` on its held-out rows, also ``train_score``
          if the search kept it;
        - ``mean_score``, ``std_score`` (over the folds, of the candidate; divided by
          their number) and ``rank`` (1 is best);
        - ``mean_fit_time_s``, over the folds: scikit-learn keeps no other, and with
          a ``memory`` it is the time of reading where a step was not fitted.

        With several metrics, their names stand in the place of ``score``.

    Raises
    ------
    TypeError
        If ``search`` is no estimator, or ``per_fold`` no bool.
    NotFittedError
        If the search has no results yet.

    Notes
    -----
    ``pandas.DataFrame(rows)`` makes a data frame of the rows.

    The training rows of folds overlap, so that ``std_score`` divided by the root of
    the number of folds is no standard error.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_microarch.model_selection import search_table
    >>> X = np.random.default_rng(0).normal(size=(20, 3))
    >>> search = GridSearchCV(make_pipeline(PCA()), {"pca__n_components": [1, 2]}, cv=2)
    >>> rows = search_table(search.fit(X))
    >>> [(row["n_components"], row["fold"]) for row in rows]
    [(1, 0), (1, 1), (2, 0), (2, 1)]
    """
    if not hasattr(search, "get_params"):
        raise TypeError(
            f"search is a {type(search).__name__}; it must be a search of scikit-learn."
        )
    check_is_fitted(search, "cv_results_")
    per_fold = check_switch("per_fold", per_fold)
    results = search.cv_results_
    metrics = [key[len(TEST_SCORE) :] for key in results if key.startswith(TEST_SCORE)]
    parts = [
        (_round(results, at), params, {**scores, **_summary(results, metrics, at)})
        for at, params in enumerate(results["params"])
        for scores in (
            _fold_scores(results, metrics, at, search.n_splits_) if per_fold else [{}]
        )
    ]
    columns = {name for first, _, last in parts for name in (*first, *last)}
    searched = dict.fromkeys(name for _, params, _ in parts for name in params)
    short = short_names(searched, taken=columns)
    return [
        {**first, **{short[name]: value for name, value in params.items()}, **last}
        for first, params, last in parts
    ]


def _round(results: dict[str, Any], at: int) -> dict[str, int]:
    """Return the round of a halving search in which a candidate was fitted."""
    return {
        key: int(results[key][at]) for key in ("iter", "n_resources") if key in results
    }


def _fold_scores(
    results: dict[str, Any], metrics: list[str], at: int, n_folds: int
) -> list[dict[str, Any]]:
    """Return a candidate's scores, one row for each fold."""
    rows: list[dict[str, Any]] = [{"fold": fold} for fold in range(n_folds)]
    for fold, row in enumerate(rows):
        for name in metrics:
            row[name] = float(results[f"split{fold}_test_{name}"][at])
            if f"split{fold}_train_{name}" in results:
                row[f"train_{name}"] = float(results[f"split{fold}_train_{name}"][at])
    return rows


def _summary(results: dict[str, Any], metrics: list[str], at: int) -> dict[str, Any]:
    """Return a candidate's scores over the folds, ranks and time."""
    summary: dict[str, Any] = {}
    for name in metrics:
        summary[f"mean_{name}"] = float(results[f"mean_test_{name}"][at])
        summary[f"std_{name}"] = float(results[f"std_test_{name}"][at])
        # The only metric's rank is plain.
        rank = "rank" if metrics == ["score"] else f"rank_{name}"
        summary[rank] = int(results[f"rank_test_{name}"][at])
    return {**summary, "mean_fit_time_s": float(results["mean_fit_time"][at])}


def short_names(names: Iterable[str], *, taken: Collection[str] = ()) -> dict[str, str]:
    """Return the shortest end of each parameter's name that tells it from the others.

    Such as ``{"select__lam": "lam"}``; the whole name where no end of it is free, with
    "param_" before it where that is taken too.
    """
    full = list(names)
    short = {}
    for name in full:
        parts = name.split("__")
        ends = ["__".join(parts[start:]) for start in range(len(parts))]
        free = [
            end
            for end in ends
            if end not in taken
            and not any(
                f"__{other}".endswith(f"__{end}") for other in full if other != name
            )
        ]
        whole = f"param_{name}" if name in taken else name
        short[name] = min(free, key=len, default=whole)
    return short
