"""Tests of sklearn_microarch.sheets.read_sheet."""

import pytest

from sklearn_microarch.exceptions import SheetError
from sklearn_microarch.sheets import read_sheet


@pytest.fixture
def write(tmp_path):
    """Return what writes a sheet, beside two slices and an annotation."""
    for name in ("a.tif", "b.tif", "a.geojson", "gehirn_ü.tif"):
        (tmp_path / name).touch()

    def write(text, *, encoding="utf-8"):
        path = tmp_path / "study.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_all_that_is_known_of_a_section_is_read(write, tmp_path):
    path = write(
        "image,rois,animal,name,group,side,z_um,normalize_by,channel,pixel_size_um,"
        "flip,exclude\n"
        "a.tif,a.geojson,m1,one,control,Left,40.5,slide 1,2,1.17,yes,TRN; IC\n"
    )
    section = read_sheet(path)[0]
    assert section.image == tmp_path / "a.tif"
    assert section.rois == tmp_path / "a.geojson"
    assert (section.animal, section.name, section.group) == ("m1", "one", "control")
    assert (section.side, section.z_um) == ("left", 40.5)
    assert (section.normalize_by, section.channel) == ("slide 1", 2)
    assert (section.pixel_size_um, section.flip) == (1.17, True)
    assert section.exclude == ("TRN", "IC")


def test_columns_that_are_not_known_become_details(write):
    path = write("image,animal,sex,age,batch\na.tif,m1,f,12,007\nb.tif,m2,m,13.5,012\n")
    first, second = read_sheet(path)
    assert first.details == {"sex": "f", "age": 12, "batch": "007"}
    assert second.details == {"sex": "m", "age": 13.5, "batch": "012"}


def test_a_column_with_one_word_in_it_holds_words(write):
    first, second = read_sheet(write("image,age\na.tif,12\nb.tif,adult\n"))
    assert (first.details, second.details) == ({"age": "12"}, {"age": "adult"})


def test_a_detail_that_is_empty_is_left_out(write):
    first, second = read_sheet(write("image,sex\na.tif,\nb.tif,f\n"))
    assert (first.details, second.details) == ({}, {"sex": "f"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_spreadsheets_write_is_read(write, encoding, separator):
    lines = ["image,animal,z_um", "gehirn_ü.tif,m1,40"]
    text = "\r\n".join(lines).replace(",", separator) + "\r\n"
    section = read_sheet(write(text, encoding=encoding))[0]
    assert (section.name, section.animal, section.z_um) == ("gehirn_ü", "m1", 40)


def test_a_decimal_comma_is_read_where_semicolons_separate(write):
    sheet = read_sheet(write("image;pixel_size_um;age\na.tif;1,17;2,5\n"))
    assert sheet[0].pixel_size_um == 1.17
    assert sheet[0].details == {"age": 2.5}


def test_the_line_by_which_excel_names_the_separator_is_no_head(write):
    assert len(read_sheet(write("sep=;\nimage;animal\na.tif;m1\n"))) == 1


def test_capitals_of_known_columns_do_not_matter(write):
    assert read_sheet(write("Image,Animal\na.tif,m1\n"))[0].animal == "m1"


def test_empty_lines_and_columns_are_passed_over(write):
    sheet = read_sheet(write("image,animal,,\n\na.tif,m1,,\n,,,\n"))
    assert [section.name for section in sheet] == ["a"]


def test_the_slash_of_windows_is_understood(write, tmp_path):
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "c.tif").touch()
    sheet = read_sheet(write("image\nscans\\c.tif\n"))
    assert sheet[0].image == tmp_path / "scans/c.tif"


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "study.csv is empty"),
        ("picture,animal\na.tif,m1\n", "no column image.*'picture', 'animal'"),
        ("image,animal\n", "no line for a section"),
        ("image,animal\nno.tif,m1\n", "line 2: image no.tif does not exist.*no.tif"),
        ("image,rois\na.tif,no.zip\n", "line 2: rois no.zip does not exist"),
        ("image,animal\n,m1\n", "line 2: the column image is empty"),
        ("image\na.tif\nb.tif\na.tif\n", "line 4: a.tif is in line 2 already"),
        ("image,name\na.tif,x\nb.tif,x\n", "two sections are named 'x'.*a.tif.*b.tif"),
        ("image,flip\na.tif,maybe\n", "line 2: flip is 'maybe'.*yes, no, or empty"),
        ("image,side\na.tif,up\n", "line 2: side='up' must be 'left', 'right'"),
        ("image,z_um\na.tif,deep\n", "line 2: z_um is 'deep'; it must be a number"),
        ("image,z_um\na.tif,nan\n", "line 2: z_um is 'nan'; it must be a number"),
        ("image,pixel_size_um\na.tif,-1\n", "line 2: pixel_size_um=-1"),
        ("image,sex,sex\na.tif,f,m\n", "the column sex twice"),
        ("image,animal\na.tif,m1,f\n", "line 2 has 3 cells, and there are 2 columns"),
        ('image,animal\n"a.tif,m1\n', "no table of comma-separated values"),
        ("image\0animal\n", "is no text"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(write, text, words):
    with pytest.raises(SheetError, match=words):
        read_sheet(write(text))


def test_all_that_is_wrong_is_said_at_once(write):
    text = "image,flip\nno.tif,\na.tif,maybe\n" + "none.tif,\n" * 5
    with pytest.raises(SheetError, match=r"line 2: .* line 3: .* And \d more\."):
        read_sheet(write(text))


def test_an_encoding_that_is_not_utf8_is_named_and_not_guessed(write):
    path = write("image,animal\ngehirn_ü.tif,m1\n", encoding="cp1252")
    with pytest.raises(SheetError, match=r"line 2 .*Save it .* as 'CSV UTF-8'"):
        read_sheet(path)


def test_a_folder_is_no_sheet(tmp_path):
    with pytest.raises(SheetError, match="is a folder; draft its sheet"):
        read_sheet(tmp_path)


def test_a_sheet_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.csv"):
        read_sheet(tmp_path / "none.csv")


@pytest.mark.parametrize("path", [3, None])
def test_a_path_is_a_path(path):
    with pytest.raises(TypeError, match="path="):
        read_sheet(path)
