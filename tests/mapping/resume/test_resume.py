"""Tests that an interrupted mapping goes on, and gives the bytes of a whole one."""

import copy
import threading

import numpy as np
import pytest
from mapping.slices import (
    assert_equal_maps,
    bytes_of,
    in_memory,
    piece,
    without_network,
)
from pipelines import fitted_pipeline, phantom
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

import sklearn_microarch.mapping._map_rows as row_loop
from sklearn_microarch import fit_drift_reference, map_slice
from sklearn_microarch.exceptions import (
    OtherMapsError,
    OutputInUseError,
    UnfinishedMapsWarning,
)
from sklearn_microarch.mapping import open_maps

# Six pieces, of which none is full.
STRIDE = 6


@pytest.fixture(params=["maps.zarr", "maps"])
def out(request, tmp_path):
    return tmp_path / request.param


def write(path, *, pipe=None, stride=STRIDE, resume=True, **settings):
    pipe = fitted_pipeline() if pipe is None else pipe
    return map_slice(pipe, piece(), stride=stride, out=path, resume=resume, **settings)


def stop_after(monkeypatch, n_pieces):
    """Let a mapping be interrupted when some pieces are finished."""
    iterate = row_loop.iterate_rows

    def stopped(*arguments, **settings):
        for at, found in enumerate(iterate(*arguments, **settings)):
            if at == n_pieces:
                raise KeyboardInterrupt
            yield found

    monkeypatch.setattr(row_loop, "iterate_rows", stopped)


def interrupt(monkeypatch, path, n_pieces=3, **settings):
    with monkeypatch.context() as patch:
        stop_after(patch, n_pieces)
        with pytest.raises(KeyboardInterrupt):
            write(path, **settings)


@pytest.fixture
def computed(monkeypatch):
    """Count the rows that are computed."""
    counts, iterate = [], row_loop.iterate_rows

    def counted(*arguments, **settings):
        for found in iterate(*arguments, **settings):
            counts.append(len(found[0]))
            yield found

    monkeypatch.setattr(row_loop, "iterate_rows", counted)
    return counts


