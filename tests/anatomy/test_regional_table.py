"""Tables without pandas: columns, rows, and files that give the same back."""

import numpy as np
import pandas as pd
import pytest
from anatomy.tables import NAMES, slice_maps, two_regions

from sklearn_microarch.anatomy import RegionalTable, regional_summary


@pytest.fixture
def table():
    """Return a table with words that look like numbers, and values that are missing."""
    maps = slice_maps("7", details={"sex": "f, m", "age": 9.25})
    return RegionalTable(regional_summary(maps, two_regions(), NAMES))


def test_a_file_gives_the_same_table_back(table, tmp_path):
    back = RegionalTable.read_csv(table.to_csv(tmp_path / "t.csv"))
    assert back.columns == table.columns
    for name in table.columns:
        np.testing.assert_array_equal(back[name], table[name])
    assert back["specimen"].tolist() == ["7"] * len(table)
    assert back["sex"][0] == "f, m"


def test_a_file_that_pandas_wrote_is_read_too(table, tmp_path):
    table.to_pandas().to_csv(tmp_path / "t.csv", index=False)
    back = RegionalTable.read_csv(tmp_path / "t.csv")
    pd.testing.assert_frame_equal(
        back.to_pandas(), table.to_pandas(), check_dtype=False
    )


def test_names_of_animals_are_words_also_where_a_frame_numbers_them():
    frame = pd.DataFrame({"specimen": [7.0, np.nan], "loading": [1, 2]})
    assert RegionalTable(frame)["specimen"].tolist() == ["7", ""]


def test_what_pandas_calls_missing_is_missing():
    frame = pd.DataFrame(
        {
            "group": pd.array(["a", pd.NA], dtype="string"),
            "age": pd.array([3, pd.NA], dtype="Int64"),
            "sex": pd.Categorical(["f", None]),
        }
    )
    table = RegionalTable(frame)
    assert table["group"].tolist() == ["a", ""]
    assert table["sex"].tolist() == ["f", ""]
    np.testing.assert_array_equal(table["age"], [3, np.nan])


def test_a_number_that_r_does_not_know_is_missing_and_a_name_is_not(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("specimen,loading,batch\nNA,NA,NA\nm2,0.5,b1\n")
    table = RegionalTable.read_csv(path)
    np.testing.assert_array_equal(table["loading"], [np.nan, 0.5])
    assert table["specimen"].tolist() == ["NA", "m2"]
    assert table["batch"].tolist() == ["NA", "b1"]


def test_rows_and_columns_agree(table):
    rows = table.to_rows()
    assert len(rows) == len(table)
    assert [row["loading"] for row in rows[:2]] == table["loading"][:2].tolist()
    with pytest.raises(KeyError, match="none of the columns specimen"):
        table["roi"]


def test_a_file_is_replaced_only_when_asked(table, tmp_path):
    path = table.to_csv(tmp_path / "t.csv")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        table.to_csv(path)
    before = path.read_bytes()
    assert table.to_csv(path, overwrite=True).read_bytes() == before


@pytest.mark.parametrize(
    "text, message",
    [
        ("a,b\n", "has no rows"),
        ("", "has no rows"),
        ("a,b\n1,2\n3\n", "1 values in line 3, but 2 names"),
        ("a,a\n1,2\n", "names a column twice"),
    ],
)
def test_files_that_are_no_table_are_named(text, message, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        RegionalTable.read_csv(path)
    path.write_bytes(b"a,b\n\xff\xfe,1\n")
    with pytest.raises(ValueError, match="no text in UTF-8"):
        RegionalTable.read_csv(path)


@pytest.mark.parametrize(
    "columns, error",
    [
        ({}, "no rows"),
        ({"a": []}, "no rows"),
        ({"a": [1], "b": [1, 2]}, "unequal length"),
        ({"a": [[1, 2]]}, "a column is 1-D"),
    ],
)
def test_columns_that_are_no_table_are_named(columns, error):
    with pytest.raises(ValueError, match=error):
        RegionalTable(columns)
