"""Damaged and hostile files are errors that name file and member; nothing is run."""

import io
import json
import os
import pickle
import struct
import sys
import zlib
from zipfile import ZIP_DEFLATED, ZipFile

import joblib
import numpy as np
import pytest
import skops.io
from model_file.models import (
    members_of,
    ordinary,
    sign,
    tiny_bytes,
    tiny_pipeline,
    tiny_rows,
    zip_of,
)
from sklearn.cluster import KMeans
from sklearn.pipeline import make_pipeline

from sklearn_microarch import PatchSampler
from sklearn_microarch.exceptions import ModelFileError, ModelVersionWarning
from sklearn_microarch.model_file import load_model, read_manifest, save_model


class Bomb:
    """What runs a command when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("bomb-went-off",)


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "model.microarch"
    assert not (tmp_path / "bomb-went-off").exists()


def refusal(path, data, *, trusted=()):
    """Return the message with which a file is refused."""
    path.write_bytes(data)
    with pytest.raises(ModelFileError) as caught:
        load_model(path, trusted=trusted)
    assert str(path) in str(caught.value)
    return str(caught.value)


def npy(array):
    """Return an array as a member."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def header(text, version=b"\x01\x00"):
    """Return a member with a header of one's own."""
    text = text.encode() + b"\n"
    length = struct.pack("<H" if version == b"\x01\x00" else "<I", len(text))
    return b"\x93NUMPY" + version + length + text


def with_schema(change):
    """Return a file, rightly signed, whose schema was changed."""
    _, members = members_of(tiny_bytes())
    schema = json.loads(members["schema.json"])
    changed = change(schema)
    members["schema.json"] = json.dumps(schema if changed is None else changed).encode()
    return sign(members)


def steps_of(schema):
    """Return the nodes of the four steps."""
    steps = schema["content"]["content"]["steps"]["content"]
    return [step["content"][1] for step in steps]


def attributes_of(schema, step):
    return steps_of(schema)[step]["content"]["content"]


def test_the_signed_file_itself_is_read(path):
    path.write_bytes(sign(members_of(tiny_bytes())[1]))
    assert joblib.hash(load_model(path)) == joblib.hash(tiny_pipeline())


@pytest.mark.parametrize("compress", [0, 3, ("gzip", 3), ("bz2", 3), ("xz", 3)])
def test_a_joblib_file_is_told_how_to_be_read(compress, path):
    joblib.dump(Bomb(), path, compress=compress)
    message = refusal(path, path.read_bytes())
    assert "joblib.load(" in message
    assert "runs code" in message


def test_what_is_no_model_file_is_told(path):
    assert "it is empty" in refusal(path, b"")
    assert "not as a zip file" in refusal(path, b"II*\0 a picture")
    assert "skops.io.load" in refusal(path, skops.io.dumps(tiny_pipeline()))
    assert "none that save_model wrote" in refusal(
        path, zip_of([("a", b"")], comment=b"")
    )
    path.unlink()
    with pytest.raises(FileNotFoundError, match="does not exist"):
        load_model(path)
    path.mkdir()
    with pytest.raises(ModelFileError, match="is a folder"):
        read_manifest(path)


def test_a_newer_format_is_told(path):
    message = refusal(path, sign(members_of(tiny_bytes())[1], format=2))
    assert "is of format 2" in message
    assert "Install a newer" in message


def test_an_equal_model_of_other_versions_is_warned_of_once(path):
    known, members = members_of(tiny_bytes())
    versions = known["versions"] | {"scikit-learn": "1.8.0"}
    path.write_bytes(sign(members, {"versions": versions}))
    with pytest.warns(ModelVersionWarning, match=r"scikit-learn 1.8.0") as caught:
        load_model(path)
    assert len(caught) == 1


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_file_cut_short_is_told(share, path):
    data = tiny_bytes()
    message = refusal(path, data[: max(64, int(len(data) * share))])
    assert "download it again" in message


