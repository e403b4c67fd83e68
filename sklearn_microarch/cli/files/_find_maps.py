"""Maps on disk by slice: OME-Zarr images, and folders that hold some or TIFF files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from sklearn_microarch.cli.files._maps_facts import holds_maps, holds_volume
from sklearn_microarch.mapping import MicroarchMaps, open_maps
from sklearn_microarch.volumes import cut_sections

_RECORD = "_maps.json"


@dataclass(frozen=True)
class FoundMaps:
    """The maps of one slice, which are opened when their turn comes."""

    name: str
    open: Callable[[], MicroarchMaps]


def find_maps(path: Path, *, at_um: Sequence[float] | None = None) -> list[FoundMaps]:
    """Return the maps that a path stands for, none where it holds no maps.

    Of a folder, those of all slices in it; not of the folders therein. Of a volume, the
    sections that meet in a point.
    """
    if not path.is_dir():
        return []
    if holds_volume(path):
        cut = cache(partial(cut_sections, path, at_um=at_um))
        return [
            FoundMaps(f"{path.name} {name}", partial(_section, cut, at))
            for at, name in enumerate(("xy", "xz", "yz"))
        ]
    records = sorted(path.glob(f"*{_RECORD}"))
    images = [one for one in sorted(path.glob("*.zarr")) if holds_maps(one)]
    if not records and not images:
        whole = FoundMaps(path.name, partial(open_maps, path))
        return [whole] if holds_maps(path) else []
    names = [record.name.removesuffix(_RECORD) for record in records]
    stored = {
        one.name.removesuffix(".zarr").removesuffix(".ome"): one for one in images
    }
    return [
        *(FoundMaps(name, partial(open_maps, one)) for name, one in stored.items()),
        *(
            FoundMaps(name, partial(open_maps, path, name=name))
            for name in names
            if name not in stored
        ),
    ]


def _section(cut: Callable[[], list[MicroarchMaps]], at: int) -> MicroarchMaps:
    return cut()[at]
