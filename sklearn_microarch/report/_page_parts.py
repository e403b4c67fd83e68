"""All that stands on a page, section by section."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn_microarch._walk import PipelineSteps
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.report._words import join_words
from sklearn_microarch.report.contents._alerts import find_alerts
from sklearn_microarch.report.contents._cluster_part import cluster_map, cluster_parts
from sklearn_microarch.report.contents._evidence import Given
from sklearn_microarch.report.contents._factor_part import (
    factor_limits,
    factor_parts,
    training_factors,
)
from sklearn_microarch.report.contents._facts import (
    data_tables,
    settings_tables,
    what_was_done,
)
from sklearn_microarch.report.contents._region_part import (
    SlicePart,
    annotation_part,
    region_part,
)
from sklearn_microarch.report.contents._training import training_part
from sklearn_microarch.report.exemplars._exemplar_patches import (
    exemplar_patches,
    patch_bar,
    patch_size,
)
from sklearn_microarch.report.slices._drawn_slice import draw_slice
from sklearn_microarch.report.slices._palette import Palette, make_palette
from sklearn_microarch.report.slices._slice_view import (
    SliceView,
    slice_titles,
    to_one_scale,
    union,
    view_slice,
)

Parts = dict[str, Any]
# Red, green and blue, from 0 to 255.
Color = tuple[int, int, int]


@dataclass(frozen=True)
class Names:
    """What occurs on any of the slices."""

    regions: list[str]
    clusters: list[str]
    factors: list[str]


def page_parts(
    maps: Sequence[MicroarchMaps],
    rois: Sequence[RoiMap | None],
    *,
    pipeline: Any,  # noqa: ANN401 - a fitted pipeline or None
    steps: PipelineSteps | None,
    training: Mapping[str, Any] | None,
    stats: Given | None,
    verdicts: Given | None,
    notes: Sequence[str],
    title: str | None,
    colors: Mapping[str, Color],
) -> Parts:
    """Return what the template of the page takes."""
    titles = slice_titles([one.image for one in maps])
    views = to_one_scale(
        [
            view_slice(one, annotation, title=name)
            for one, annotation, name in zip(maps, rois, titles, strict=True)
        ]
    )
    names = _names_of(views)
    palette = make_palette(
        names.regions,
        names.clusters,
        names.factors,
        given=_annotated_colors(rois) | dict(colors),
    )
    parts: Parts = {
        "title": title or _title_of(views),
        "alerts": find_alerts(views, training, notes),
        "done": what_was_done(views, steps, training),
        "data": data_tables(views, training),
        "settings": settings_tables(pipeline, training),
        "training": training_part(training),
        "factor_table": training_factors(steps, training),
        "stats": stats,
        "verdicts": verdicts,
        **_slice_parts(views, names, palette),
    }
    parts["left_out"] = _left_out(parts)
    return parts


def _names_of(views: Sequence[SliceView]) -> Names:
    predicted = [view.maps.region_names for view in views]
    # In the order of a network's classes, so that a region has one colour on the page
    # of its training and on those of maps.
    annotated = sorted(union([view.annotated_names for view in views]))
    return Names(
        union([*predicted, annotated]),
        union([view.cluster_names for view in views]),
        union([view.maps.factor_names for view in views]),
    )


def _annotated_colors(rois: Sequence[RoiMap | None]) -> dict[str, Color]:
    """Return the colours that annotations give to regions; the first slice's win."""
    return {
        annotation.names[code]: color
        for annotation in reversed(rois)
        if annotation is not None
        for code, color in annotation.colors.items()
        if code in annotation.names
    }


def _slice_parts(views: Sequence[SliceView], names: Names, palette: Palette) -> Parts:
    """Return pictures, patches, and what the script of the page is given."""
    limits = factor_limits(views, names.factors)
    slices = [draw_slice(view, palette, limits) for view in views]
    # What the page carries may be fewer cells than were read.
    views = [drawn.view for drawn in slices]
    patches = exemplar_patches(views, names.clusters)
    return {
        "annotations": _found(map(annotation_part, slices)),
        "slices": slices,
        "regions": _found(map(region_part, slices)),
        "factors": factor_parts(slices, names.factors, palette.factors),
        "cluster_maps": _found(map(cluster_map, slices)),
        "clusters": cluster_parts(names.clusters, palette.clusters, patches),
        "patch_bar": patch_bar(views[0]) if views else None,
        "patch_size": patch_size(views[0]) if views else 0,
    }


def _found(parts: Iterable[SlicePart | None]) -> list[SlicePart]:
    return [part for part in parts if part is not None]


def _title_of(views: Sequence[SliceView]) -> str:
    if not views:
        return "Report on a training"
    if len(views) > 3:
        return f"Report on {len(views)} slices"
    return f"Report on {join_words([view.title for view in views])}"


def _left_out(parts: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each section that there is nothing to show in."""
    reasons = {
        "annotations": "Annotation: no annotation was given.",
        "training": "Training and validation: no record of the training was given.",
        "regions": "Region map: the maps hold no regions.",
        "factors": "Factors: the maps hold no factors.",
        "cluster_maps": "Clusters: the maps hold no clusters.",
        "stats": "Statistics: none were given.",
        "verdicts": "Verdicts: nobody has tested yet whether factors and clusters are "
        "real; trust_report does.",
    }
    return [sentence for name, sentence in reasons.items() if not parts[name]]
