"""Rows that are unusual in content, dtype or memory, through the whole embedder."""

import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from sklearn_microarch.decomposition import NMFEmbedder
from sklearn_microarch.exceptions import UnusedComponentsWarning

CAPPED = """
import resource, sys
import numpy as np
from sklearn_microarch.decomposition import NMFEmbedder

NMFEmbedder(2).fit(np.eye(3))  # everything is loaded and warm
X = np.load(sys.argv[1], mmap_mode="r")
with open("/proc/self/status") as status:
    used = next(int(line.split()[1]) for line in status if line.startswith("VmData"))
cap = used * 1024 + int(sys.argv[2])
assert X.nbytes > cap, (X.nbytes, cap)
resource.setrlimit(resource.RLIMIT_DATA, (cap, cap))
embedder = NMFEmbedder(4, n_init=1, max_samples=2000, random_state=0).fit(X)
partly = NMFEmbedder(4, n_init=1, max_samples=2000, random_state=0)
for start in range(0, len(X), 200_000):
    assert np.isfinite(embedder.transform(X[start : start + 200_000])).all()
    partly.partial_fit(X[start : start + 200_000])
try:
    np.array(X)
except MemoryError:
    print("capped", embedder.n_samples_seen_, "partly", partly.n_samples_seen_)
"""


@pytest.fixture(name="X")
def _rows(rng):
    rows = rng.gamma(0.5, size=(300, 5)) @ rng.gamma(0.5, size=(5, 12))
    return rows + 0.2 * rng.uniform(size=rows.shape)


def fit(X, n_components=4, **settings):
    return NMFEmbedder(n_components, random_state=0, **settings).fit(X)


def test_half_precision_is_not_copied_and_gives_single(X):
    half = X.astype(np.float16)
    embedder = fit(half)
    assert embedder.components_.dtype == np.float32
    loadings = embedder.transform(half)
    assert loadings.dtype == np.float32
    single = half.astype(np.float32)
    np.testing.assert_array_equal(loadings, embedder.transform(single))
    np.testing.assert_array_equal(embedder.components_, fit(single).components_)


# Nearly all rows are above zero everywhere: as booleans they are of few kinds.
@pytest.mark.filterwarnings(
    "ignore::sklearn_microarch.exceptions.UnusedComponentsWarning"
)
@pytest.mark.parametrize("dtype", [np.uint8, np.int64, bool])
def test_integers_are_read_as_doubles(X, dtype):
    rows = (20 * X).astype(dtype)
    embedder = fit(rows)
    assert embedder.components_.dtype == np.float64
    doubles = rows.astype(np.float64)
    np.testing.assert_array_equal(embedder.components_, fit(doubles).components_)
    np.testing.assert_array_equal(embedder.transform(rows), embedder.transform(doubles))


@pytest.mark.parametrize(
    "layout",
    [
        np.asfortranarray,
        lambda X: np.repeat(np.repeat(X, 2, axis=0), 2, axis=1)[::2, ::2],
        lambda X: X[::-1][::-1],
        list,
    ],
)
def test_the_layout_in_memory_changes_no_bit(X, layout):
    expected, found = fit(X), fit(layout(X))
    np.testing.assert_array_equal(found.components_, expected.components_)
    np.testing.assert_array_equal(found.transform(layout(X)), expected.transform(X))


