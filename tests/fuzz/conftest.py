"""Counts what is tried, and says so at the end."""

from collections import Counter

import pytest

TALLY = Counter()


@pytest.fixture
def tally():
    """Return a counter of cases by how they ended."""
    return TALLY


def pytest_terminal_summary(terminalreporter):
    if TALLY:
        ends = ", ".join(f"{n} {end}" for end, n in TALLY.most_common())
        terminalreporter.write_line(f"fuzzed: {sum(TALLY.values())} cases: {ends}")