def test_a_flipped_bit_is_found_and_its_member_named(path):
    data = tiny_bytes()
    with ZipFile(io.BytesIO(data)) as zip_file:
        infos = zip_file.infolist()
    for info in infos[:3]:
        flipped = bytearray(data)
        flipped[info.header_offset + 30 + len(info.filename) + 100] ^= 16
        assert info.filename in refusal(path, bytes(flipped))


@pytest.mark.parametrize(
    "name",
    [
        "../evil.npy",
        "/etc/passwd",
        "C:\\evil.npy",
        "arrays/../000001.npy",
        "Schema.json",
        "arrays/000001.NPY",
        "arrays/1.npy",
        "arrays/",
        "arrays/000001.npy\n",
        "arrays/\uff10\uff10\uff10\uff10\uff10\uff11.npy",
        "model.pkl",
    ],
)
def test_odd_names_are_refused(name, path):
    _, members = members_of(tiny_bytes())
    message = refusal(path, sign([*members.items(), (name, b"")]))
    assert "has a name that save_model never gives" in message
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["schema.json", "arrays/000001.npy", "manifest.json"])
def test_a_member_that_is_there_twice_is_refused(name, path):
    _, members = members_of(tiny_bytes())
    message = refusal(path, sign([*members.items(), (name, b"{}")]))
    assert f"{name!r} is there twice" in message


@pytest.mark.parametrize(
    "info, words",
    [
        (ordinary("arrays/000900.npy", mode=0o120777), "a link, a folder or a device"),
        (ordinary("arrays/000900.npy", mode=0o040755), "a link, a folder or a device"),
        (ordinary("arrays/000900.npy", mode=0o020666), "a link, a folder or a device"),
        (ordinary("arrays/000900.npy", comment=b"?"), "has fields"),
        (ordinary("arrays/000900.npy", extra=b"\1\0\0\0"), "has fields"),
        (ordinary("arrays/000900.npy", compress_type=ZIP_DEFLATED), "is compressed"),
    ],
)
def test_members_that_are_no_plain_files_are_refused(info, words, path):
    _, members = members_of(tiny_bytes())
    assert words in refusal(path, sign([*members.items(), (info, bytes(500))]))


def test_a_bomb_is_refused_before_it_grows(path):
    _, members = members_of(tiny_bytes())
    bomb = ordinary("arrays/000900.npy", compress_type=ZIP_DEFLATED)
    data = sign([*members.items(), (bomb, bytes(50_000_000))])
    assert len(data) < len(tiny_bytes()) + 60_000
    assert "is compressed" in refusal(path, data)
    # One whose directory says that it is small.
    inside = zlib.compress(bytes(1_000_000))[2:-4]
    data = sign([*members.items(), (ordinary("arrays/000900.npy"), inside)])
    place = data.rindex(b"arrays/000900.npy") - 46
    forged = bytearray(data)
    forged[place + 10] = ZIP_DEFLATED
    assert "is compressed" in refusal(path, bytes(forged))


def patched(offset, value):
    """Return the tiny file with a field of the last entry of its directory changed."""
    data = bytearray(tiny_bytes())
    place = data.rindex(b"PK\x01\x02") + offset
    data[place : place + len(value)] = value
    return bytes(data)


@pytest.mark.parametrize(
    "offset, value, words",
    [
        (8, b"\x01\x00", "is encrypted"),
        (8, b"\x08\x00", "has flags 0x8"),
        (24, struct.pack("<L", 2**31), "is compressed"),
        (42, struct.pack("<L", 5), "starts at byte 5"),
        (46, b"arrays/000000.npy", "there twice"),
    ],
)
def test_fields_of_the_directory_are_checked(offset, value, words, path):
    assert words in refusal(path, patched(offset, value))


def with_end(**fields):
    """Return the tiny file with fields of its end changed."""
    layout = ["disk", "first", "here", "count", "size", "at"]
    data = bytearray(tiny_bytes())
    place = data.rindex(b"PK\x05\x06") + 4
    found = dict(zip(layout, struct.unpack_from("<4H2L", data, place), strict=True))
    struct.pack_into("<4H2L", data, place, *(found | fields).values())
    return bytes(data)


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"count": 65_535, "here": 65_535}, "at most 10000"),
        ({"count": 3}, "members"),
        ({"count": 3, "here": 3}, "directory"),
        ({"count": 0, "here": 0}, "members"),
        ({"disk": 1}, "is damaged"),
        ({"at": 0}, "not where it should be"),
        ({"size": 2**31}, "not where it should be"),
    ],
)
def test_huge_and_wrong_counts_are_refused(fields, words, path):
    assert words in refusal(path, with_end(**fields))


