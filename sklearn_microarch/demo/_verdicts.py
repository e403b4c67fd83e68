"""Say of each factor and cluster of the demo whether it is real, before any picture."""

import textwrap

from sklearn.pipeline import Pipeline

from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.demo._data import DemoData
from sklearn_microarch.demo._report import Report
from sklearn_microarch.trust import trust_report

# Cells are so far apart at least, and labels moved so often: half a minute on a whole
# section.
_LEAST_STRIDE_PX, _N_SHIFTS = 16, 199
_WIDTH = 88


def report_verdicts(
    report: Report, pipe: Pipeline, data: DemoData, *, stride: int, random_state: int
) -> None:
    """Print a verdict on each map of a fitted pipeline, and add it to the table."""
    rois = RoiMap(data.rois, data.roi_names, pixel_size_um=data.image.pixel_size_um)
    found = trust_report(
        pipe,
        data.image,
        rois,
        n_seeds=0,
        n_shifts=_N_SHIFTS,
        stride=max(stride, _LEAST_STRIDE_PX),
        trained_on="training_rows",
        random_state=random_state,
    )
    lines = [
        line
        for one in found.verdicts
        for line in textwrap.wrap(str(one), _WIDTH, subsequent_indent="    ")
    ]
    lines += [
        "AUC: how often a place in the region has more of it than one elsewhere, .5 by",
        "chance. p: the share of moved labels that are marked as well as those drawn.",
        "No other network was trained (n_seeds=0): whether another would find the same",
        "cannot be told, so nothing is called supported. trust_report trains others.",
    ]
    report.section("is it real? Factors and clusters of the annotated slice")
    report.lines += lines
    report.figures["verdicts"] = {one.name: one.verdict for one in found.verdicts}
    # Now, too: the table is printed after the pictures.
    print("\n".join(lines), flush=True)
