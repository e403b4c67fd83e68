"""What a mapping says of its slice: a verdict, and the numbers behind it."""

from dataclasses import asdict, dataclass, field
from typing import Any

from sklearn_microarch.drift._indicator import Indicator

# Verdicts that warn.
ALARMS = ("shifted", "unlike")


@dataclass(frozen=True)
class DriftCheck:
    """Whether a slice that was mapped is like the ones its model knows.

    `map_slice` makes one from rows that it computes anyway, and ``maps.drift`` holds
    it; `drift_report` looks closer.

    Parameters
    ----------
    verdict : {"same", "shifted", "unlike", "unchecked"}
        As in `DriftReport`; "unchecked" where nothing was compared, and the message
        says why.
    message : str
        The verdict in sentences: what moved most, why, and what mends it.
    indicators : dict of str to Indicator, default={}
        What decided; empty where nothing was compared.
    n_rows : int, default=0
        Rows that were compared.

    See Also
    --------
    drift_report : Compares a slice in full.

    Examples
    --------
    >>> from sklearn_microarch.drift import DriftCheck
    >>> check = DriftCheck("unchecked", "the map is smaller than a block.")
    >>> check.verdict, check.n_rows
    ('unchecked', 0)
    """

    verdict: str
    message: str
    indicators: dict[str, Indicator] = field(default_factory=dict)
    n_rows: int = 0

    def __str__(self) -> str:
        return f"{self.verdict}: {self.message}"


def as_record(check: DriftCheck | None) -> dict[str, Any] | None:
    """Return a check as plain JSON values."""
    return None if check is None else asdict(check)


def from_record(record: Any) -> DriftCheck | None:  # noqa: ANN401 - whatever a file says
    """Return the check that a record holds, None where it holds none."""
    try:
        indicators = {
            str(name): Indicator(**{key: float(at) for key, at in about.items()})
            for name, about in record["indicators"].items()
        }
        return DriftCheck(
            str(record["verdict"]),
            str(record["message"]),
            indicators,
            int(record["n_rows"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
