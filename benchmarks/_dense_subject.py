"""The slice, the pipeline and the patches that dense evaluation is measured on."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import joblib
import numpy as np
from _dense_sizes import Sizes
from sklearn.pipeline import Pipeline

from sklearn_microarch import (
    CNNFeatureExtractor,
    Patches,
    PatchSampler,
    SliceImage,
    make_microarch_pipeline,
)
from sklearn_microarch.datasets import fetch_prasad2020, make_thalamocortical_phantom
from sklearn_microarch.exceptions import DataNotFoundError

PATCH_SIZE = 128


@dataclass(frozen=True, eq=False)
class Subject:
    """What is measured on.

    Parameters
    ----------
    source : str
        The slice and the model, in words.
    image : SliceImage
    pipeline : Pipeline
        Fitted; `PatchSampler` and `CNNFeatureExtractor` are its first two steps.
    training : tuple of (Patches, ndarray)
        Patches with their regions, to fit further networks on.
    """

    source: str
    image: SliceImage
    pipeline: Pipeline
    training: tuple[Patches, np.ndarray]

    @property
    def extractor(self) -> CNNFeatureExtractor:
        """The fitted network."""
        return self.pipeline[1]

    @property
    def patch_size(self) -> int:
        """Edge length of a patch, in pixels."""
        return int(self.extractor.patch_shape_[-1])


def prepare(model: Path | None, sizes: Sizes) -> Subject:
    """Return the real slice where the data folder has it, else a phantom.

    Parameters
    ----------
    model : path or None
        Saved pipeline; None fits a small one, since neither speed nor equality
        depends on how well a network is trained.
    sizes : Sizes
    """
    source, image, rois = _load_slice()
    sampler = PatchSampler(
        PATCH_SIZE, n_patches_per_roi=sizes.n_patches_per_roi, random_state=0
    )
    training = sampler.sample(image, rois)
    if model is None:
        pipeline = make_microarch_pipeline(
            sampler=sampler, device="cpu", random_state=0
        ).set_params(features__max_epochs=1)
        pipeline.fit(*training)
        source += f"; trained for this run, one epoch on {len(training[0])} patches"
    else:
        pipeline = _load_pipeline(model)
        source += "; a saved model"
    if sizes.part is not None:
        rows, cols = (
            slice((whole - length) // 2, (whole + length) // 2)
            for whole, length in zip(image.shape, sizes.part, strict=True)
        )
        part = np.ascontiguousarray(image.pixels[..., rows, cols])
        image = image.replace(data=part)
        source += f"; {part.shape[-2]} x {part.shape[-1]} pixels of it are evaluated"
    return Subject(source, image, pipeline, training)


def rectangle(
    image: SliceImage,
    size: int,
    centre: tuple[int, int],
    shape: tuple[int, int],
) -> Patches:
    """Return the patches at every pixel of a rectangle.

    Parameters
    ----------
    image : SliceImage
    size : int, unit: pixels
        Of a patch.
    centre : tuple of int, unit: pixels
        Row and column about which the rectangle lies, moved so that all patches
        lie inside the slice.
    shape : tuple of int, unit: pixels
        Rows and columns, fewer where the slice has fewer.
    """
    axes = []
    for at, length, whole in zip(centre, shape, image.shape, strict=True):
        n = min(length, whole - size + 1)
        first = int(np.clip(at - n // 2, size // 2, whole - size + size // 2 - n + 1))
        axes.append(np.arange(first, first + n))
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    return Patches(image, grid.reshape(-1, 2), size)


def tissue_centre(patches: Patches) -> tuple[int, int]:
    """Return the median row and column of patches."""
    row, col = np.median(patches.positions[:, 1:], axis=0).astype(int).tolist()
    return row, col


def left_part(patches: Patches, share: str) -> Patches:
    """Return "1/4", say, of the patches of a slice: those furthest left."""
    cols = patches.positions[:, 2]
    last = np.quantile(cols, float(Fraction(share)))
    return patches.take(cols <= last)


def at_the_border(image: SliceImage, size: int, border: str) -> Patches:
    """Return small squares of patches in the corners and along the edges of a slice.

    Parameters
    ----------
    image : SliceImage
    size : int, unit: pixels
    border : {"drop", "reflect"}
        Patches that just lie inside, or are centred on the outermost pixels.
    """
    side, centres = 8, []
    for length in image.shape:
        low = size // 2 if border == "drop" else 0
        high = length - size + size // 2 if border == "drop" else length - 1
        centres.append([low, (low + high) // 2, high - side + 1])
    grid = [
        (row + down, col + right)
        for at_row, row in enumerate(centres[0])
        for at_col, col in enumerate(centres[1])
        if (at_row, at_col) != (1, 1)
        for down in range(side)
        for right in range(side)
    ]
    return Patches(image, grid, size, border=border)


def _load_slice() -> tuple[str, SliceImage, np.ndarray]:
    try:
        real = fetch_prasad2020(159, six_class=True)
    except DataNotFoundError:
        real = None
    if real is not None and real.rois is not None:
        return "slice 159 of Prasad et al. (2020)", real.image, real.rois
    phantom = make_thalamocortical_phantom(
        shape=(1420, 5805), six_class=True, random_state=0
    )
    return (
        "a synthetic slice, since the data folder holds no real one",
        phantom.images[0],
        phantom.rois[0],
    )


def _load_pipeline(model: Path) -> Pipeline:
    pipeline = joblib.load(model)
    kinds = (PatchSampler, CNNFeatureExtractor)
    steps = pipeline[:2] if isinstance(pipeline, Pipeline) else ()
    if len(steps) != 2 or not all(map(isinstance, steps, kinds)):
        raise SystemExit(
            f"{model} holds no fitted Pipeline that starts with a PatchSampler and a "
            "CNNFeatureExtractor"
        )
    pipeline[1].set_params(device="cpu")
    return pipeline
