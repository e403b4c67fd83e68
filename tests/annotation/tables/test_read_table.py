"""Tables of names and colours are read in the layouts that atlases have them in."""

import json

import pytest

from sklearn_microarch.annotation.tables._read_table import read_table
from sklearn_microarch.exceptions import ImageFileError

ITKSNAP = """\
################################################
# ITK-SnAP Label Description File
# IDX   -R-  -G-  -B-  -A--  VIS MSH  LABEL
################################################
    0     0    0    0        0  0  0    "Clear Label"
  672   152  214  249        1  1  1    "Caudoputamen"
614454277   1    2    3      0.5  1  0    "Supraoculomotor, part 2"
"""
NAMES = {0: "Clear Label", 672: "Caudoputamen", 614454277: "Supraoculomotor, part 2"}
COLORS = {0: (0, 0, 0), 672: (152, 214, 249), 614454277: (1, 2, 3)}


def write(tmp_path, text, *, name="table.txt", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("     ", "\t"),
        lambda text: text.replace("0.5", "0,5"),
        lambda text: "".join(text.splitlines(keepends=True)[3:]) + "\n\n",
    ],
    ids=["as is", "CRLF", "CR", "tabs", "decimal comma", "no head"],
)
def test_label_descriptions_of_itksnap_are_read_however_they_are_spaced(
    tmp_path, change
):
    table = read_table(write(tmp_path, change(ITKSNAP)))
    assert table.names == NAMES
    assert table.colors == COLORS
    assert table.rows == list(NAMES)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_names_with_accents_are_read_in_every_encoding(tmp_path, encoding):
    text = "id,name\n1,Noyau géniculé\n"
    table = read_table(write(tmp_path, text, encoding=encoding))
    assert table.names == {1: "Noyau géniculé"}


CSV = {
    "QUINT": "idx,name,r,g,b,a,VIS,MSH\n0,Clear Label,0,0,0,1.0,1.0,1.0\n"
    '672,Caudoputamen,152,214,249,1.0,1.0,1.0\n614454277,"Supraoculomotor, part 2",'
    "1,2,3,1,1,1\n",
    "hex": "id;name;color\n0;Clear Label;#000\n672;Caudoputamen;98d6f9\n"
    "614454277;Supraoculomotor, part 2;0x010203\n",
    "levels": "Region ID\tRegion name\tR\tG\tB\n0\tClear Label\t0\t0\t0\n"
    "672\tCaudoputamen\t152\t214\t249\n614454277\tSupraoculomotor, part 2\t1\t2\t3\n",
    "no headings": "0,Clear Label,0,0,0\n672,Caudoputamen,152,214,249\n614454277,"
    '"Supraoculomotor, part 2",1,2,3\n',
    "from pandas": ',label,value,rgb_triplet\n0,Clear Label,0.0,"[0, 0, 0]"\n'
    '1,Caudoputamen,672.0,"[152, 214, 249]"\n'
    '2,"Supraoculomotor, part 2",614454277.0,"[1, 2, 3]"\n',
    "FreeSurfer": "#No. Label Name:  R G B A\n0 Clear Label 0 0 0 0\n"
    "672   Caudoputamen  152 214 249 0\n614454277 Supraoculomotor, part 2 1 2 3 0\n",
}


@pytest.mark.parametrize("text", CSV.values(), ids=CSV.keys())
def test_columns_are_found_by_their_headings(tmp_path, text):
    table = read_table(write(tmp_path, text))
    assert table.names == NAMES
    assert table.colors == COLORS


def test_a_table_of_ids_and_names_needs_nothing_else(tmp_path):
    for text in ("id,name\n3,CTX\n7,CC\n", "3 CTX\n7 CC\n", '{"3": "CTX", "7": "CC"}'):
        table = read_table(write(tmp_path, text))
        assert table.names == {3: "CTX", 7: "CC"}
        assert table.colors == {}
        assert table.parents == {}


def test_leading_zeros_that_a_spreadsheet_dropped_are_put_back(tmp_path):
    text = "id,name,color_hex_triplet\n1,A,019399\n2,B,19399\n"
    table = read_table(write(tmp_path, text))
    assert table.colors == {1: (1, 0x93, 0x99), 2: (1, 0x93, 0x99)}


