"""Tests of sklearn_microarch.clustering._row_blocks."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from sklearn_microarch.clustering._row_blocks import (
    map_rows,
    row_workers,
    rows_per_block,
)


def blas_threads():
    return {
        library["num_threads"]
        for library in threadpool_info()
        if library["user_api"] == "blas"
    }


@pytest.mark.parametrize("numbers_per_row", [1, 2, 7, 64, 260, 5000, 10**9])
def test_heights_are_whole_quanta_and_keep_blocks_in_the_cache(numbers_per_row):
    height = rows_per_block(numbers_per_row)
    assert height >= 64
    assert height % 64 == 0
    assert height == 64 or 8 * height * numbers_per_row <= 2**19


@pytest.mark.parametrize("n_samples", [1, 63, 64, 5000, 12_345])
def test_ranges_cover_every_row_once_and_come_in_order(n_samples):
    with row_workers() as workers:
        ranges = list(
            map_rows(lambda rows: rows, n_samples, height=64, workers=workers)
        )
    rows = np.concatenate([np.arange(part.start, part.stop) for part in ranges])
    np.testing.assert_array_equal(rows, np.arange(n_samples))
    assert all((part.stop - part.start) % 64 == 0 for part in ranges[:-1])


def test_blas_uses_one_thread_inside_and_as_many_as_before_afterwards():
    with threadpool_limits(limits=2, user_api="blas"):
        before = blas_threads()
        with row_workers():
            assert blas_threads() == {1}
        assert blas_threads() == before


def test_an_error_in_a_range_is_raised():
    def fail(rows):
        raise FloatingPointError(f"at {rows.start}")

    with row_workers() as workers, pytest.raises(FloatingPointError, match="at 0"):
        list(map_rows(fail, 10, height=64, workers=workers))