def test_bytes_before_between_and_behind_members_are_refused(path):
    data = tiny_bytes()
    assert "is no model file" in refusal(path, b"#!/bin/sh\n" + data)
    assert "end of the model file" in refusal(path, data + b"\0")
    cut = data.index(b"PK\x03\x04", 10)
    assert "download it again" in refusal(path, data[:cut] + bytes(64) + data[cut:])


@pytest.mark.parametrize(
    "array, words",
    [
        (npy(np.array([Bomb()], dtype=object)), "only numbers and text"),
        (npy(np.zeros(2, dtype=[("a", "<f8")])), "only numbers and text"),
        (npy(np.array(["2020-01-01"], dtype="datetime64[D]")), "only numbers and text"),
        (
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (10**9, 10**9)}"),
            "no header",
        ),
        (
            header(
                "{'descr': '<f8', 'fortran_order': False, 'shape': (9"
                + "9" * 17
                + ",)}"
            ),
            "takes 7",
        ),
        (
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"),
            "negative",
        ),
        (header("__import__('os').mkdir('bomb-went-off')"), "no header"),
        (header("{" * 3000), "no header"),
        (header(" " * 100_000, b"\x02\x00"), "no header"),
        (header("{'descr': '<f8'}", b"\x09\x00"), "version"),
        (b"", "no header"),
        (pickle.dumps(Bomb()), "no header"),
        (b"\x93NUMPY\x01", "no header"),
        (npy(np.zeros(3))[:-1], "takes 24 bytes, and 23"),
        (npy(np.zeros(3)) + b"\0", "takes 24 bytes, and 25"),
    ],
)
def test_arrays_of_objects_and_of_huge_shapes_are_refused(array, words, path):
    _, members = members_of(tiny_bytes())
    message = refusal(path, sign(members | {"arrays/000007.npy": array}))
    assert "arrays/000007.npy" in message
    assert words in message


def a_node(loader, name, **parts):
    module, _, kind = name.rpartition(".")
    node = {"__loader__": loader, "__module__": module, "__class__": kind}
    return node | {"__id__": 987_654} | parts


def a_tuple(*items):
    return a_node("TupleNode", "builtins.tuple", content=list(items)) | {"__id__": 9**9}


TEXT = a_node("JsonNode", "builtins.str", content='"bomb-went-off"')


@pytest.mark.parametrize(
    "node",
    [
        a_node("FunctionNode", "os.system"),
        a_node("FunctionNode", "posix.system"),
        a_node("TypeNode", "builtins.eval"),
        a_node("TypeNode", "subprocess.Popen"),
        a_node("ObjectNode", "pathlib.Path", content=None),
        a_node("ObjectNode", "functools.partial", content=None),
        a_node("JsonNode", "os.system", content='"id"'),
        a_node("NdArrayNode", "os.system", type="numpy", file="arrays/000001.npy"),
        a_node("NdArrayNode", "numpy.memmap", type="numpy", file="arrays/000001.npy"),
        a_node("ListNode", "subprocess.Popen", content=[]),
        a_node("RandomStateNode", "os.mkdir", content=TEXT),
        a_node("ObjectNode", "sklearn.pipeline.Pipeline.fit", content=None),
        a_node("ConstructorFromReduceNode", "os.mkdir", content=a_tuple(TEXT)),
        a_node("MethodNode", "sklearn.PCA", content={"func": "fit", "obj": TEXT}),
        a_node("PartialNode", "functools.partial", content={}),
        a_node("OperatorFuncNode", "operator.methodcaller", attrs=a_tuple(TEXT)),
        a_node("BytesNode", "builtins.bytes", file="schema.json"),
        a_node("RandomGeneratorNode", "numpy.random.Generator", content={}),
        a_node("TreeNode", "sklearn.tree._tree.Tree", content=TEXT),
        a_node("SparseMatrixNode", "scipy.sparse.csr_matrix", type="scipy", file="x"),
        a_node("CachedNode", "builtins.str"),
        a_node("DefaultDictNode", "collections.defaultdict", content={}),
        a_node("ReduceNode", "os.mkdir", content=TEXT),
        a_node("Invented", "os.mkdir"),
    ],
    ids=lambda node: f"{node['__loader__']} {node['__class__']}",
)
@pytest.mark.parametrize("trust", [False, True], ids=["", "trusted"])
def test_no_name_of_a_hostile_schema_is_called(node, trust, path):
    def plant(schema):
        attributes_of(schema, 0)["random_state"] = node

    name = f"{node['__module__']}.{node['__class__']}"
    before = set(sys.modules)
    refusal(path, with_schema(plant), trusted=[name] if trust else [])
    assert set(sys.modules) == before


