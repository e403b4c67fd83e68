"""Tests with workers in processes of their own, which die."""

import os
import signal
import threading
import time

import dask
import psutil
import pytest
from distributed import Client
from mapping.slices import bytes_of
from pipelines import fitted_pipeline
from volumes.brains import (
    SPACING_UM,
    DeadlyPlanes,
    assert_equal_planes,
    brain,
    plane_maps,
    run,
)

import sklearn_microarch.volumes._volume_run as runs
from sklearn_microarch.exceptions import ClusterError
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.volumes import Volume, estimate_volume
from sklearn_microarch.volumes.running import _cluster


def test_the_workers_of_this_machine_are_started_and_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(_cluster, "n_cores", lambda: 1)
    before = len(psutil.Process().children(recursive=True))
    report = run(tmp_path / "maps.zarr", None, slices=[1])
    assert (report.mapped, report.n_workers) == ([1], 1)
    assert_equal_planes(open_maps(tmp_path / "maps.zarr", z=1), plane_maps(1))
    assert len(psutil.Process().children(recursive=True)) <= before + 1


def test_workers_of_this_machine_keep_no_profile_of_themselves():
    setting = "distributed.worker.profile.enabled"
    needs = {"n_planes": 1, "n_threads": 1, "bytes_per_plane": 1, "memory": 1}
    with _cluster.cluster(None, n_workers=1, **needs) as (client, _):
        assert client.run(dask.config.get, setting) == dict.fromkeys(
            client.nthreads(), False
        )
    assert dask.config.get(setting)


# Before any worker dies: Dask starts those anew when it likes.
def test_an_estimate_is_of_the_whole(processes):
    estimate = estimate_volume(
        fitted_pipeline(), brain(), stride=16, client=processes, check_drift=False
    )
    assert (estimate.n_planes, estimate.n_workers) == (4, 2)
    assert estimate.seconds >= 2 * estimate.plane_seconds > 0
    assert estimate.memory_bytes > 1e8
    assert estimate.disk_bytes > 4 * brain().plane(0).pixels.nbytes / 3


def test_a_killed_worker_loses_nothing(processes, client, tmp_path):
    killed = []

    def kill():
        # While planes are being mapped, as the first records come.
        while not list(tmp_path.glob("maps.zarr/planes/0*/zarr.json")):
            time.sleep(0.01)
        pid = next(iter(processes.run(os.getpid).values()))
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)

    thread = threading.Thread(target=kill)
    thread.start()
    report = run(tmp_path / "maps.zarr", processes, brain())
    thread.join()
    assert killed
    assert report.is_complete, report
    run(tmp_path / "whole.zarr", client)
    assert bytes_of(tmp_path / "maps.zarr") == bytes_of(tmp_path / "whole.zarr")


def test_a_plane_that_kills_its_workers_is_named(processes, tmp_path):
    volume = Volume(DeadlyPlanes(), "brain", 1.17, SPACING_UM)
    report = run(tmp_path / "maps.zarr", processes, volume, normalize_by="slice")
    assert report.mapped == [0, 1, 2]
    assert "died" in report.failed[3]


def test_a_lost_cluster_is_an_error_and_finished_planes_stay(tmp_path, monkeypatch):
    go = runs.run_planes
    # One that is lost would stay what everybody computes with.
    with Client(
        processes=False, n_workers=1, dashboard_address=":0", set_as_default=False
    ) as client:

        def lost(*arguments):
            for at, result in enumerate(go(*arguments)):
                yield result
                if at == 0:
                    client.close()

        monkeypatch.setattr(runs, "run_planes", lost)
        with pytest.raises(ClusterError, match="resume=True"):
            run(tmp_path / "maps.zarr", client)
    assert list(tmp_path.glob("maps.zarr/planes/0*/zarr.json"))
