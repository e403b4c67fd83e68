"""Tests of sklearn_microarch._row_batches."""

import threading

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from sklearn_microarch._row_batches import map_batches, row_batches, row_workers


def n_blas_threads():
    return {
        library["num_threads"]
        for library in threadpool_info()
        if library["user_api"] == "blas"
    }


@pytest.mark.parametrize(
    "n_rows, sizes", [(0, []), (3, [3]), (8, [4, 4]), (9, [4, 4, 1])]
)
def test_batches_cover_all_rows_once(n_rows, sizes):
    batches = row_batches(n_rows, rows_per_batch=4)
    assert [len(range(n_rows)[batch]) for batch in batches] == sizes
    rows = [row for batch in batches for row in range(n_rows)[batch]]
    assert rows == [*range(n_rows)]


@pytest.mark.parametrize("n_threads", [1, 2])
def test_results_come_in_the_order_of_the_batches(n_threads):
    with threadpool_limits(limits=n_threads):
        assert list(map_batches(lambda index: index**2, range(20))) == [
            index**2 for index in range(20)
        ]


def test_there_are_as_many_threads_as_blas_may_use():
    barrier = threading.Barrier(2, timeout=20)
    with threadpool_limits(limits=2):
        # Returns only when two calls wait for each other at the same time.
        list(map_batches(lambda index: barrier.wait(), range(2)))
    with threadpool_limits(limits=1):
        names = set(map_batches(lambda index: threading.current_thread(), range(5)))
    assert names == {threading.main_thread()}


def test_blas_is_held_to_one_thread_meanwhile_and_let_go_after():
    with threadpool_limits(limits=2):
        assert list(map_batches(lambda index: n_blas_threads(), range(2))) == [{1}, {1}]
        assert n_blas_threads() == {2}


@pytest.mark.parametrize("n_threads", [1, 2])
def test_workers_serve_several_maps_while_blas_is_held(n_threads):
    with threadpool_limits(limits=n_threads):
        with row_workers(8) as map_rows:
            for factor in (2, 3):
                found = list(map_rows(lambda row, by=factor: by * row, range(9)))
                assert found == [factor * row for row in range(9)]
            assert n_blas_threads() == {1}
        assert n_blas_threads() == {n_threads}


def test_there_are_no_more_workers_than_asked_for():
    with threadpool_limits(limits=2), row_workers(1) as map_rows:
        threads = set(map_rows(lambda _: threading.current_thread(), range(5)))
    assert threads == {threading.main_thread()}


def test_an_error_in_a_thread_is_raised():
    def fail(index):
        raise ValueError(f"batch {index}")

    with threadpool_limits(limits=2), pytest.raises(ValueError, match="batch 0"):
        list(map_batches(fail, range(4)))
    assert 1 not in n_blas_threads() or n_blas_threads() == {1}
