"""Tests of sklearn_microarch.demo._data."""

import numpy as np
import pytest

from sklearn_microarch.demo._data import load_demo_data
from sklearn_microarch.exceptions import DataNotFoundError
from sklearn_microarch.images import read_tiff


def test_synthetic_slices_stand_in_where_no_real_ones_are(tmp_path, monkeypatch):
    monkeypatch.setenv("SKLEARN_MICROARCH_DATA", str(tmp_path))
    data = load_demo_data(tmp_path, None)
    assert data.source.startswith("synthetic slices")
    assert data.rois.shape == data.image.shape
    assert set(data.roi_names) == set(np.unique(data.rois)) - {0}
    new = read_tiff(data.new_slice)
    assert new.shape == data.image.shape
    assert (new.data != data.image.data).any()


def test_a_folder_that_is_named_must_hold_the_slices(tmp_path):
    with pytest.raises(DataNotFoundError, match=str(tmp_path)):
        load_demo_data(tmp_path, str(tmp_path))
