"""Which libraries are installed, which are missing, and what installs them."""

import re
from importlib import metadata
from typing import NamedTuple

_DISTRIBUTION = "sklearn-microarch"
_REQUIRED = re.compile(
    r"(?P<name>[\w.-]+)(?:\[[^\]]*\])?\s*(?:>=(?P<least>[\d.]+))?"
    r"(?:[^;]*;.*extra\s*==\s*['\"](?P<extra>[\w-]+)['\"])?"
)
# What an extra is good for; those for work on the library itself are left out.
PURPOSES = {
    "": "the library itself",
    "annotation": "annotations of QuPath, ImageJ and ITK-SNAP; PNG and JPEG; NIfTI",
    "zarr": "OME-Zarr images and maps",
    "plot": "pictures",
    "report": "pages for the browser",
    "safe": "model files that run no code",
    "napari": "the plugin for napari",
}


class InstalledPart(NamedTuple):
    """A library: which version is here, which is needed, and the extra it is of."""

    name: str
    version: str | None
    least: str | None
    extra: str

    @property
    def is_fine(self) -> bool:
        """Whether it is installed, and new enough."""
        return self.version is not None and (
            self.least is None or _numbers(self.version) >= _numbers(self.least)
        )

    @property
    def install(self) -> str:
        """The command that installs it."""
        if self.extra:
            return f"pip install '{_DISTRIBUTION}[{self.extra}]'"
        return f"pip install '{self.name}>={self.least}'"


def installed_parts() -> list[InstalledPart]:
    """Return the libraries that this one needs or can use, in the order of PURPOSES.

    Empty where the library was not installed, but its folder is used as it is.
    """
    try:
        required = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return []
    found = []
    for line in required:
        match = _REQUIRED.match(line)
        extra = (match["extra"] or "") if match else None
        if match and extra in PURPOSES and match["name"] != _DISTRIBUTION:
            version = _version_of(match["name"])
            found.append(InstalledPart(match["name"], version, match["least"], extra))
    order = list(PURPOSES)
    return sorted(found, key=lambda part: order.index(part.extra))


def _version_of(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
