"""Maps on disk by slice: OME-Zarr images, and folders that hold some or TIFF files."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sklearn_microarch.cli.files._maps_facts import holds_maps
from sklearn_microarch.mapping import MicroarchMaps, open_maps

_RECORD = "_maps.json"


@dataclass(frozen=True)
class FoundMaps:
    """The maps of one slice, which are opened when their turn comes."""

    name: str
    open: Callable[[], MicroarchMaps]


def find_maps(path: Path) -> list[FoundMaps]:
    """Return the maps that a path stands for, none where it holds no maps.

    Of a folder, those of all slices in it; not of the folders therein.
    """
    if not path.is_dir():
        return []
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
