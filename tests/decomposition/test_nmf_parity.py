"""What NMFEmbedder shares with scikit-learn's NMF."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.utils._param_validation import InvalidParameterError

from sklearn_microarch.decomposition import NMFEmbedder


@pytest.fixture
def X(rng):  # noqa: N802 - rows, as scikit-learn calls them
    return rng.gamma(0.5, size=(200, 3)) @ rng.gamma(0.5, size=(3, 12))


def test_the_number_of_components_is_that_of_the_fit(X):
    embedder = NMFEmbedder(3, random_state=0).fit(X)
    assert embedder.n_components_ == 3
    assert embedder.set_params(n_components=2).n_components_ == 3
    assert embedder.partial_fit(X[:50]).n_components_ == 3


@pytest.mark.parametrize("method", ["fit", "fit_transform"])
def test_verbose_tells_what_is_learned_from_and_what_came_out(method, X, capsys):
    embedder = NMFEmbedder(3, max_samples=150, verbose=1, random_state=0)
    getattr(embedder, method)(X)
    told = capsys.readouterr().out
    assert "3 components of 12 features, learned from 150 of 200 rows" in told
    assert f"{embedder.n_iter_} iterations" in told
    assert f"error {embedder.reconstruction_err_:.6g}" in told


def test_the_default_is_silent_and_verbose_changes_nothing(X, capsys):
    quiet = NMFEmbedder(3, random_state=0).fit(X)
    assert capsys.readouterr().out == ""
    loud = NMFEmbedder(3, verbose=2, random_state=0).fit(X)
    np.testing.assert_array_equal(loud.components_, quiet.components_)


@pytest.mark.parametrize("verbose", [-1, 0.5, "yes", None])
def test_a_wrong_verbose_is_named(X, verbose):
    with pytest.raises(InvalidParameterError, match="'verbose'"):
        NMFEmbedder(3, verbose=verbose).fit(X)


@pytest.mark.parametrize("method", ["fit", "fit_transform", "partial_fit", "transform"])
@pytest.mark.parametrize("form", [sparse.csr_matrix, sparse.csc_array])
def test_sparse_rows_are_refused_with_the_remedy(X, method, form):
    embedder = NMFEmbedder(3, random_state=0).fit(X)
    with pytest.raises(TypeError, match=r"Sparse data was passed for X.*toarray"):
        getattr(embedder, method)(form(X))