def test_a_foreign_class_is_named_and_not_imported(path, tmp_path, monkeypatch):
    (tmp_path / "foreign_bomb.py").write_text("import os; os.mkdir('bomb-went-off')")
    monkeypatch.syspath_prepend(tmp_path)

    def plant(schema):
        attributes_of(schema, 1)["module"] = a_node("TypeNode", "foreign_bomb.Net")

    message = refusal(path, with_schema(plant))
    assert "trusted=('foreign_bomb.Net',)" in message
    assert "foreign_bomb" not in sys.modules


def test_a_trusted_class_that_is_not_installed_is_named(path):
    def plant(schema):
        attributes_of(schema, 1)["module"] = a_node("TypeNode", "not_there.Net")

    message = refusal(path, with_schema(plant), trusted=["not_there.Net"])
    assert "not_there.Net is needed and cannot be imported" in message
    assert "PYTHONPATH" in message


def test_classes_of_a_newer_version_are_no_matter_of_trust(path):
    def plant(schema):
        attributes_of(schema, 2)["_embedding"]["__class__"] = "Unheard"

    message = refusal(path, with_schema(plant))
    assert "this version of sklearn_microarch lacks" in message


def test_a_step_of_scikit_learn_that_is_not_on_the_list_can_be_trusted(path):
    pipe = make_pipeline(*[step for _, step in tiny_pipeline().steps[:3]], KMeans(2))
    pipe.fit(*tiny_rows())
    name = "sklearn.cluster._kmeans.KMeans"
    save_model(pipe, path)
    with pytest.raises(ModelFileError, match=name):
        load_model(path)
    back = load_model(path, trusted=(name,))
    assert joblib.hash(back) == joblib.hash(pipe)


def test_a_folder_of_pickles_is_refused(path):
    def plant(schema):
        attributes_of(schema, 1)["memory"] = TEXT

    assert "memory names a folder of pickles" in refusal(path, with_schema(plant))


def test_attributes_in_pairs_do_not_smuggle_a_folder_in(path):
    def plant(schema):
        step = steps_of(schema)[1]
        attributes = step["content"]["content"]
        names = [
            a_node("JsonNode", "builtins.str", content=json.dumps(name))
            | {"__id__": 10**6 + at}
            for at, name in enumerate([*attributes, "memory"])
        ]
        pairs = [
            a_node("TupleNode", "builtins.tuple", content=[name, value])
            | {"__id__": 10**7 + at}
            for at, (name, value) in enumerate(
                zip(names, [*attributes.values(), TEXT], strict=True)
            )
        ]
        pairs = a_node("ListNode", "builtins.list", content=pairs)
        step["content"] = pairs | {"__id__": 10**8}

    assert "no attributes by name" in refusal(path, with_schema(plant))


def alien(schema):
    """Make an object of what another has the number of."""
    first, second = steps_of(schema)[2:]
    second["__id__"] = first["__id__"]


def inside_itself(schema):
    attributes_of(schema, 2)["itself_"] = dict(schema, content=None)