def test_a_read_only_memory_map_is_read_and_not_written(X, tmp_path):
    path = tmp_path / "rows.npy"
    np.save(path, X.astype(np.float32))
    before = path.read_bytes()
    rows = np.load(path, mmap_mode="r")
    expected = fit(X.astype(np.float32))
    np.testing.assert_array_equal(fit(rows).components_, expected.components_)
    np.testing.assert_array_equal(
        expected.transform(rows), expected.transform(X.astype(np.float32))
    )
    assert path.read_bytes() == before


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_a_file_larger_than_memory_is_factorized(tmp_path, rng):
    """400 MB of rows, in a process that may hold less, whatever it is used for.

    What it holds before is some 200 MB, mostly libraries, and 80 MB are added.
    """
    path = tmp_path / "rows.npy"
    rows = np.lib.format.open_memmap(
        path, "w+", dtype=np.float32, shape=(2_000_000, 50)
    )
    batch = rng.gamma(0.5, size=(100_000, 4)) @ rng.gamma(0.5, size=(4, 50))
    batch += 0.05 * rng.uniform(size=batch.shape)
    for start in range(0, len(rows), len(batch)):
        rows[start : start + len(batch)] = batch
    del rows
    done = subprocess.run(
        [sys.executable, "-c", CAPPED, str(path), str(80 * 2**20)],
        capture_output=True,
        text=True,
        check=False,
        # Every thread of BLAS sets memory aside when it is loaded.
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.stdout == "capped 2000000 partly 2000000\n", done.stderr


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_no_copy_of_all_rows_is_made(rng, dtype):
    """Working memory is that of some batches, however many rows there are."""
    X = np.tile(rng.uniform(size=(1000, 48)).astype(dtype), (800, 1))
    embedder = NMFEmbedder(4, n_init=1, max_samples=1000, random_state=0)
    with threadpool_limits(limits=1):
        tracemalloc.start()
        embedder.fit(X)
        _, peak_of_fit = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        loadings = embedder.transform(X)
        _, peak_of_transform = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak_of_fit < 60e6 < X.nbytes
    assert peak_of_transform - loadings.nbytes < 60e6


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
@pytest.mark.parametrize("n_components", [1, 3])
def test_all_zero_rows_have_zero_components(n_components, device):
    with pytest.warns(UnusedComponentsWarning, match="the 0 that X"):
        embedder = fit(np.zeros((9, 4)), n_components, device=device)
    assert (embedder.components_ == 0).all()
    assert (embedder.transform(np.ones((2, 4))) == 0).all()
    assert embedder.reconstruction_err_ == 0.0


def test_one_row_is_its_own_component(X):
    with pytest.warns(UnusedComponentsWarning, match="the 1 that X"):
        embedder = fit(X[:1], 4)
    expected = X[:1] / np.linalg.norm(X[:1])
    np.testing.assert_allclose(embedder.components_[:1], expected)
    assert (embedder.components_[1:] == 0).all()
    loadings = embedder.transform(X[:1])
    np.testing.assert_allclose(loadings[0, 0], np.linalg.norm(X[0]))


@pytest.mark.parametrize("shape, n_components", [((300, 3), 5), ((4, 12), 9)])
def test_more_components_than_rows_or_columns_are_left_zero(X, shape, n_components):
    rows = X[: shape[0], : shape[1]]
    with pytest.warns(UnusedComponentsWarning, match=f"n_components={n_components}"):
        embedder = fit(rows, n_components)
    assert (embedder.components_[min(shape) :] == 0).all()
    rebuilt = embedder.inverse_transform(embedder.transform(rows))
    np.testing.assert_allclose(rebuilt, rows, atol=1e-12)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(
    "first",
    [np.zeros((5, 12)), np.eye(12)[:1], np.eye(12)[:3], np.zeros((1, 12))],
    ids=["zeros", "one row", "few rows", "one row of zeros"],
)
def test_a_first_batch_without_use_for_all_components_leaves_some_zero(X, first):
    embedder = NMFEmbedder(4, random_state=0)
    n_useful = np.linalg.matrix_rank(first)
    with pytest.warns(UnusedComponentsWarning, match=f"the {n_useful} that X"):
        embedder.partial_fit(first)
    embedder.partial_fit(X).partial_fit(X[:1]).partial_fit(np.zeros((2, 12)))
    lengths = np.linalg.norm(embedder.components_, axis=1)
    np.testing.assert_allclose(lengths, np.arange(4) < n_useful)
    assert np.isfinite(embedder.transform(X)).all()
    assert np.isfinite(embedder.reconstruction_err_)
    assert embedder.n_samples_seen_ == len(first) + 303


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
def test_columns_that_only_the_sample_missed_are_learned_from_all(X, device):
    """One row in thirty lights a column of its own."""
    rows = np.column_stack([X, np.zeros(300)])
    rows[::30, -1] = 5.0
    embedder = fit(rows, max_samples=100, device=device)
    assert embedder.components_[:, -1].max() > 0


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_zeros_among_the_rows_never_give_nan(X, dtype, device):
    X[::2], X[:, 3] = 0.0, 0.0
    rows = X.astype(dtype)
    embedder = fit(rows, device=device)
    loadings = embedder.transform(rows)
    assert np.isfinite(embedder.components_).all()
    assert (embedder.components_[:, 3] == 0).all()
    assert np.isfinite(loadings).all()
    assert (loadings[::2] == 0).all()


@pytest.mark.filterwarnings("ignore", category=ConvergenceWarning)
@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1e30, 1e300])
def test_the_scale_of_the_rows_goes_into_the_loadings(X, scale, device):
    """A power of ten is rounded, and tips an iteration more or less."""
    expected, found = fit(X), fit(scale * X, device=device)
    np.testing.assert_allclose(found.components_, expected.components_, atol=1e-3)
    assert found.reconstruction_err_ == pytest.approx(
        scale * expected.reconstruction_err_, rel=1e-3
    )
    assert np.isfinite(found.transform(scale * X)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("method", ["fit", "fit_transform", "partial_fit"])
def test_rows_of_one_kind_have_no_use_for_several_components(rng, method, dtype):
    rows = np.outer(rng.gamma(1.0, size=40), rng.gamma(1.0, size=10)).astype(dtype)
    embedder = NMFEmbedder(5, random_state=0)
    words = "n_components=5 is more than the 1 that X can use: of the others"
    with pytest.warns(UnusedComponentsWarning, match=words) as found:
        getattr(embedder, method)(rows)
    assert found[0].filename == __file__
    loadings = embedder.transform(rows)
    np.testing.assert_allclose(embedder.inverse_transform(loadings), rows, rtol=1e-5)


def test_equal_rows_load_one_component_however_many_there_are():
    with pytest.warns(
        UnusedComponentsWarning, match="the 1 that X can use: of the others 2"
    ):
        NMFEmbedder(3, random_state=0).fit(np.tile([[1.0, 2.0, 3.0, 4.0]], (3, 1)))


def test_noise_is_use_enough_for_components(rng):
    rows = np.outer(rng.gamma(1.0, size=40), rng.gamma(1.0, size=10))
    NMFEmbedder(5, random_state=0).fit(rows + 1e-3 * rng.uniform(size=rows.shape))
