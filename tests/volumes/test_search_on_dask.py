"""A search whose folds are trained by the workers of a cluster, one of which dies."""

import itertools
import os

import joblib
import numpy as np
import pytest
from pipelines import small_pipeline, training_patches
from sklearn.model_selection import GridSearchCV
from volumes.counted import CountedExtractor, counted_gap

from sklearn_microarch import SpatialBlockKFold, factor_localization_scorer

N_FOLDS = 2
GRID = {"nmf__n_components": [6, 8], "select__lam": [0.3, 1.0]}
ONE = {name: values[:1] for name, values in GRID.items()}


def searched(folder, folds, grid, **settings):
    """Return a search whose trainings leave lines in a file of a folder."""
    network = CountedExtractor(
        counted_gap,
        # What the network is made of must be the same in all processes.
        module_params={"log": str(folder / "trainings"), "owner": os.getpid()},
        max_epochs=1,
        n_features=16,
        unannotated=-1,
        random_state=0,
    )
    pipe = small_pipeline(features=network)
    memory = str(folder / "cache")
    pipe.set_params(memory=memory, features__memory=memory)
    return GridSearchCV(
        pipe,
        grid,
        cv=folds,
        scoring=factor_localization_scorer,
        error_score="raise",
        **settings,
    )


def trained_in(folder):
    """Return the process of each training."""
    return [int(line) for line in (folder / "trainings").read_text().split()]


# joblib's, of a disk that others keep busy.
@pytest.mark.filterwarnings("ignore:Persisting input arguments took")
def test_a_search_outlives_a_worker_and_trains_one_network_a_fold(processes, tmp_path):
    (tmp_path / "alone").mkdir()
    (tmp_path / "dask").mkdir()
    patches, labels = training_patches()
    folds = list(SpatialBlockKFold(N_FOLDS).split(patches, labels))
    alone = searched(tmp_path / "alone", folds, GRID).fit(patches, labels)
    assert len(trained_in(tmp_path / "alone")) == N_FOLDS + 1

    # Else copies are dropped again, and the only one may be the dead worker's.
    processes.amm.stop()
    data = [patches, labels, *itertools.chain(*folds)]
    with joblib.parallel_config("dask", client=processes, scatter=data):
        warm = searched(tmp_path / "dask", folds, ONE, refit=False)
        warm.fit(patches, labels)
        trained = trained_in(tmp_path / "dask")
        # That of the worker that died is trained again.
        assert (tmp_path / "dask" / "trainings.killed").exists()
        assert len(trained) == N_FOLDS + 1
        assert os.getpid() not in trained
        found = searched(tmp_path / "dask", folds, GRID).fit(patches, labels)
    # One more for the refit, which is of this process.
    assert trained_in(tmp_path / "dask")[N_FOLDS + 1 :] == [os.getpid()]
    assert found.best_params_ == alone.best_params_
    for fold in range(N_FOLDS):
        name = f"split{fold}_test_score"
        np.testing.assert_array_equal(found.cv_results_[name], alone.cv_results_[name])