def work_in(folder):
    return [path for path in folder.rglob(".*") if path.name.endswith(".unfinished")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the bytes of maps that nobody interrupted, by the name of their place."""
    folder = tmp_path_factory.mktemp("whole")
    for name in ("maps.zarr", "maps"):
        write(folder / name, resume=False)
    return {path.name: bytes_of(path) for path in folder.iterdir()}


@pytest.mark.parametrize("times", [(3,), (1, 2), (0,)])
def test_a_map_that_was_stopped_goes_on_to_the_same_bytes(
    out, whole, monkeypatch, computed, times
):
    for n_pieces in times:
        interrupt(monkeypatch, out, n_pieces)
    computed.clear()
    maps = write(out)
    n_computed = sum(computed)
    n_rows = np.count_nonzero(in_memory(STRIDE).clusters >= 0)
    assert (n_computed < n_rows) == (sum(times) > 0)
    assert bytes_of(out) == whole[out.name]
    assert_equal_maps(maps, in_memory(STRIDE))
    assert not work_in(out.parent)


@pytest.mark.parametrize("stride, n_rows", [(3, 1900), (7, 100)])
def test_steps_of_other_libraries_go_on_with_the_same_batches(
    tmp_path, monkeypatch, stride, n_rows
):
    where = "sklearn_microarch.mapping._slice_run.rows_of_a_piece"
    monkeypatch.setattr(where, lambda _: n_rows)
    pipe = without_network()
    write(tmp_path / "whole", pipe=pipe, stride=stride)
    interrupt(monkeypatch, tmp_path / "part", pipe=pipe, stride=stride)
    write(tmp_path / "part", pipe=pipe, stride=stride)
    assert bytes_of(tmp_path / "part") == bytes_of(tmp_path / "whole")


def test_how_much_memory_there_is_changes_no_piece(tmp_path, monkeypatch, computed):
    interrupt(monkeypatch, tmp_path / "maps", memory_limit="1GB")
    # The last of them came, and was not kept.
    pieces = computed[:-1]
    computed.clear()
    write(tmp_path / "maps", memory_limit="300MB")
    continued = computed.copy()
    computed.clear()
    write(tmp_path / "again", memory_limit="2GB")
    assert computed == pieces + continued
    assert bytes_of(tmp_path / "maps") == bytes_of(tmp_path / "again")


def test_a_damaged_piece_is_computed_again(out, tmp_path, monkeypatch, computed):
    interrupt(monkeypatch, out)
    n_kept = sum(computed[:-1])
    (work,) = work_in(tmp_path)
    data = bytearray((work / "values").read_bytes())
    data[len(data) // 2] ^= 1
    (work / "values").write_bytes(bytes(data))
    computed.clear()
    maps = write(out)
    assert sum(computed) > np.count_nonzero(in_memory(STRIDE).clusters >= 0) - n_kept
    assert_equal_maps(maps, in_memory(STRIDE))


def other_mappings():
    """Return settings that change what is mapped, and what is said of each."""
    yield {"stride": 4}, "the stride (6.0 there, 4.0 now)"
    yield {"pipe": fitted_pipeline()[:4]}, "the model"
    yield {"mask": np.ones(piece().shape, dtype=bool)}, "the mask"


def test_another_mapping_is_an_error_that_says_what_differs(out, monkeypatch):
    interrupt(monkeypatch, out)
    for change, words in other_mappings():
        with pytest.raises(OtherMapsError, match="interrupted mapping") as caught:
            write(out, **change)
        assert words in str(caught.value)
    write(out)
    before = bytes_of(out)
    for change, words in other_mappings():
        with pytest.raises(OtherMapsError, match="Pass overwrite=True") as caught:
            write(out, **change)
        assert words in str(caught.value)
        assert bytes_of(out) == before
    write(out, overwrite=True, **change)
    assert bytes_of(out) != before


def test_other_pixels_or_another_pixel_size_are_other_maps(tmp_path):
    out = tmp_path / "maps"
    write(out)
    for image, words in (
        (piece().replace(data=255 - piece().data), "the slice's pixels"),
        (piece().replace(pixel_size_um=1.171), r"image.pixel_size_um \(1.17 there"),
    ):
        with pytest.raises(OtherMapsError, match=words):
            map_slice(fitted_pipeline(), image, stride=STRIDE, out=out, resume=True)


def test_finished_maps_are_opened_and_nothing_is_computed(out, computed):
    write(out, resume=False)
    before = bytes_of(out)
    computed.clear()
    for settings in ({}, {"overwrite": True}):
        assert_equal_maps(write(out, **settings), in_memory(STRIDE))
        assert computed == []
    assert bytes_of(out) == before
    with pytest.raises(FileExistsError, match="pass overwrite=True"):
        write(out, resume=False)


@pytest.mark.parametrize("n_pieces", [3, None])
def test_a_group_that_is_filled_in_later_begins_nothing_anew(
    out, monkeypatch, computed, n_pieces
):
    if n_pieces is None:
        write(out)
    else:
        interrupt(monkeypatch, out, n_pieces)
    n_before = sum(computed)
    labelled = piece().replace(group="treated", side="left", details={"sex": "f"})
    maps = map_slice(fitted_pipeline(), labelled, stride=STRIDE, out=out, resume=True)
    assert maps.image.group == "treated"
    assert_equal_maps(maps, in_memory(STRIDE))
    # What was computed when it was stopped is lost once, as that piece was not kept.
    n_rows = np.count_nonzero(in_memory(STRIDE).clusters >= 0)
    assert sum(computed) <= n_rows + (0 if n_pieces is None else n_before / n_pieces)


def test_what_was_kept_is_said(tmp_path, monkeypatch, capsys):
    interrupt(monkeypatch, tmp_path / "maps")
    write(tmp_path / "maps", verbose=1)
    assert "% kept): 100%" in capsys.readouterr().err


def test_beginning_anew_says_what_is_thrown_away(out, tmp_path, monkeypatch):
    interrupt(monkeypatch, out)
    with pytest.warns(UnfinishedMapsWarning, match="pass resume=True to go on"):
        write(out, resume=False)
    assert not work_in(tmp_path)
    assert_equal_maps(open_maps(out), in_memory(STRIDE))


def test_the_verdict_on_drift_is_that_of_a_whole_mapping(tmp_path, monkeypatch):
    pipe, image = copy.deepcopy(fitted_pipeline()), phantom().images[1]
    known = phantom().images[0]
    fit_drift_reference(pipe, known, stride=12, n_draws=20, random_state=0)
    whole = map_slice(pipe, image, stride=STRIDE).drift
    assert whole.verdict != "unchecked"
    out = tmp_path / "maps"
    with monkeypatch.context() as patch:
        stop_after(patch, 4)
        with pytest.raises(KeyboardInterrupt):
            map_slice(pipe, image, stride=STRIDE, out=out, resume=True)
    assert map_slice(pipe, image, stride=STRIDE, out=out, resume=True).drift == whole
    assert open_maps(out).drift == whole


def test_maps_that_nobody_judged_are_not_those_asked_for(tmp_path):
    write(tmp_path / "maps", check_drift=False)
    with pytest.raises(OtherMapsError, match=r"check_drift \(which was False\)"):
        write(tmp_path / "maps")
    write(tmp_path / "maps", check_drift=False)


def test_resuming_needs_a_place_and_a_model_that_can_be_told_from_others(tmp_path):
    with pytest.raises(ValueError, match=r"resume=True needs a place.*with out"):
        write(None)
    double = FunctionTransformer(lambda loadings: loadings * 2).fit([[1.0]])
    pipe = Pipeline([*fitted_pipeline().steps[:3], ("double", double)])
    with pytest.raises(TypeError, match="cannot be pickled"):
        write(tmp_path / "maps", pipe=pipe)
    with pytest.raises(TypeError, match="resume=1 must be True or False"):
        write(tmp_path / "maps", resume=1)
    assert list(tmp_path.iterdir()) == []


def test_while_one_maps_another_is_refused_before_the_work(out, monkeypatch):
    started, ended = threading.Event(), threading.Event()
    iterate = row_loop.iterate_rows

    def slow(*arguments, **settings):
        started.set()
        assert ended.wait(60)
        yield from iterate(*arguments, **settings)

    monkeypatch.setattr(row_loop, "iterate_rows", slow)
    first = threading.Thread(target=write, args=(out,))
    first.start()
    assert started.wait(60)
    try:
        for settings in ({}, {"resume": False}, {"overwrite": True}):
            with pytest.raises(OutputInUseError, match="another thread"):
                write(out, **settings)
    finally:
        ended.set()
        first.join()
    assert_equal_maps(open_maps(out), in_memory(STRIDE))
