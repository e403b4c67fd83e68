"""Tests of sklearn_microarch.model_selection._leave_one_specimen_out."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score

from sklearn_microarch import LeaveOneSpecimenOut, Patches, SliceImage

PIXELS = np.zeros((40, 60))
CENTRES = np.array([[at, 20, col] for at in range(4) for col in (10, 20, 30, 40, 50)])


def patches_of(*specimens):
    slices = [SliceImage(PIXELS, 1.0, f"z{at}", s) for at, s in enumerate(specimens)]
    return Patches(slices, CENTRES, 8)


LABELS = np.where(CENTRES[:, 2] < 35, "CTX", "VP")


def test_each_specimen_is_tested_on_once_and_never_trained_on_then():
    patches = patches_of("m2", "m1", "m2", "m3")
    cv = LeaveOneSpecimenOut()
    folds = list(cv.split(patches, LABELS))
    names = cv.specimens(patches)
    assert names.tolist() == ["m1", "m2", "m3"]
    assert len(folds) == cv.get_n_splits(patches, LABELS) == 3
    for name, (train, test) in zip(names, folds, strict=True):
        assert set(patches.groups[test]) == {name}
        assert name not in patches.groups[train]
        np.testing.assert_array_equal(
            np.sort(np.append(train, test)), np.arange(len(patches))
        )


def test_groups_serve_for_rows_of_any_kind():
    groups = np.repeat([7, 3], 10)
    cv = LeaveOneSpecimenOut()
    (_, first), (_, second) = cv.split(np.zeros((20, 5)), LABELS, groups)
    assert groups[first].tolist() == [3] * 10
    assert groups[second].tolist() == [7] * 10
    assert cv.get_n_splits(groups=groups) == 2
    with pytest.raises(ValueError, match="groups has 19 entries, but X has 20 rows"):
        cv.get_n_splits(np.zeros((20, 5)), groups=groups[:-1])
    with pytest.raises(TypeError, match="X is a ndarray; LeaveOneSpecimenOut needs"):
        cv.get_n_splits(np.zeros((20, 5)))


def test_scikit_learn_takes_it_as_it_is():
    patches = patches_of("m1", "m1", "m2", "m3")
    cv = LeaveOneSpecimenOut()
    classifier = DummyClassifier(strategy="most_frequent")
    scores = cross_val_score(classifier, patches, LABELS, cv=cv)
    assert scores.tolist() == [0.6, 0.6, 0.6]
    search = GridSearchCV(classifier, {"strategy": ["most_frequent", "prior"]}, cv=cv)
    assert search.fit(patches, LABELS).n_splits_ == 3
    given = search.fit(patches, LABELS, groups=np.repeat([0, 1], 10))
    assert given.n_splits_ == 2


def test_one_specimen_alone_is_an_error_that_says_what_is_needed():
    message = r"one specimen only, \['m1'\].*a second animal.*SpatialBlockKFold"
    with pytest.raises(ValueError, match=message):
        LeaveOneSpecimenOut().split(patches_of(*["m1"] * 4), LABELS)


def test_slices_of_unknown_specimens_are_named():
    message = r"specimen of 2 of 4 images is unknown \(z1, z3\).*specimen='mouse 3'"
    with pytest.raises(ValueError, match=message):
        LeaveOneSpecimenOut().split(patches_of("m1", None, "m2", None), LABELS)


def test_a_region_of_one_specimen_only_is_named_and_a_missing_one_may_be():
    patches = patches_of("m1", "m1", "m2", "m3")
    cv = LeaveOneSpecimenOut()
    labels = LABELS.copy()
    labels[patches.groups == "m3"] = "CTX"
    assert cv.get_n_splits(patches, labels) == 3
    labels[patches.groups == "m2"] = "CTX"
    with pytest.raises(ValueError, match="region 'VP' occurs in one group only, 'm1'"):
        cv.split(patches, labels)
    # Rows without a region are none.
    labels[labels == "VP"] = ""
    assert cv.get_n_splits(patches, labels) == 3
