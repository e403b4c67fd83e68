"""Tests of sklearn_microarch.images.ome_zarr._store."""

import threading
import time

import numpy as np
import pytest
import zarr
from zarr.storage import LocalStore

from sklearn_microarch.images.ome_zarr._store import ClosableStore


def test_it_is_a_store_like_any_other_until_it_is_closed(tmp_path, grey):
    store = ClosableStore(tmp_path)
    array = zarr.create_array(store, data=grey, chunks=(16, 16))
    np.testing.assert_array_equal(array[:], grey)
    store.close_for_good()
    np.testing.assert_array_equal(array[:], grey)
    with pytest.raises(ValueError, match="is closed: c/0/0 was written after the end"):
        array[:5, :5] = 0


def test_closing_waits_for_what_is_being_written(tmp_path, monkeypatch):
    began, go_on, done = threading.Event(), threading.Event(), []
    write = LocalStore.set

    async def slowly(self, key, value):
        if key.startswith("c"):
            began.set()
            go_on.wait(10)
            done.append(key)
        await write(self, key, value)

    monkeypatch.setattr(LocalStore, "set", slowly)
    store = ClosableStore(tmp_path)
    array = zarr.create_array(store, shape=(4,), chunks=(4,), dtype="u1")
    writer = threading.Thread(target=array.__setitem__, args=(slice(None), 1))
    writer.start()
    assert began.wait(10)
    closer = threading.Thread(target=store.close_for_good)
    closer.start()
    time.sleep(0.05)
    assert closer.is_alive()
    go_on.set()
    closer.join(10)
    writer.join(10)
    assert done == ["c/0"]
    assert (tmp_path / "c/0").exists()
