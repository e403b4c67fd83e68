"""Tests of sklearn_microarch.mapping.resume._ledger: what is whole, no more."""

import numpy as np
import pytest

from sklearn_microarch.exceptions import OtherMapsError
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.mapping.resume._checksum import checksum
from sklearn_microarch.mapping.resume._ledger import (
    LINES,
    VALUES,
    Ledger,
    discard,
    has_pieces,
)
from sklearn_microarch.mapping.resume._piece import Piece

TASK = {"model": {"fingerprint": "abc"}, "settings": {"threads": 1}}


def piece(start, n=5):
    rng = np.random.default_rng(start)
    rows = np.arange(start, start + n)
    return Piece(
        rows,
        MappedRows(
            rng.random((n, 3), dtype=np.float32),
            rng.integers(0, 9, n),
            None,
            rng.random(n, dtype=np.float32),
        ),
        rows[::2],
        rng.random((len(rows[::2]), 4), dtype=np.float32),
    )


def write(folder, *starts, task=TASK):
    with Ledger(folder, task) as ledger:
        for start in starts:
            ledger.add(piece(start))


def starts_in(folder):
    return [int(found.rows[0]) for found in Ledger(folder, TASK).pieces()]


def test_pieces_come_back_as_they_were(tmp_path):
    write(tmp_path, 0, 10)
    write(tmp_path, 70_000)
    found = list(Ledger(tmp_path, TASK).pieces())
    for one, start in zip(found, (0, 10, 70_000), strict=True):
        expected = piece(start)
        for name, values in expected.arrays().items():
            np.testing.assert_array_equal(one.arrays()[name], values)
        assert one.mapped.region_probabilities is None
        assert one.mapped.clusters.dtype == expected.mapped.clusters.dtype


def test_another_task_is_an_error_that_says_what_differs(tmp_path):
    write(tmp_path, 0)
    other = {"model": {"fingerprint": "xyz"}, "settings": {"threads": 2}}
    with pytest.raises(OtherMapsError) as caught:
        write(tmp_path, 5, task=other)
    assert "in the model, the number of threads (1 there, 2 now)" in str(caught.value)
    assert starts_in(tmp_path) == [0]
    discard(tmp_path)
    assert not has_pieces(tmp_path)
    write(tmp_path, 5, task=other)


@pytest.mark.parametrize("name", [LINES, VALUES])
def test_a_file_cut_off_anywhere_loses_the_last_piece_alone(tmp_path, name):
    write(tmp_path, 0, 10, 20)
    path = tmp_path / name
    whole = path.read_bytes()
    for n_bytes in np.linspace(0.7 * len(whole), len(whole) - 2, 9).astype(int):
        path.write_bytes(whole[:n_bytes])
        assert starts_in(tmp_path) == [0, 10]
    write(tmp_path, 20)
    assert starts_in(tmp_path) == [0, 10, 20]


@pytest.mark.parametrize("name", [LINES, VALUES])
def test_no_flipped_bit_is_taken_for_a_value(tmp_path, name):
    write(tmp_path, 0, 10)
    path = tmp_path / name
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for at in rng.integers(0, len(whole), 150):
        data = bytearray(whole)
        data[at] ^= 1 << int(rng.integers(8))
        path.write_bytes(bytes(data))
        found = list(Ledger(tmp_path, TASK).pieces())
        for one in found:
            for kind, values in piece(int(one.rows[0])).arrays().items():
                np.testing.assert_array_equal(one.arrays()[kind], values)
        # All bytes of values count; the end of a line does not.
        assert name == LINES or len(found) == 1


def test_the_checksum_is_that_of_zlib(monkeypatch):
    data = np.arange(99, dtype=np.float32)
    fast = checksum(checksum(0, b"line"), data)
    where = "sklearn_microarch.mapping.resume._checksum.imagecodecs.DEFLATE.available"
    monkeypatch.setattr(where, False)
    assert checksum(checksum(0, b"line"), data) == fast