ALLEN = [
    {
        "id": 997,
        "acronym": "root",
        "name": "root",
        "color_hex_triplet": "FFFFFF",
        "parent_structure_id": None,
        "children": [
            {
                "id": 8,
                "acronym": "grey",
                "name": "Basic cell groups",
                "color_hex_triplet": "BFDAE3",
                "parent_structure_id": 997,
                "children": [],
            },
            {"id": 1009, "acronym": "fiber tracts", "name": "fiber tracts"},
        ],
    }
]
BRAINGLOBE = [
    {
        "acronym": "root",
        "id": 997,
        "name": "root",
        "structure_id_path": [997],
        "rgb_triplet": [255, 255, 255],
    },
    {
        "acronym": "grey",
        "id": 8,
        "name": "Basic cell groups",
        "structure_id_path": [997, 8],
        "rgb_triplet": [191, 218, 227],
    },
    {
        "acronym": "fiber tracts",
        "id": 1009,
        "name": "fiber tracts",
        "structure_id_path": [997, 1009],
    },
]
ALLEN_CSV = """\
id,atlas_id,name,acronym,parent_structure_id,structure_id_path,color_hex_triplet
997,-1,root,root,,/997/,FFFFFF
8,0,Basic cell groups,grey,997.0,/997/8/,BFDAE3
1009,691,"fiber tracts",fiber tracts,997,/997/1009/,
"""


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"success": True, "id": 0, "msg": ALLEN}),
        json.dumps(ALLEN),
        json.dumps(ALLEN[0]),
        json.dumps(BRAINGLOBE),
        ALLEN_CSV,
    ],
    ids=["Allen", "list", "node", "BrainGlobe", "Allen CSV"],
)
def test_trees_of_atlases_are_read_with_parents_and_acronyms(tmp_path, text):
    table = read_table(write(tmp_path, text))
    assert table.names == {997: "root", 8: "Basic cell groups", 1009: "fiber tracts"}
    assert table.acronyms == {997: "root", 8: "grey", 1009: "fiber tracts"}
    assert table.parents == {997: None, 8: 997, 1009: 997}
    assert table.colors == {997: (255, 255, 255), 8: (191, 218, 227)}


def test_the_nested_labels_of_waxholm_are_read(tmp_path):
    text = (
        '<?xml version="1.0" encoding="utf-8"?><milf><header/><structure>'
        '<label abbreviation="WM" color="#ff8000" id="1000" name="White matter">'
        '<label abbreviation="cc" color="#ffae00" id="67" name="corpus callosum"/>'
        "</label></structure></milf>"
    )
    table = read_table(write(tmp_path, text, name="labels.ilf"))
    assert table.names == {1000: "White matter", 67: "corpus callosum"}
    assert table.parents == {1000: None, 67: 1000}
    assert table.colors[67] == (255, 174, 0)
    bomb = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    with pytest.raises(ImageFileError, match="entities"):
        read_table(write(tmp_path, bomb))


def test_ids_to_two_to_the_32_are_exact(tmp_path):
    table = read_table(write(tmp_path, "id,name\n4294967295,last\n4294967296,end\n"))
    assert list(table.names) == [2**32 - 1, 2**32]
    with pytest.raises(
        ImageFileError, match=r"line 2 has the id '4294967297'.*2\*\*32"
    ):
        read_table(write(tmp_path, "id,name\n4294967297,too far\n"))


def test_one_id_with_two_names_is_an_error_that_names_both(tmp_path):
    path = write(tmp_path, "id,name\n5,CTX\n5,CC\n")
    with pytest.raises(ImageFileError, match=r"table.txt.*id 5, 'CTX' and 'CC'"):
        read_table(path)
    same = read_table(write(tmp_path, "id,name\n5,CTX\n5,CTX\n"))
    assert same.rows == [5, 5]


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "lists no region"),
        ("# only\n# comments\n", "lists no region"),
        ("a,b\n1,2\n", "columns are 'a', 'b'"),
        ("id,name\nfive,CTX\n", "line 2 has the id 'five'"),
        ("id,name\n1.5,CTX\n", "no whole number"),
        ("id,name\n-1,CTX\n", "no whole number"),
        ("1 CTX\nnot a row\n", "line 2"),
        ('{"type": "FeatureCollection", "features": []}', "no list or tree"),
        ("[" * 100_000, "cannot be read"),
        ('[{"id": 1, "name": "A", "children": [{"x": 1}]}]', "no structure"),
        ('[{"id": 1, "name": "A", "children": 5}]', "no list"),
        ("<milf/>", "XML without labels"),
        ("<milf", "XML that is damaged"),
        ("1,2,3\n", "needs a column 'id' and one 'name'"),
        ("id,name\n1," + "x" * 200_000, "cannot be read"),
    ],
)
def test_what_is_no_table_is_an_error_that_names_the_file(tmp_path, text, words):
    with pytest.raises(ImageFileError, match=words) as caught:
        read_table(write(tmp_path, text))
    assert "table.txt" in str(caught.value)


def test_deep_trees_are_read_and_binary_files_and_large_ones_are_not(tmp_path):
    deep = '{"id": 0, "name": "x", "children": ['
    nested = "".join(deep.replace(": 0", f": {k}") for k in range(200)) + "]}" * 200
    assert len(read_table(write(tmp_path, nested)).names) == 200
    path = write(tmp_path, "1 CTX\0\n")
    with pytest.raises(ImageFileError, match="null bytes"):
        read_table(path)
    with path.open("wb") as file:
        file.truncate(17 * 1024**2)
    with pytest.raises(ImageFileError, match="at most"):
        read_table(path)
    with pytest.raises(FileNotFoundError, match="no table of regions"):
        read_table(tmp_path / "absent.csv")
    with pytest.raises(ImageFileError, match="folder"):
        read_table(tmp_path)