def no_key_types(schema):
    schema["content"]["key_types"]["content"].pop()


def keys_that_are_called(schema):
    kinds = schema["content"]["key_types"]
    kinds["content"] = [TEXT] * len(kinds["content"])


def another_file(schema):
    attributes_of(schema, 2)["components_"]["file"] = "../../etc/passwd"


def schema_as_array(schema):
    attributes_of(schema, 2)["components_"]["file"] = "schema.json"


def wild_scalar(schema):
    attributes_of(schema, 0)["stride"]["content"] = "[" * 100_000


def listed_scalar(schema):
    attributes_of(schema, 0)["stride"]["content"] = "[1]"


def no_number(schema):
    attributes_of(schema, 0)["stride"]["__id__"] = True


def other_protocol(schema):
    schema["protocol"] = 99


def no_protocol(schema):
    del schema["protocol"]


@pytest.mark.parametrize(
    "change",
    [
        alien,
        inside_itself,
        no_key_types,
        keys_that_are_called,
        another_file,
        schema_as_array,
        wild_scalar,
        listed_scalar,
        no_number,
        other_protocol,
        no_protocol,
        lambda schema: [],
        lambda schema: "schema",
        lambda schema: steps_of(schema)[3],
        lambda schema: a_tuple(TEXT) | {"protocol": 2, "_skops_version": "0.16"},
    ],
)
def test_a_schema_that_makes_no_sense_is_refused(change, path):
    assert "model.microarch" in refusal(path, with_schema(change))


@pytest.mark.parametrize(
    "schema",
    [b"", b"\xff\xfe", b"{", b"[" * 200_000, b'{"__loader__": 1e999}', b"9" * 10_000],
    ids=["empty", "no text", "half", "deep", "infinite", "number"],
)
def test_a_schema_that_is_no_json_is_refused(schema, path):
    _, members = members_of(tiny_bytes())
    assert "schema.json" in refusal(path, sign(members | {"schema.json": schema}))


def test_a_manifest_must_name_every_member(path):
    _, members = members_of(tiny_bytes())
    for manifest in (b"", b"[]", b"{}", b'{"format": 1, "members": {}}'):
        data = zip_of([("manifest.json", manifest), *members.items()])
        assert "manifest.json" in refusal(path, data)
    named = json.dumps(members_of(tiny_bytes())[0]).encode()
    lacking = dict(list(members.items())[:-1])
    data = zip_of([("manifest.json", named), *lacking.items()])
    assert "not in the file" in refusal(path, data)
    extra = {**members, "arrays/000900.npy": b""}
    data = zip_of([("manifest.json", named), *extra.items()])
    assert "not in the manifest" in refusal(path, data)
    assert "schema.json is missing" in refusal(path, zip_of([("manifest.json", b"{}")]))
    assert "manifest.json is missing" in refusal(path, zip_of([("schema.json", b"{}")]))


def test_an_unfitted_pipeline_in_a_file_is_refused(path):
    pipe = make_pipeline(PatchSampler(4, tissue=None))
    whole = save_model(pipe.fit(np.zeros((9, 4, 4))), path).read_bytes()
    _, members = members_of(whole)
    schema = json.loads(members["schema.json"])
    attributes = steps_of(schema)[0]["content"]
    for at, name in reversed(list(enumerate(attributes["content"]))):
        if name.endswith("_"):
            del attributes["content"][name], attributes["key_types"]["content"][at]
    members["schema.json"] = json.dumps(schema).encode()
    assert "holds no fitted pipeline" in refusal(path, sign(members))


@pytest.mark.parametrize("trusted", ["mylab.Net", 3, [3]])
def test_trusted_must_be_names(trusted, path):
    path.write_bytes(tiny_bytes())
    with pytest.raises(TypeError, match="trusted"):
        load_model(path, trusted=trusted)


def test_every_plain_zip_reader_can_open_a_model_file(path):
    path.write_bytes(tiny_bytes())
    with ZipFile(path) as zip_file:
        assert zip_file.testzip() is None
        assert json.loads(zip_file.read("manifest.json")) == read_manifest(path)
