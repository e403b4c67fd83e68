"""Tests that partial files of dead processes are cleared up, and no others."""

from sklearn_microarch._whole import _replace_file, replace_file


def write(path):
    with replace_file(path) as file:
        file.write(b"new")


def test_partial_files_of_dead_processes_go(tmp_path, monkeypatch):
    path = tmp_path / "map.tif"
    mine = _replace_file._mark()
    host, start, pid = mine.split("-")
    running = tmp_path / f".map.tif.{mine}.aa.part"
    dead = tmp_path / f".map.tif.{host}-00000000-{pid}.bb.part"
    elsewhere = tmp_path / f".map.tif.0badcafe-{start}-{pid}.cc.part"
    of_another = tmp_path / f".other.tif.{host}-00000000-{pid}.dd.part"
    for stray in (running, dead, elsewhere, of_another):
        stray.touch()
    write(path)
    assert sorted(tmp_path.iterdir()) == sorted([running, elsewhere, of_another, path])
