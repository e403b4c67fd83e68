"""Tests of the command ``info``."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from distributed import Client
from pipelines import fitted_pipeline, phantom
from volumes.brains import STRIDE, grey, run

from sklearn_microarch import SliceImage, map_slice, read_image
from sklearn_microarch.cli import main
from sklearn_microarch.cli.files._format_facts import format_facts
from sklearn_microarch.images import write_tiff
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.volumes import open_volume


def info(*arguments, capsys):
    """Return what the command tells of one file."""
    assert main(["info", "--json", *map(str, arguments)]) == 0
    (found,) = json.loads(capsys.readouterr().out)["files"]
    return found


def test_a_slice_is_told(study, capsys):
    found = info(study / "m1_s1.ome.tif", capsys=capsys)
    assert found["kind"] == "slice"
    assert found["size"] == "192 x 768 pixels"
    assert found["pixel_size_um"] == pytest.approx(1.17)


def test_a_slice_of_a_stack_is_asked_for_and_told(tmp_path, capsys):
    import tifffile

    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, np.zeros((3, 40, 50), "uint8"), photometric="minisblack")
    assert main(["info", str(path)]) == 1
    assert "(on the command line: " in capsys.readouterr().err
    assert info(path, "--page", 1, capsys=capsys)["size"] == "40 x 50 pixels"


@pytest.mark.parametrize("name", ["m1_s1.geojson", "m2_s1_RoiSet.zip"])
def test_an_annotation_is_told(study, capsys, name):
    found = info(study / name, capsys=capsys)
    assert found["kind"] == "annotation"
    assert {"VP", "cortex"} < set(found["regions"])
    assert len(found["fingerprint"]) == 64


def test_a_label_image_of_this_library_is_an_annotation(study, tmp_path, capsys):
    from sklearn_microarch import read_rois

    image = read_image(study / "m1_s1.ome.tif")
    path = tmp_path / "labels.ome.tif"
    read_rois(study / "m1_s1.geojson", like=image).write(path, image=image)
    assert info(path, capsys=capsys)["kind"] == "annotation"


def test_a_sheet_is_told(study, capsys):
    found = info(study / "study.csv", capsys=capsys)
    assert found["kind"] == "sheet"
    assert (found["sections"], found["annotated"]) == (2, 2)
    assert (found["animals"], found["groups"]) == (["m1", "m2"], ["control", "treated"])
    assert found["further_columns"] == ["sex"]


def test_a_model_is_told_and_which_annotations_changed(study, models, tmp_path, capsys):
    model = tmp_path / models[0].name
    for path in (models[0], study / "m1_s1.geojson", study / "m2_s1_RoiSet.zip"):
        shutil.copy(path, tmp_path)
    found = info(model, capsys=capsys)
    assert found["kind"] == "model"
    assert "VP" in found["regions"]
    assert found["trained_on"] == {"m1_s1": "m1"}
    assert found["accuracy_on_held_out_tissue"] == "0.90 (0.80 to 0.95)"
    states = found["annotations"]
    assert states["m1_s1.geojson"].startswith("unchanged (sha256 ")
    assert states["m2_s1_RoiSet.zip"].startswith("has CHANGED since the training")
    assert states["gone.geojson"].startswith("not found beside the model")


def test_annotations_of_a_model_may_lie_elsewhere(study, models, capsys):
    found = info(models[0], "--annotations", study, capsys=capsys)
    assert found["annotations"]["m1_s1.geojson"].startswith("unchanged")


def test_a_joblib_file_is_not_opened(tmp_path, capsys):
    path = tmp_path / "m.joblib"
    path.write_bytes(b"nothing that could be loaded")
    assert "not looked at" in info(path, capsys=capsys)["content"]


def test_maps_in_an_image_are_told(tmp_path, capsys):
    image = phantom().images[1].replace(name="z2", specimen="m1")
    out = tmp_path / "maps.zarr"
    map_slice(fitted_pipeline(), image, stride=32, out=out)
    found = info(out, capsys=capsys)
    assert found["kind"] == "maps"
    assert found["slices"]["z2"]["animal"] == "m1"
    assert len(found["slices"]["z2"]["regions"]) == 6
    assert found["slices"]["z2"]["clusters"] is True


def test_maps_of_several_slices_in_a_folder_are_told(tmp_path, capsys):
    for name, image in zip(["z1", "z2"], phantom().images, strict=True):
        map_slice(fitted_pipeline(), image.replace(name=name), stride=64, out=tmp_path)
    assert main(["info", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert ": maps\n  slices\n    z1\n      animal" in shown
    assert f"      cell size (um)     {64 * 1.17:g}\n" in shown
    assert info(tmp_path / "z2_maps.json", capsys=capsys)["kind"] == "maps"


@pytest.fixture(scope="module")
def volume_maps(tmp_path_factory):
    """Return maps of five planes: one is missing, one failed, and one is damaged."""
    out = tmp_path_factory.mktemp("volume") / "maps.zarr"
    planes = np.concatenate([grey(), grey()[:1]])
    volume = open_volume(planes, pixel_size_um=1.17, spacing_um=40.0, name="brain")
    source = BadPlane(volume.source)
    with Client(
        processes=False, n_workers=1, dashboard_address=":0", set_as_default=False
    ) as client:
        run(out, client, volume=replace(volume, source=source), slices=[0, 2, 3, 4])
    (out / "0/c/0/3/0/0").write_bytes(b"half")
    return out


class BadPlane:
    """Planes, the third of which cannot be read."""

    distance_um, is_loaded = 40.0, True

    def __init__(self, source):
        self.source, self.n_planes = source, source.n_planes

    def plane(self, at):
        if at == 2:
            raise OSError("the disk is scratched")
        return self.source.plane(at)

    def describe(self):
        return self.source.describe()


def test_maps_of_a_volume_are_told_plane_by_plane(volume_maps, capsys):
    found = info(volume_maps, capsys=capsys)
    assert found["kind"] == "maps of a volume"
    assert (found["planes"], found["mapped"]) == (5, 2)
    assert found["failed"] == {"plane 2": "OSError: the disk is scratched"}
    assert (found["damaged"], found["not_mapped"]) == ("plane 3", "plane 1")
    assert found["size_mm"] == "0.2 x 0.234 x 0.702"
    assert found["distance_of_planes_um"] == 40
    assert found["cell_size_um"] == pytest.approx(STRIDE * 1.17)
    assert found["factors"] == open_maps(volume_maps, z=0).factor_names
    settings = found["settings"]
    assert (settings["cells"], settings["threads"]) == (f"{STRIDE} pixels", 1)
    assert settings["normalization"] == "all planes alike"


def test_maps_of_a_volume_are_told_in_words(volume_maps, capsys):
    assert main(["info", str(volume_maps)]) == 0
    shown = capsys.readouterr().out
    assert ": maps of a volume\n  name                   brain\n" in shown
    assert "  mapped                 2\n  failed\n    plane 2" in shown
    assert "  not mapped             plane 1\n" in shown


def test_maps_of_a_volume_that_are_damaged_say_so(volume_maps, tmp_path, capsys):
    out = shutil.copytree(volume_maps, tmp_path / "maps.zarr")
    whole = json.loads((out / "zarr.json").read_text())
    del whole["attributes"]["sklearn_microarch"]["image"]["shape"]
    (out / "zarr.json").write_text(json.dumps(whole))
    assert main(["info", str(out)]) == 1
    assert "is damaged: its record" in capsys.readouterr().err


def test_an_ome_zarr_image_is_a_slice(tmp_path, capsys):
    from sklearn_microarch.images import OmeZarrWriter

    path = tmp_path / "s.ome.zarr"
    with OmeZarrWriter(path, shape=(40, 60), pixel_size_um=2.0) as writer:
        writer.add_image(["grey"], dtype="uint8")[:] = 7
    assert info(path, capsys=capsys)["size_mm"] == "0.08 x 0.12"


def test_several_files_are_told_one_after_the_other(study, tmp_path, capsys):
    bad = tmp_path / "bad.tif"
    bad.write_text("text")
    assert main(["info", str(bad), str(study / "study.csv")]) == 3
    shown = capsys.readouterr()
    assert f"{study / 'study.csv'}: sheet\n  sections" in shown.out
    assert "1 of 2 failed" in shown.out


@pytest.mark.parametrize("name, words", [("none.tif", "does not exist"), ("", "draft")])
def test_what_is_nothing_known_is_an_error(tmp_path, capsys, name, words):
    assert main(["info", str(tmp_path / name)]) == 1
    assert words in capsys.readouterr().err


def test_facts_are_lines_to_read():
    facts = {"pixel_size_um": 1.5, "notes": [], "regions": {"VP_1": 3}, "ok": True}
    assert format_facts(facts) == (
        "  pixel size (um)        1.5\n"
        "  regions\n"
        "    VP_1                 3\n"
        "  ok                     yes"
    )


def test_a_picture_without_a_size_says_so(tmp_path, capsys):
    path = write_tiff(tmp_path / "a.tif", SliceImage(np.zeros((20, 30), "uint8")))
    found = info(path, capsys=capsys)
    assert found["pixel_size_um"] is None
    assert "no pixel size" in found["notes"][0]
