"""A fitted pipeline that tests of drift may keep a reference in."""

import copy
import functools

from pipelines import fitted_pipeline


@functools.cache
def judged_pipeline():
    """Return a copy of the shared pipeline, in which each test keeps what it needs."""
    return copy.deepcopy(fitted_pipeline())
