"""Arguments that are none of what a user meant, for sweeps over all of a room."""

import re
import warnings
from collections.abc import Callable
from datetime import datetime

import numpy as np
import torch

WRONG = {
    "None": None,
    "text": "x",
    "NaN": np.nan,
    "infinity": np.inf,
    "negative": -1,
    "too large to convert": 10**400,
    "too large to count to": 10**30,
    "a large float": 1e27,
    "empty": [],
    "an object": object(),
    "complex": 1j,
    "a date": np.datetime64("2026-01-01"),
    "a dict": {"a": 1},
    "a switch": True,
    "ragged": [[1.0], [1.0, 2.0]],
    "a row of numbers": np.arange(6.0),
    "rows of text": np.array([["x", "y"]] * 6),
    "rows of dates": np.full((6, 3), "2026-01-01", dtype="datetime64[D]"),
    "dates": [datetime(2026, 1, 1)] * 6,
    "rows of durations": np.ones((6, 3), dtype="timedelta64[s]"),
    "complex rows": np.full((6, 3), 1j),
    "complex labels": np.full(6, 1j),
    "rows of huge integers": [[10**400] * 3] * 6,
    "huge labels": [10**400] * 6,
    "masked rows": np.ma.masked_equal(np.eye(6)[:, :3], 1.0),
    "masked labels": np.ma.masked_equal(np.arange(6), 2),
    "rows that require grad": torch.ones(6, 3, requires_grad=True),
    "labels that require grad": torch.ones(6, requires_grad=True),
    "NaN among labels": [1, 1, np.nan, 2, 2, 2],
    "None among labels": [1, 1, None, 2, 2, 2],
}


def check_that_errors_name(argument: str, call: Callable[[], object]) -> None:
    """Accept a result, or a TypeError or ValueError that names the argument."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            call()
        except (TypeError, ValueError) as error:
            found = error
        else:
            return
    assert re.search(rf"\b{argument}\b", str(found)), str(found)
