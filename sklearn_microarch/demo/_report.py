"""The figures of the demo as a short table, and as JSON."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np


@dataclass
class Report:
    """Sections of a table, filled as the demo goes along, and all numbers, for JSON."""

    figures: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def section(self, title: str) -> None:
        """Begin a section of the table."""
        self.lines += ["", title, "-" * len(title)]

    def row(self, *cells: object) -> None:
        """Add a row: the first cell to the left, the others to the right."""
        first, *others = [
            f"{cell:.3f}" if isinstance(cell, float | np.floating) else str(cell)
            for cell in cells
        ]
        self.lines.append(f"{first:<41}" + "".join(f"{cell:>13}" for cell in others))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Announce a stage of the work, and record its time."""
        print(f"{name} ...", flush=True)
        start = time.perf_counter()
        yield
        seconds = time.perf_counter() - start
        self.figures.setdefault("seconds", {})[name] = round(seconds, 1)

    def finish(self, out: Path) -> None:
        """Add times and memory, print the table and write it to the folder."""
        self.section("seconds")
        for name, seconds in self.figures["seconds"].items():
            self.row(name, f"{seconds:.1f}")
        self.row("in all", f"{sum(self.figures['seconds'].values()):.1f}")
        peak = peak_memory_gb()
        self.figures["peak_memory_gb"] = round(peak, 2)
        self.row("peak memory (GB)", f"{peak:.2f}")
        text = "\n".join(self.lines) + "\n"
        print(text)
        (out / "report.txt").write_text(text, encoding="utf-8")
        (out / "report.json").write_text(
            json.dumps(self.figures, indent=1, default=_plain), encoding="utf-8"
        )


def peak_memory_gb() -> float:
    """Return the largest resident memory of this process or a child; NaN on Windows."""
    try:
        import resource
    except ImportError:
        return float("nan")
    unit = 1 if sys.platform == "darwin" else 1024
    peaks = [
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return max(peaks) * unit / 1e9


def _plain(value: object) -> object:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON.")
