"""Tests of sklearn_microarch.features._out_of_memory."""

import numpy as np
import pytest
import torch

from sklearn_microarch.features._out_of_memory import in_pieces, is_out_of_memory

ALLOCATOR = "[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate"


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError(ALLOCATOR),
    ],
)
@pytest.mark.parametrize("most", [1, 3, 50, 99])
def test_rows_come_in_their_order_whatever_fits(error, most):
    sizes = []

    def work(part):
        size = part.stop - part.start
        sizes.append(size)
        if size > most:
            raise error
        return np.arange(100)[part]

    found = in_pieces(work, 100)
    np.testing.assert_array_equal(np.concatenate(found), np.arange(100))
    assert max(len(part) for part in found) <= most < max(sizes)


def test_what_fits_is_done_at_once():
    assert in_pieces(lambda part: (part.start, part.stop), 7) == [(0, 7)]
    assert in_pieces(lambda part: (part.start, part.stop), 0) == [(0, 0)]


def test_other_errors_are_not_tried_again():
    def work(part):
        raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes"):
        in_pieces(work, 8)
    assert not is_out_of_memory(ValueError("can't allocate memory"))


def test_parts_below_the_least_are_not_tried():
    sizes = []

    def work(part):
        sizes.append(part.stop - part.start)
        raise MemoryError

    with pytest.raises(MemoryError, match="not even 16 rows fit into memory; close"):
        in_pieces(work, 100, least=16)
    assert sizes == [100, 50, 25, 16]
