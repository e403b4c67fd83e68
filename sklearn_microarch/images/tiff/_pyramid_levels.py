"""The levels of a picture in a TIFF, however they are laid out."""

from collections.abc import Iterator
from itertools import islice

import tifffile

_MOST_PAGES = 100
# Levels are rounded to whole pixels, or cut to whole tiles.
_SAME_ASPECT = 0.02


def pyramid_levels(
    tif: tifffile.TiffFile, series: tifffile.TiffPageSeries
) -> list[tifffile.TiffPageSeries]:
    """Return the levels, the finest first."""
    levels = [level for level in series.levels if level.keyframe is not None]
    if series.kind != "svs" or series is not tif.series[0] or len(series) != 1:
        return levels
    # Of an SVS, tifffile passes over levels in sub-pages, and takes the second page for
    # a thumbnail, which other programs than Aperio's do not write.
    offsets = {level.keyframe.offset for level in levels}
    for page in _other_pages(tif, levels[0].keyframe):
        if page.offset not in offsets and _is_level_of(page, levels[0].keyframe):
            offsets.add(page.offset)
            level = tifffile.TiffPageSeries(
                [page], page.shape, page.dtype, page.axes, name="Resolution", kind="svs"
            )
            levels.append(level)
    return sorted(levels, key=lambda level: -level.keyframe.imagewidth)


def _other_pages(
    tif: tifffile.TiffFile, finest: tifffile.TiffPage
) -> Iterator[tifffile.TiffPage]:
    """Yield the sub-pages of the finest level, and the pages behind it."""
    if finest.pages is not None:
        yield from (page.aspage() for page in islice(finest.pages, _MOST_PAGES))
    yield from (page.aspage() for page in islice(tif.pages, 1, _MOST_PAGES))


def _is_level_of(page: tifffile.TiffPage, finest: tifffile.TiffPage) -> bool:
    """Tell whether a page shows the whole slide, coarser, in tiles.

    Thumbnail, label and macro picture are in strips.
    """
    if not page.is_tiled or not 0 < page.imagewidth < finest.imagewidth:
        return False
    down, across = (
        finest.imagelength / max(page.imagelength, 1),
        finest.imagewidth / page.imagewidth,
    )
    return (
        page.dtype == finest.dtype
        and page.samplesperpixel == finest.samplesperpixel
        and abs(down / across - 1) <= _SAME_ASPECT
    )
