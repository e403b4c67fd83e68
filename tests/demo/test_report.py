"""Tests of sklearn_microarch.demo._report."""

import json

import numpy as np

from sklearn_microarch.demo._report import Report, peak_memory_gb


def test_rows_are_a_name_to_the_left_and_figures_to_the_right():
    report = Report()
    report.section("regions")
    report.row("VP", 3, np.float32(0.25))
    assert report.lines[:3] == ["", "regions", "-------"]
    assert report.lines[3] == "VP" + " " * 39 + " " * 12 + "3" + " " * 8 + "0.250"


def test_the_report_is_printed_and_written_with_its_times(tmp_path, capsys):
    report = Report()
    with report.stage("train"):
        report.figures["recall"] = {"VP": np.float64(0.5)}
        report.figures["counts"] = np.array([3, 4])
    report.finish(tmp_path)
    table = (tmp_path / "report.txt").read_text()
    assert capsys.readouterr().out == f"train ...\n{table}\n"
    assert "peak memory (GB)" in table
    figures = json.loads((tmp_path / "report.json").read_text())
    assert figures["recall"] == {"VP": 0.5}
    assert figures["counts"] == [3, 4]
    assert figures["seconds"].keys() == {"train"}


def test_the_peak_of_memory_is_in_gigabytes():
    assert 0.01 < peak_memory_gb() < 1000
