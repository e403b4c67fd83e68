"""An annotated slice to train on and a new one to map, real where at hand."""

from dataclasses import dataclass
from pathlib import Path

from numpy.typing import NDArray

from sklearn_microarch.datasets import fetch_prasad2020, make_thalamocortical_phantom
from sklearn_microarch.exceptions import DataNotFoundError
from sklearn_microarch.images import SliceImage, write_tiff


@dataclass(frozen=True)
class DemoData:
    """What the demo works on; ``source`` says it in words."""

    source: str
    image: SliceImage
    rois: NDArray  # (height, width), six regions, 0 elsewhere
    roi_names: dict[int, str]
    # TIFF file of a slice without annotation.
    new_slice: Path


def load_demo_data(out: Path, data_home: str | None) -> DemoData:
    """Return the real slices where the data folder has them, else phantom slices.

    The phantom's new slice is written to ``out``. A folder that is named and does not
    hold the real ones is a `DataNotFoundError`; None looks in the usual places.
    """
    try:
        annotated = fetch_prasad2020(159, data_home=data_home, six_class=True)
        new = fetch_prasad2020(309, data_home=data_home, variant="preview")
    except DataNotFoundError:
        if data_home is not None:
            raise
        return _phantom_data(out)
    if annotated.rois is None:
        return _phantom_data(out)
    return DemoData(
        source=(
            "real slices of Prasad et al. (2020): trained on z = 159, with silver "
            "labels; mapped z = 309, a preview of 19 grey levels"
        ),
        image=annotated.image,
        rois=annotated.rois,
        roi_names=annotated.roi_names,
        new_slice=new.filenames[0],
    )


def _phantom_data(out: Path) -> DemoData:
    # Far enough in z that no cell is in both slices.
    phantom = make_thalamocortical_phantom(
        2, shape=(700, 2800), z_step_um=100.0, six_class=True, random_state=0
    )
    path = write_tiff(out / "new_slice.tif", phantom.images[1], overwrite=True)
    return DemoData(
        source=(
            "synthetic slices, since the data folder holds no real ones: trained on "
            "the first, mapped one 100 um away"
        ),
        image=phantom.images[0],
        rois=phantom.rois[0],
        roi_names=phantom.roi_names,
        new_slice=path,
    )
