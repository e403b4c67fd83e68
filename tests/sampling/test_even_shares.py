"""Tests of sklearn_microarch.sampling._even_shares."""

import numpy as np
import pytest

from sklearn_microarch.sampling._even_shares import even_shares, shares_of_slices


@pytest.mark.parametrize(
    "n_wanted, offers, expected",
    [
        (9, [20, 20, 20], [3, 3, 3]),
        (10, [20, 20, 20], [4, 3, 3]),
        (10, [1, 20, 20], [1, 5, 4]),
        (10, [0, 2, 3], [0, 2, 3]),
        (2, [5, 5, 5], [1, 1, 0]),
        (0, [5], [0]),
    ],
)
def test_what_offers_little_gives_all_and_the_others_fill_up(
    n_wanted, offers, expected
):
    assert even_shares(n_wanted, offers).tolist() == expected


def test_no_offer_could_give_less_while_another_gave_more(rng):
    for _ in range(50):
        offers = rng.integers(0, 40, size=7)
        n_wanted = int(rng.integers(0, 200))
        shares = even_shares(n_wanted, offers)
        assert shares.sum() == min(n_wanted, offers.sum())
        assert (shares <= offers).all()
        # Whoever gives less than the most, by more than the remainder, has no more.
        short = shares < shares.max() - 1
        np.testing.assert_array_equal(shares[short], offers[short])


def test_specimens_come_first_and_slices_of_each_second():
    specimens = ["m1", "m2", "m1", "m1"]
    shares = shares_of_slices(24, [50, 50, 50, 50], specimens)
    assert shares.tolist() == [4, 12, 4, 4]
    assert shares_of_slices(24, [50, 2, 3, 50], specimens).tolist() == [10, 2, 3, 9]


def test_slices_of_unknown_specimens_share_evenly():
    assert shares_of_slices(9, [50, 50, 50], [None, None, None]).tolist() == [3, 3, 3]
    assert shares_of_slices(9, [50, 50, 50], ["m", None, "m"]).tolist() == [3, 4, 2]
