"""Sweeps of wrong arguments over all of anatomy: errors name the argument."""

import pytest
from anatomy.tables import NAMES, animals_table, slice_maps, two_regions
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch.anatomy import RegionalTable, compare_groups, regional_summary

wrong = pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
ignored = pytest.mark.filterwarnings("ignore::UserWarning")
TABLE = animals_table([1.0, 1.1, 0.9, 0.6, 0.5, 0.7], ["a"] * 3 + ["b"] * 3)


@ignored
@wrong
@pytest.mark.parametrize(
    "argument", ["maps", "rois", "names", "patch_size_um", "unannotated_code"]
)
def test_a_wrong_argument_of_regional_summary_is_named(argument, value):
    given = {"maps": slice_maps(), "rois": two_regions(), "names": NAMES}
    if argument == "unannotated_code":
        # Any code may be the one without a name then.
        del given["names"]
    if argument == "rois" and value is None:
        # Then predicted regions are asked for, of which there are none.
        return
    check_that_errors_name(
        argument, lambda: regional_summary(**(given | {argument: value}))
    )


@ignored
@wrong
@pytest.mark.parametrize(
    "argument",
    [
        *("table", "group", "unit", "measure", "groups", "pair", "n_permutations"),
        *("confidence", "random_state"),
    ],
)
def test_a_wrong_argument_of_compare_groups_is_named(argument, value):
    if argument == "table" and isinstance(value, str):
        with pytest.raises(FileNotFoundError, match=value):
            compare_groups(value)
        return
    given = {"table": TABLE, "n_permutations": 19}
    check_that_errors_name(
        argument, lambda: compare_groups(**(given | {argument: value}))
    )


@wrong
def test_what_is_no_path_and_what_are_no_columns_is_named(value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_that_errors_name("columns", lambda: RegionalTable(value))
    table = RegionalTable(TABLE)
    check_that_errors_name(
        "overwrite", lambda: table.to_csv(tmp_path / "t.csv", overwrite=value)
    )
    if not isinstance(value, str):
        check_that_errors_name("path", lambda: table.to_csv(value))
        check_that_errors_name("path", lambda: RegionalTable.read_csv(value))
