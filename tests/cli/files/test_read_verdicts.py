"""Tests of verdicts read back from their table."""

from dataclasses import replace
from math import nan

import pytest

from sklearn_microarch.cli.files._read_verdicts import check_judged, read_verdicts
from sklearn_microarch.trust import MapVerdict, TrustReport

ONE = MapVerdict(
    kind="factor",
    name="factor07_VP",
    verdict="cannot tell",
    sentence='It marks VP, "so to say"; other networks are needed.',
    region="VP",
    auc=0.9,
    p_moved_labels=0.01,
    p_surrogates=0.02,
    by_regions=0.5,
    nuisance="position",
    by_nuisance=0.1,
    left_by_nuisance=0.1,
    gradient_inside=0.1,
    beyond_logits=nan,
    again=nan,
    again_within=nan,
    n_seeds=1,
    n_animals=2,
    n_animals_followed=1,
    selected="VP",
    selection_holds=True,
)
TWO = replace(ONE, kind="cluster", name="cluster2", selection_holds=None, selected="")


@pytest.fixture
def table(tmp_path):
    return TrustReport((ONE, TWO), 199, 512, 90, 1, 60).to_csv(tmp_path / "trust.csv")


def change(table, old, new):
    text = table.read_text()
    assert old in text
    table.write_text(text.replace(old, new))


def test_verdicts_come_back_as_they_were_written(table):
    # NaN is not equal to itself, its words are.
    assert [repr(one) for one in read_verdicts(table)] == [repr(ONE), repr(TWO)]


def test_a_table_of_an_earlier_version_may_lack_what_has_a_default(table):
    change(table, ",holds_flat", ",shade")
    assert read_verdicts(table)[0].holds_flat is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("verdict,sentence", "word,sentence", "no column verdict; name a table"),
        ("0.9", "much", "auc: 'much' is no number"),
        ("True", "yes", "selection_holds: 'yes' must be True"),
        ("cluster,", "layer,", "a verdict on a 'layer', 'cluster2'"),
    ],
)
def test_a_table_that_is_none_of_verdicts_is_refused(table, old, new, words):
    change(table, old, new)
    with pytest.raises(ValueError, match=words):
        read_verdicts(table)


def test_every_factor_of_a_page_must_have_been_judged(table):
    check_judged(table, [ONE, TWO], ["factor07_VP"])
    check_judged(table, [ONE, TWO], [])
    with pytest.raises(ValueError, match="no verdict on factor08, but on factor07_VP"):
        check_judged(table, [ONE, TWO], ["factor08", "factor07_VP"])
