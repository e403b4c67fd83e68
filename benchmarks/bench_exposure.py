"""Accuracy on slices that were scanned otherwise, crops, and differences that are true.

Phantoms of life size. For each specimen a network is trained, with and without
normalization by slice, and judged on another section of it and on another specimen,
as they are and imaged anew, and with pixels of another size, known and not. Then: what
exposure a part of a slice is given; and how much of a planted difference in cells or
axons is left by the slice's own exposure. Intervals are over specimens.

    python benchmarks/bench_exposure.py --specimens 21 22 23
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy import ndimage, stats

from sklearn_microarch import CNNFeatureExtractor, NMFEmbedder, PatchSampler
from sklearn_microarch.datasets import alter_exposure, make_thalamocortical_phantom
from sklearn_microarch.images import measure_grey_levels
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._resample import bring_to_pixel_size
from sklearn_microarch.spatial import border_distance

RESULTS = Path(__file__).parent / "results" / "bench_exposure.json"
SHAPE, STEP, SIZE = (1420, 5805), 16, 128
ALTERED = {
    "as it is": {},
    "gain 0.8": {"gain": 0.8},
    "gain 1.2": {"gain": 1.2},
    "offset -25": {"offset": -25},
    "offset +25": {"offset": 25},
    "gain 0.8, float": {"gain": 0.8, "dtype": "float32"},
    "offset -25, float": {"offset": -25, "dtype": "float32"},
    "gamma 0.8": {"gamma": 0.8},
    "gamma 1.25": {"gamma": 1.25},
    "shading 0.2": {"shading": 0.2},
    "shading 0.4": {"shading": 0.4},
    "ramp 0.2": {"ramp": 0.2},
    "streaks 2": {"streaks": 2.0},
    "blur 0.5 px": {"blur_px": 0.5},
    "blur 1 px": {"blur_px": 1.0},
    "noise 8": {"noise": 8.0},
    "19 levels": {"n_grey_levels": 19},
}
PLANTED = {
    "cells L4 -20 %": ({"cells": {"L4": 0.8}}, "L4"),
    "cells L4 -40 %": ({"cells": {"L4": 0.6}}, "L4"),
    "cells VP -20 %": ({"cells": {"VP": 0.8}}, "VP"),
    "cells VP -40 %": ({"cells": {"VP": 0.6}}, "VP"),
    "cells cortex -40 %": ({"cells": {"cortex": 0.6}}, "cortex"),
    "axons VP -30 %": ({"axons": {"VP": 0.7}}, "VP"),
}


def phantom(specimen, **settings):
    """Return two sections of a specimen, 120 um apart."""
    return make_thalamocortical_phantom(
        z_um=[0, 120], shape=SHAPE, six_class=True, random_state=specimen, **settings
    )


def train(found, seed, **settings):
    """Return a network trained on a specimen's first section."""
    sampler = PatchSampler(SIZE, random_state=seed)
    patches, labels = sampler.sample(found.images[0], found.rois[0], found.roi_names)
    return CNNFeatureExtractor(random_state=seed, **settings).fit(patches, labels)


def centres(rois):
    """Return annotated centres (n, 2) of a grid, their codes, and depths in pixels."""
    rows, cols = np.nonzero(rois[::STEP, ::STEP])
    at = np.column_stack([rows, cols]) * STEP
    half = SIZE // 2
    inside = ((at >= half) & (at + half <= np.array(rois.shape))).all(axis=1)
    at = at[inside]
    return at, rois[tuple(at.T)], border_distance(rois)[tuple(at.T)]


def accuracy(cnn, image, rois, names):
    """Return the mean recall anywhere and 40 px inside, in per cent."""
    at, codes, depth = centres(rois)
    right = cnn.predict(Patches(image, at, SIZE)) == np.array(
        [names[code] for code in codes.tolist()]
    )
    kinds = np.unique(codes)
    anywhere = np.mean([right[codes == code].mean() for code in kinds])
    inner = depth >= 40
    inside = np.mean([right[(codes == code) & inner].mean() for code in kinds])
    return round(100 * float(anywhere), 1), round(100 * float(inside), 1)


def altered_table(cnn, slices):
    """Return accuracies of slices, (name, image, rois, names) each, imaged anew."""
    table = []
    for where, image, rois, names in slices:
        for name, change in ALTERED.items():
            given = alter_exposure(image, random_state=0, **change) if change else image
            if given.dtype != image.dtype and cnn.normalization != "slice":
                # Refused, as another scale of numbers.
                continue
            anywhere, inside = accuracy(cnn, given, rois, names)
            exposure = cnn.exposure(given)
            row = {
                "slice": where,
                "altered": name,
                "anywhere": anywhere,
                "inside": inside,
                "gain": round(float(exposure.gain[0]), 3),
                "offset": round(float(exposure.offset[0]), 1),
            }
            print(row, flush=True)
            table.append(row)
    return table


def pixel_table(cnn, slices):
    """Return accuracies on slices whose pixels are larger or smaller than those of fit.

    Where the size is known, the slice is brought to the pixel size of fit.
    """
    table = []
    for where, image, rois, names in slices:
        for scale in (0.75, 0.9, 1.1, 1.25):
            data = ndimage.zoom(image.data.astype("f4"), 1 / scale, order=1)
            data = np.rint(data).clip(0, 255).astype("u1")
            off = image.replace(data=data)
            known = bring_to_pixel_size(
                image.replace(data=data, pixel_size_um=image.pixel_size_um * scale),
                image.pixel_size_um,
            )
            for name, other in (("known", known), ("off", off)):
                codes = nearest(rois, other.shape)
                anywhere, inside = accuracy(cnn, other, codes, names)
                row = {
                    "slice": where,
                    "altered": f"pixels {scale} times as large, {name}",
                    "anywhere": anywhere,
                    "inside": inside,
                }
                print(row, flush=True)
                table.append(row)
    return table


