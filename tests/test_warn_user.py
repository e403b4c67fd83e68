"""Tests of sklearn_microarch._warn_user."""

import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from sklearn.utils.parallel import Parallel, delayed

from sklearn_microarch._warn_user import hear_warnings, warn_user


def many(action, words="many", category=UserWarning):
    """Return the files shown for a warning given in a loop as a search has it."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter(action)
        Parallel(n_jobs=1)(delayed(warn_user)(words, category) for _ in range(3))
    return [each.filename for each in found]


def test_the_line_is_the_users_and_not_a_librarys():
    with pytest.warns(UserWarning, match="here") as found:
        warn_user("here", UserWarning)
    assert found[0].filename == __file__
    assert many("always") == [__file__] * 3


def test_the_same_words_at_the_same_line_are_shown_once():
    assert many("default", "once only") == [__file__]
    assert many("default", "other words") == [__file__]


def test_filters_act_as_ever():
    assert many("ignore", "left out") == []
    assert many("default", "left out") == [__file__]
    for _ in range(2):
        with pytest.raises(RuntimeWarning, match="as an error"):
            many("error", "as an error", RuntimeWarning)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", message="of these wor")
        warn_user("of these words", UserWarning)
        warn_user("of others", UserWarning)
    assert [str(each.message) for each in found] == ["of others"]


def test_a_thread_hears_its_own_warnings_alone():
    def listen():
        with hear_warnings() as heard:
            warn_user("in the thread", UserWarning)
        return heard

    with ThreadPoolExecutor(1) as pool, hear_warnings() as own:
        warn_user("here", RuntimeWarning)
        with hear_warnings() as inner:
            warn_user("within", UserWarning)
        heard = pool.submit(listen).result()
    assert heard == [(UserWarning, "in the thread")]
    assert (own, inner) == ([(RuntimeWarning, "here")], [(UserWarning, "within")])
    with pytest.warns(UserWarning, match="again"):
        warn_user("again", UserWarning)
