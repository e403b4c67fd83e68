"""Damaged label images and tables give a typed error, or regions of some kind, soon."""

import gzip
import json
import os
import shutil
import time
import warnings
import zlib
from pathlib import Path

import nibabel
import numpy as np
import pytest
import tifffile
from PIL import Image

from sklearn_microarch.annotation.labels._read_label_image import read_label_image
from sklearn_microarch.annotation.tables._read_table import read_table
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import OmeZarrWriter

# More in a longer run: MUTATIONS=1000 pytest ...
N_MUTATIONS = int(os.environ.get("MUTATIONS", "120"))
LARGE = [0, 1, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**32 - 1, 2**63 - 1]


def write_samples(folder, codes):
    """Write one small file of each kind; return their paths."""
    tifffile.imwrite(folder / "plain.tif", codes)
    tifffile.imwrite(folder / "packed.tif", codes.astype("u4"), compression="zlib")
    Image.fromarray(codes).save(folder / "grey.png")
    palette = Image.fromarray(codes).convert("P")
    palette.save(folder / "palette.png")
    Image.fromarray(np.dstack([codes * 30] * 3)).save(folder / "colours.png")
    for name in ("seg.nii", "seg.nii.gz"):
        nibabel.save(nibabel.Nifti1Image(codes.T.copy(), np.eye(4)), folder / name)
    np.save(folder / "labels.npy", codes)
    head = b"\2" + codes.shape[1].to_bytes(4) + codes.shape[0].to_bytes(4)
    (folder / "s001.flat").write_bytes(head + codes.astype(">u2").tobytes())
    scribbles = {
        "interval": {"min": [0, 0], "max": [59, 39], "n": 2},
        "labels": {"a": [[3, 4], [5, 6]], "b": [[7, 8]]},
    }
    (folder / "leaf.labeling").write_text(json.dumps(scribbles))
    (folder / "table.csv").write_text(
        "id,name,r,g,b\n" + "".join(f"{i},r{i},{i},{i},{i}\n" for i in range(9))
    )
    (folder / "table.label").write_text('0 0 0 0 0 0 0 "C"\n1 255 0 0 1 1 1 "CTX"\n')
    (folder / "tree.json").write_text(
        json.dumps([{"id": 1, "name": "a", "children": [{"id": 2, "name": "b"}]}])
    )
    return sorted(folder.iterdir())


def mutated(data, rng):
    """Return bytes that are cut, flipped, repeated or hold a huge number."""
    changed = bytearray(data)
    kind = rng.integers(5)
    at = int(rng.integers(len(changed)))
    if rng.random() < 0.6:
        at = min(at, int(rng.integers(1, 400)))
    if kind == 0:
        return bytes(changed[:at])
    if kind == 1:
        for place in rng.integers(0, len(changed), 1 + int(rng.integers(8))):
            changed[place] ^= 1 << int(rng.integers(8))
    elif kind == 2:
        n_bytes = int(rng.choice([1, 2, 4, 8]))
        number = int(rng.choice(LARGE)) % 256**n_bytes
        order = str(rng.choice(["little", "big"]))
        changed[at : at + n_bytes] = number.to_bytes(n_bytes, order)
    elif kind == 3:
        digits = [place for place, byte in enumerate(data) if 48 <= byte < 58]
        if digits:
            place = int(rng.choice(digits))
            changed[place : place + 1] = b"9" * int(rng.choice([3, 10, 25, 5000]))
    else:
        changed[at:at] = changed[at : at + 50] * int(rng.integers(1, 20))
    return bytes(changed)


def test_mutated_files_are_refused_with_a_typed_error_or_read(tmp_path, codes, rng):
    folder = tmp_path / "whole"
    folder.mkdir()
    paths = write_samples(folder, codes)
    for number in range(N_MUTATIONS):
        path = paths[number % len(paths)]
        damaged = tmp_path / path.name
        damaged.write_bytes(mutated(path.read_bytes(), rng))
        started = time.monotonic()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            words = refusal(damaged, folder / "table.csv")
        assert path.name in words
        assert time.monotonic() - started < 10, number
        damaged.unlink()


