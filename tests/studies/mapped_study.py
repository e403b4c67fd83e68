"""A study of small slices on disk, mapped by a model without a network."""

import csv

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_microarch import PatchSampler, RoiMap, SliceImage, map_slice
from sklearn_microarch.images import write_tiff

SIZE, NAMES = (40, 64), {1: "CTX", 2: "CC"}
ANIMALS = {"m1": "control", "m2": "control", "m3": "control"} | {
    "m4": "treated",
    "m5": "treated",
    "m6": "treated",
}


def flattened(X):
    """Return patches as rows of values."""
    return np.asarray(X, dtype=float).reshape(len(X), -1)


def picture(seed):
    """Return the pixels of a slice, brighter on the right."""
    rng = np.random.default_rng(seed)
    grey = rng.normal(100, 10, SIZE) + np.arange(SIZE[1])
    return grey.astype(np.float32)


def model(seed=0):
    """Return a fitted pipeline of two factors and two clusters."""
    image = SliceImage(picture(99), 10.0)
    sampler = PatchSampler(8, stride=4, tissue=None)
    pipe = make_pipeline(
        sampler,
        FunctionTransformer(flattened),
        PCA(2, random_state=seed),
        KMeans(2 + seed, n_init=1, random_state=0),
    )
    return pipe.fit(sampler.fit(image).cut(image))


def write_study(folder):
    """Write slices, annotations, a sheet and maps; return the path of the sheet."""
    pipe = model()
    codes = np.repeat([[1] * 30 + [2] * 34], SIZE[0], axis=0)
    rows = []
    (folder / "maps").mkdir()
    for at, (animal, group) in enumerate(ANIMALS.items()):
        name = f"{animal}_s1"
        image = SliceImage(picture(10 * at + 1), 10.0, name=name)
        write_tiff(folder / f"{name}.tif", image)
        RoiMap(codes, NAMES, pixel_size_um=10.0).write(folder / f"{name}.geojson")
        map_slice(pipe, image, out=folder / "maps" / f"{name}.zarr")
        rows.append(
            {
                "image": f"{name}.tif",
                "rois": f"{name}.geojson",
                "animal": animal,
                "group": group,
                "sex": "f" if at % 2 else "m",
            }
        )
    return write_sheet(folder, rows)


def write_sheet(folder, rows):
    """Write the lines of a sheet and return its path."""
    path = folder / "study.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def sheet_rows(path):
    """Return the lines of a sheet."""
    with path.open() as file:
        return list(csv.DictReader(file))
