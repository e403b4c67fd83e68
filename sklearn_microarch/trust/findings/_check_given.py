"""Check what findings are to be judged on, before the work begins."""

from collections.abc import Mapping

from sklearn_microarch._arguments._numbers import check_number, shown
from sklearn_microarch.anatomy import LaminarDepth
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.mapping import MicroarchMaps


def check_given(
    maps: object, cortical: object, rois: object, matched: Mapping[str, str]
) -> None:
    """Raise where maps, regions or factors are not what is asked for."""
    for name, one in (("maps", maps), ("cortical", cortical)):
        if not isinstance(one, MicroarchMaps):
            raise TypeError(f"{name}={shown(one)} must be the maps of a slice.")
        if one.factors is None:
            raise ValueError(f"{name} hold no factors.")
    assert isinstance(maps, MicroarchMaps)
    assert isinstance(cortical, MicroarchMaps)
    if cortical.clusters is None:
        raise ValueError("cortical hold no clusters; map the cortex with a clusterer.")
    _check_rois("rois", rois)
    if not isinstance(matched, Mapping):
        raise TypeError(
            f"matched={shown(matched)} must be a dict from regions to factors, such as "
            "{'cortex': 'factor03'}."
        )
    for region, factor in matched.items():
        if factor not in maps.factor_names:
            raise ValueError(
                f"matched holds {factor!r} for {region!r}, which is none of the maps' "
                f"factors {', '.join(maps.factor_names)}."
            )


def check_extras(
    cortical: MicroarchMaps, depth: object, layers: object, barrels: object
) -> None:
    """Raise where depth, layers or barrels are given, and not what they should be."""
    for name, one in (("layers", layers), ("barrels", barrels)):
        if one is not None:
            _check_rois(name, one)
    if depth is None:
        return
    if not isinstance(depth, LaminarDepth):
        raise TypeError(
            f"depth={shown(depth)} must be a LaminarDepth, as laminar_depth returns, "
            "or None."
        )
    if depth.shape != cortical.image.shape:
        raise ValueError(
            f"depth has shape {depth.shape}, the slice {cortical.image.shape}; "
            "laminar_depth(rois, image=image) lies on its pixels."
        )


def check_again(again: object) -> tuple[float, float] | None:
    """Return two adjusted Rand indices, None where a second slice was not tried."""
    if again is None:
        return None
    if not isinstance(again, tuple | list) or len(again) != 2:
        raise TypeError(
            f"again={shown(again)} must be two numbers, the agreement on a second "
            "slice and that of classes of grey, or None."
        )
    ours, grey = (check_number("again", one, low=-1.0, high=1.0) for one in again)
    return ours, grey


def _check_rois(name: str, value: object) -> None:
    if not isinstance(value, RoiMap):
        raise TypeError(
            f"{name}={shown(value)} must be a RoiMap, as read_rois returns."
        )
