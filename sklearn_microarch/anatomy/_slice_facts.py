"""What is known of each mapped slice, as cells of a table."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.anatomy._columns import IMAGING_COLUMNS, OWN_COLUMNS
from sklearn_microarch.exceptions import DifferentModelsError, PixelSizeWarning
from sklearn_microarch.mapping import MicroarchMaps

# Of a patch where neither the maps nor the caller tell: as the sampler's.
_PATCH_SIZE_UM, _PATCH_SIZE = 150.0, 128.0


def check_all_maps(maps: object) -> list[MicroarchMaps]:
    """Return maps as a list, of slices that can stand in one table."""
    given: list[Any] = list(maps) if isinstance(maps, list | tuple) else [maps]
    if not given:
        raise ValueError("maps is empty; give those of one slice at least.")
    for at, one in enumerate(given):
        if not isinstance(one, MicroarchMaps):
            raise TypeError(
                f"maps[{at}] is a {type(one).__name__}; maps must be what map_slice or "
                "open_maps returns, or a list of them."
            )
    if given[0].factors is None and given[0].clusters is None:
        raise ValueError("maps hold neither factors nor clusters to put in a table.")
    _check_slices(given)
    _check_one_model(given)
    _warn_of_unknown_sizes(given)
    return given


def _check_slices(several: Sequence[MicroarchMaps]) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for at, maps in enumerate(several):
        image = maps.image
        if not image.specimen:
            raise ValueError(
                f"maps[{at}], of slice {image.name!r}, has no specimen, so that "
                "nothing tells which animal it is from; give SliceImage(specimen=...), "
                "for example maps.replace(image=maps.image.replace(specimen='m1'))."
            )
        key = (image.specimen, image.name, image.side)
        if key in seen:
            raise ValueError(
                f"maps[{seen[key]}] and maps[{at}] are both of slice {image.name!r} of "
                f"specimen {image.specimen!r}; give each slice of an animal a name of "
                "its own, SliceImage(name=...), and maps of it once."
            )
        seen[key] = at
        for name in image.details:
            if name in OWN_COLUMNS:
                raise ValueError(
                    f"the details of slice {image.name!r} have the name {name!r}, "
                    "which is a column of the table itself; call it otherwise."
                )


def _check_one_model(several: Sequence[MicroarchMaps]) -> None:
    first = several[0]
    _check_fingerprints(several)
    for at, maps in enumerate(several[1:], start=1):
        for what in ("factor_names", "region_names"):
            ours, others = getattr(first, what), getattr(maps, what)
            if ours != others:
                raise DifferentModelsError(
                    f"maps[{at}] has {what}={shown(others)}, but maps[0] has "
                    f"{shown(ours)}; factors and regions can be compared where one "
                    "model has mapped all slices. Map them with one."
                )
        if (first.clusters is None) != (maps.clusters is None):
            raise DifferentModelsError(
                f"of maps[0] and maps[{at}] one has clusters and one has none; map all "
                "slices with one model."
            )


def _check_fingerprints(several: Sequence[MicroarchMaps]) -> None:
    """Raise where two maps say other models, whether or not all say one."""
    said: dict[int, object] = {
        at: about["model_fingerprint"]
        for at, about in enumerate(map(about_of, several))
        if about.get("model_fingerprint")
    }
    first = min(said, default=0)
    for at, fingerprint in said.items():
        if fingerprint != said[first]:
            raise DifferentModelsError(
                f"maps[{at}] was made with another model than maps[{first}] "
                f"(fingerprints {fingerprint} and {said[first]}); map all slices with "
                "one model."
            )


def _warn_of_unknown_sizes(several: Sequence[MicroarchMaps]) -> None:
    unknown = [maps.image.name for maps in several if maps.cell_size_um is None]
    if unknown:
        warn_user(
            f"the pixel size of {len(unknown)} of {len(several)} slices is unknown, "
            f"for example of {unknown[0]!r}; their areas are NaN in the table. Give "
            "SliceImage(pixel_size_um=...).",
            PixelSizeWarning,
        )


def about_of(maps: MicroarchMaps) -> Mapping[str, Any]:
    """Return what the mapping noted on slice and model; older maps have nothing."""
    about = getattr(maps, "about", None)
    return about if isinstance(about, Mapping) else {}


def slice_facts(maps: MicroarchMaps) -> dict[str, str | float]:
    """Return the columns that are the same all over a slice."""
    image = maps.image
    return {
        "specimen": str(image.specimen),
        "group": image.group or "",
        "side": image.side or "",
        "slice": image.name,
        "z_um": np.nan if image.z_um is None else image.z_um,
    }


def record_facts(
    maps: MicroarchMaps, annotation_fingerprint: str
) -> dict[str, str | float]:
    """Return how a slice came out of the scanner and of the mapping."""
    about = about_of(maps)
    facts: dict[str, str | float] = {
        name: float(np.nan if about.get(name) is None else about[name])
        for name in IMAGING_COLUMNS
    }
    return facts | {
        "drift_verdict": str(about.get("drift_verdict") or ""),
        "model_fingerprint": str(about.get("model_fingerprint") or ""),
        "annotation_fingerprint": annotation_fingerprint,
    }


def patch_size_of(maps: MicroarchMaps, patch_size_um: float | None) -> float:
    """Return the edge of a patch in pixels of the slice."""
    size = maps.image.pixel_size_um
    if patch_size_um is not None and size is not None:
        return patch_size_um / size
    known = about_of(maps).get("patch_size")
    if known is not None:
        return float(known)
    return _PATCH_SIZE if size is None else _PATCH_SIZE_UM / size