def nearest(codes, shape):
    """Return codes drawn on another grid over the same tissue."""
    rows, cols = (
        (np.arange(new) + 0.5) * old // new
        for old, new in zip(codes.shape, shape, strict=True)
    )
    return codes[np.ix_(rows.astype(int), cols.astype(int))]


def interval_table(results):
    """Return means over specimens with 95 % intervals of Student's t, a line a case."""
    table = {}
    for key in ("before", "after"):
        for result in results:
            for row in result.get(key, []):
                name = f"{key}, {row['slice']}, {row['altered']}"
                table.setdefault(name, []).append((row["anywhere"], row["inside"]))
    summary = {}
    for name, found in table.items():
        values = np.array(found)
        half = np.full(2, np.nan)
        if len(values) > 1:
            quantile = stats.t.ppf(0.975, len(values) - 1)
            half = quantile * values.std(axis=0, ddof=1) / np.sqrt(len(values))
        summary[name] = {
            "anywhere": np.round(values.mean(axis=0)[0], 1),
            "inside": np.round(values.mean(axis=0)[1], 1),
            "plus_minus": np.round(half, 1).tolist(),
        }
    return summary


def parts_table(cnn, image, rois):
    """Return how the gain of parts of a slice differs from that of the whole."""
    height, width = image.shape
    boxes = {
        "left": np.s_[:, : width // 2],
        "right": np.s_[:, width // 2 :],
        "top": np.s_[: height // 2],
        "bottom": np.s_[height // 2 :],
    }
    for third in range(3):
        boxes[f"third {third + 1}"] = np.s_[
            :, width * third // 3 : width * (third + 1) // 3
        ]
    whole = _profiles(cnn, image)
    table = {}
    for name, box in boxes.items():
        rows, cols = box if isinstance(box, tuple) else (box, slice(None))
        part = image.replace(data=image.data[rows, cols])
        here = _gain(_profiles(cnn, part)) / _gain(whole)[rows, cols]
        table[name] = float(here[rois[rows, cols] > 0].mean())
    for code in np.unique(rois[rois > 0]).tolist():
        masked = image.replace(data=np.where(rois == code, 0, image.data))
        ratio = _gain(_profiles(cnn, masked)) / _gain(whole)
        table[f"without {code}"] = float(ratio[(rois > 0) & (rois != code)].mean())
    return table


def _profiles(cnn, image):
    return cnn._normalizer.profiles(image)


def _gain(profiles):
    return profiles.rows[0][:, None] * profiles.cols[0]


def planted_table(cnn, nmf, specimen):
    """Return how much of a planted difference is left by a slice's own exposure.

    Beside it stands the difference under the exposure of the slice without the plant.
    """
    plain = phantom(specimen)
    image = plain.images[0]
    table = []
    for name, (settings, where) in PLANTED.items():
        other = phantom(specimen, **settings)
        region = _mask(plain, where)
        rows, cols = np.nonzero(region[::STEP, ::STEP])
        at = np.column_stack([rows, cols]) * STEP

        def loadings(picture, at=at):
            return nmf.transform(cnn.transform(Patches(picture, at, SIZE))).mean(axis=0)

        base = loadings(image)
        own = loadings(other.images[0]) - base
        levels = measure_grey_levels(image)
        equal = loadings(other.images[0].replace(grey_levels=levels)) - base
        # The factors that follow: those that carry most of the difference.
        first = np.abs(equal).argsort()[::-1][:3]
        kept = float(own[first] @ equal[first] / (equal[first] @ equal[first]))
        row = {
            "planted": name,
            "kept": round(kept, 3),
            "relative change": np.round(equal[first] / base[first], 3).tolist(),
        }
        print(row, flush=True)
        table.append(row)
    return table


def _mask(found, where):
    if where.startswith("L"):
        code = {name: at for at, name in found.layer_names.items()}[where]
        return found.layers[0] == code
    code = {name: at for at, name in found.roi_names.items()}[where]
    return found.rois[0] == code


def main():
    """Run, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--specimens", type=int, nargs="+", default=[21, 22, 23])
    parser.add_argument("--before", action="store_true", help="without normalization")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    results = []
    for seed, specimen in enumerate(args.specimens):
        found, other = phantom(specimen), phantom(specimen + 100)
        slices = [
            ("another section", found.images[1], found.rois[1], found.roi_names),
            ("another specimen", other.images[0], other.rois[0], other.roi_names),
        ]
        result = {"specimen": specimen}
        if args.before:
            before = train(found, seed, normalization="train")
            result["before"] = altered_table(before, slices)
        cnn = train(found, seed)
        result["after"] = altered_table(cnn, slices) + pixel_table(cnn, slices)
        result["parts"] = parts_table(cnn, other.images[0], other.rois[0])
        print(result["parts"], flush=True)
        at, _, _ = centres(found.rois[0])
        features = cnn.transform(Patches(found.images[0], at, SIZE))
        nmf = NMFEmbedder(15, random_state=seed).fit(features)
        result["planted"] = planted_table(cnn, nmf, specimen + 100)
        results.append(result)
        args.out.write_text(json.dumps(results, indent=1))
    for name, row in interval_table(results).items():
        print(name, row)


if __name__ == "__main__":
    main()