def refusal(path: Path, table: Path) -> str:
    """Return the words a file is refused with, or its name where it is read."""
    try:
        if path.name.startswith(("table", "tree")):
            read_table(path)
        else:
            needs = path.suffix == ".flat"
            read_label_image(path, table=table if needs else None)
    except ImageFileError as error:
        return str(error)
    return path.name


def test_mutated_zarr_labels_are_refused_with_a_typed_error_or_read(
    tmp_path, codes, rng
):
    whole = tmp_path / "whole.zarr"
    about = {1: {"name": "CTX"}, 2: {"name": "CC"}, 7: {"name": "TH"}}
    with OmeZarrWriter(whole, shape=codes.shape, pixel_size_um=1.17) as writer:
        writer.add_image(["grey"], dtype="uint8")[:] = 7
        writer.add_label("regions", properties=about)[:] = codes
    inner = whole / "labels" / "regions"
    files = sorted(path for path in inner.rglob("*") if path.is_file())
    for number in range(N_MUTATIONS // 3):
        damaged = tmp_path / f"damaged{number}.zarr"
        shutil.copytree(inner, damaged)
        path = files[number % len(files)]
        changed = mutated(path.read_bytes(), rng)
        (damaged / path.relative_to(inner)).write_bytes(changed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert damaged.name in refusal(damaged, damaged)
        shutil.rmtree(damaged)


def png_of(width, height, *, bits=8, kind=0):
    """Return the header of a PNG of any size, and a few bytes."""

    def chunk(name, data):
        body = name + data
        return len(data).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + bytes([bits, kind, 0, 0, 0])
    data = zlib.compress(b"\0" * 10_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data)


@pytest.mark.parametrize(
    "size", [(2**31 - 1, 2**31 - 1), (30_000, 30_000), (9999, 9999)]
)
def test_a_small_png_of_a_huge_picture_is_refused(tmp_path, size):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of(*size))
    with pytest.raises(ImageFileError, match="pixels"):
        read_label_image(path)


def test_a_small_nifti_of_a_huge_volume_is_refused(tmp_path):
    path = tmp_path / "bomb.nii.gz"
    header = nibabel.Nifti1Header()
    header.set_data_dtype(np.int32)
    header.set_data_shape((32000, 32000, 3000))
    header["magic"], header["vox_offset"] = b"n+1", 352
    path.write_bytes(gzip.compress(header.binaryblock + bytes(4 + 2_000_000)))
    with pytest.raises(ImageFileError, match="cannot be in its"):
        read_label_image(path, z=0)


def test_headers_of_arrays_are_not_evaluated_and_bounded(tmp_path):
    path = tmp_path / "labels.npy"
    for text in (
        "{'descr': '<i4', 'fortran_order': False, 'shape': (900000, 900000), }",
        "(" * 5000,
        "{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (-3, -3), }",
        "__import__('os').abort()",
    ):
        body = text.encode() + b"\n"
        path.write_bytes(b"\x93NUMPY\1\0" + len(body).to_bytes(2, "little") + body)
        with pytest.raises(ImageFileError, match=r"labels\.npy"):
            read_label_image(path)


@pytest.mark.parametrize(
    "interval",
    [
        {"min": [0, 0], "max": [10**9, 10**9]},
        {"min": [0, 0], "max": [10**30, 5]},
        {"min": [5, 5], "max": [0, 0]},
        {"min": [0], "max": [5]},
        {"min": 0, "max": 5},
        [],
    ],
)
def test_scribbles_of_an_absurd_picture_are_refused(tmp_path, interval):
    path = tmp_path / "leaf.labeling"
    path.write_text(json.dumps({"interval": interval, "labels": {"a": [[1, 1]]}}))
    with pytest.raises(ImageFileError, match=r"leaf\.labeling"):
        read_label_image(path)
