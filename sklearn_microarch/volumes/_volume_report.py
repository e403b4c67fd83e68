"""What became of the planes of a volume."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

_LISTED = 8


@dataclass(frozen=True)
class VolumeReport:
    """What became of the planes of a volume.

    Returned by `map_volume`.

    Parameters
    ----------
    path : Path
        The maps: an OME-Zarr image.
    mapped : list of int
        Planes that this run mapped.
    found : list of int
        Planes that an earlier run had mapped.
    failed : dict of int to str
        Planes that are not mapped, and why.
    drift : dict of int to str
        Verdict on drift of each plane that this run mapped, where it was looked for.
    warnings : dict of str to list of int
        What was warned of, and for which planes.
    seconds : float
        How long the run took.
    plane_seconds : list of float
        How long each of ``mapped`` took its worker.
    n_workers : int
        Planes that were mapped at a time.

    See Also
    --------
    sklearn_microarch.mapping.open_maps : Opens a plane of the maps.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sklearn_microarch.volumes import VolumeReport
    >>> report = VolumeReport(
    ...     Path("brain.zarr"), mapped=[0, 2], found=[1], failed={3: "no such file"},
    ...     seconds=61.0,
    ... )
    >>> print(report)
    brain.zarr: 2 planes mapped in 1 min, 1 found, 1 failed
    plane 3 is not mapped: no such file
    >>> report.is_complete
    False
    """

    path: Path
    mapped: list[int] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)
    drift: dict[int, str] = field(default_factory=dict)
    warnings: dict[str, list[int]] = field(default_factory=dict)
    seconds: float = 0.0
    plane_seconds: list[float] = field(default_factory=list)
    n_workers: int = 1

    @property
    def is_complete(self) -> bool:
        """Whether all planes that were asked for are mapped."""
        return not self.failed

    def __str__(self) -> str:
        lines = [
            f"{self.path}: {len(self.mapped)} planes mapped in "
            f"{time_in_words(self.seconds)}, {len(self.found)} found, "
            f"{len(self.failed)} failed"
        ]
        verdicts = Counter(self.drift.values())
        if verdicts:
            listed = ", ".join(f"{n} {verdict}" for verdict, n in verdicts.items())
            lines.append(f"drift: {listed}")
        lines += [
            f"{listed_planes(planes)}: {text}" for text, planes in self.warnings.items()
        ]
        reasons: dict[str, list[int]] = {}
        for plane, why in sorted(self.failed.items()):
            reasons.setdefault(why, []).append(plane)
        for why, planes in reasons.items():
            is_or_are = "is" if len(planes) == 1 else "are"
            lines.append(f"{listed_planes(planes)} {is_or_are} not mapped: {why}")
        return "\n".join(lines)


def listed_planes(planes: list[int]) -> str:
    """Return "plane 3", or "planes 3, 4 and 7 more"."""
    if len(planes) == 1:
        return f"plane {planes[0]}"
    shown = ", ".join(str(plane) for plane in planes[:_LISTED])
    more = len(planes) - _LISTED
    return f"planes {shown}" + (f" and {more} more" if more > 0 else "")


def time_in_words(seconds: float) -> str:
    """Return a time such as "40 s", "12 min" or "3 h 10 min"."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"
