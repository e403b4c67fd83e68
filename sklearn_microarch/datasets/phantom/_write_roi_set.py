"""Write regions as ImageJ's ROI manager saves them, a RoiSet.zip."""

import io
import zipfile
from pathlib import Path

from sklearn_microarch._whole import replace_file
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.annotation._optional import optional
from sklearn_microarch.annotation.writers._trace_outlines import trace_outlines


def write_roi_set(rois: RoiMap, path: Path) -> None:
    """Write one polygon for each piece of a region; there are no holes in a polygon."""
    roifile = optional("roifile", "Writing ImageJ's regions")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in rois.region_names:
            pieces = trace_outlines(rois.codes == rois.code_of(name))
            for at, (outline, *_) in enumerate(pieces):
                roi = roifile.ImagejRoi.frompoints(outline, name=name)
                archive.writestr(f"{name}-{at}.roi", roi.tobytes())
    with replace_file(path) as file:
        file.write(packed.getvalue())
