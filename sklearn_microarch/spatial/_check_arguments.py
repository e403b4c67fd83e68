"""What the functions over patches are given: patches, their labels, and an axis."""

from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import check_roi_labels
from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.sampling._patches import Patches


def check_patches(name: str, value: object, task: str) -> Patches:
    """Return patches; ``task`` says in the message what needs them."""
    if not isinstance(value, Patches):
        raise TypeError(
            f"{name} is a {type(value).__name__}; {task} needs Patches, which know "
            "where in the slice they lie. Cut them with PatchSampler."
        )
    return value


def check_labels_of(
    patches: Patches, labels: ArrayLike, *, name: str = "labels", of: str = "patches"
) -> NDArray:
    """Return one label for each patch, (n,)."""
    checked = check_roi_labels(labels, name=name)
    if len(checked) != len(patches):
        raise ValueError(
            f"{name} has shape {checked.shape}, but {of} holds {len(patches)} patches."
        )
    return checked


def check_axis(axis: object) -> None:
    """Raise where an axis to cut along is unknown."""
    if axis is None or (isinstance(axis, str) and axis in ("rows", "columns")):
        return
    raise ValueError(f"axis={shown(axis)} must be 'rows', 'columns' or None.")
