"""Tests of what speaks against training on checked sections."""

from dataclasses import replace

import pytest

from sklearn_microarch import check_slice
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.exceptions import UnfitStudyError
from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.studies.training._judge_sections import (
    reasons_against,
    refuse_unfit,
)


@pytest.fixture(scope="module")
def check():
    found = make_thalamocortical_phantom(
        shape=(192, 768), six_class=True, random_state=0
    )
    return check_slice(
        found.images[0], found.rois[0], found.roi_names, sampler=PatchSampler(24)
    )


def with_region(check, **changes):
    """Return a check whose first region is otherwise."""
    first, *others = check.regions
    return replace(check, regions=(replace(first, **changes), *others))


def test_nothing_speaks_against_an_annotation_that_fits(check):
    assert reasons_against([check, check]) == []
    assert refuse_unfit([check], anyway=False) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outside_share": 0.6}, "60% of cortex lies off the slice."),
        ({"tissue_share": 0.3}, "only 30% of cortex is tissue."),
    ],
)
def test_regions_beside_their_tissue_are_named(check, changes, words):
    (reason,) = reasons_against([check, with_region(check, **changes)])
    assert reason == f"section {check.image.name}: {words}"


def test_a_region_needs_a_patch_on_one_section_only(check):
    without = with_region(check, n_positions=0)
    assert reasons_against([without, check]) == []
    (reason,) = reasons_against([without, without])
    assert "no section has a patch that lies well inside cortex" in reason


def test_a_misplaced_annotation_and_a_single_region_are_refused(check):
    wrong = replace(
        check, verdict="misplaced", message="It is mirrored.", regions=check.regions[:1]
    )
    with pytest.raises(UnfitStudyError, match=r"mirrored.*only one region.*anyway"):
        refuse_unfit([wrong], anyway=False)
    assert len(refuse_unfit([wrong], anyway=True)) == 2
