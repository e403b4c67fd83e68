"""Other tools that evaluate a network at every pixel of an image, patch by patch."""

import tempfile
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from _dense_alone import evaluate
from _dense_baseline import Baseline, choose
from _dense_compare import dense_network
from _dense_sizes import Sizes
from _dense_subject import Subject, tissue_centre
from _dense_turns import compare, print_row, summarize, take_turns

from sklearn_microarch import Patches

# What a peer's evaluation looks like: from grey levels of shape (n + size - 1,
# n + size - 1) and n to features of shape (n * n, n_features), row by row.
Evaluate = Callable[[np.ndarray, int], np.ndarray]


def compare_peers(subject: Subject, sizes: Sizes) -> dict:
    """Let other tools evaluate the same network on a small region."""
    grey, patches = _region(subject, sizes.peer_side)
    extractor = subject.extractor
    baseline = choose(extractor, patches, sizes)[0][0]
    batch = baseline.read(patches.take(slice(0, sizes.n_timed)))
    expected = baseline.features_of(patches)
    network = dense_network(extractor)
    macs = {"baseline": network.patch_macs, "peer": network.patch_macs}
    macs |= {"dense": network.schedule().macs}
    results: dict[str, dict | str] = {"baseline": baseline.name}
    for name, peer in find_peers(baseline).items():
        if isinstance(peer, str):
            results[name] = peer
            print(f"{name:<48} {peer}", flush=True)
            continue
        features = peer(grey, sizes.peer_side)
        turns = take_turns(
            {
                "baseline": lambda: len(baseline.evaluate(batch)),
                "peer": lambda peer=peer: len(peer(grey, sizes.peer_side)),
                "dense": partial(evaluate, extractor, patches),
            },
            sizes.n_peer_rounds,
        )
        found = {
            who: summarize(turns[who], macs[who])
            | compare(turns[who], [turns["baseline"]])
            for who in macs
        }
        labels = (
            f"patch by patch, beside {name.split()[0]}",
            name,
            "dense, this region",
        )
        for label, row in zip(labels, found.values(), strict=True):
            print_row(label, row)
        results[name] = found | {
            "n_patches": len(features),
            "largest_deviation": float(np.abs(features - expected).max()),
            "largest_feature": float(expected.max()),
        }
    return results


def find_peers(baseline: Baseline) -> dict[str, Evaluate | str]:
    """Return the peers, ready to evaluate the network; or why one is not.

    Parameters
    ----------
    baseline : Baseline
        Its folded network and batch size are handed to all of them.
    """
    makers = {
        "monai": ("MONAI PatchInferer", make_monai),
        "tiatoolbox": ("TIAToolbox DeepFeatureExtractor", make_tiatoolbox),
    }
    peers: dict[str, Evaluate | str] = {}
    for package, (name, make) in makers.items():
        try:
            import_module(package)
        except ModuleNotFoundError:
            peers[name] = "not installed"
            continue
        try:
            peers[f"{name} {version(package)}"] = make(baseline)
        except Exception as error:
            peers[name] = f"cannot be used: {type(error).__name__}: {error}"
    return peers


def make_monai(baseline: Baseline) -> Evaluate:
    """Return MONAI's patch inferer.

    ``sliding_window_inference`` lays the output of a window out over the pixels of
    the window, so that it has no place for one vector per window; `PatchInferer`
    takes a merger of one's own.
    """
    from monai.inferers import PatchInferer, SlidingWindowSplitter
    from monai.inferers.merger import Merger

    class Rows(Merger):
        """Keep the vector of each window, in order."""

        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)
            self.rows: list[torch.Tensor] = []

        def aggregate(self, values: torch.Tensor, location: object) -> None:
            del location
            self.rows.append(values)

        def finalize(self) -> torch.Tensor:
            return torch.cat(self.rows)

    def evaluate(grey: np.ndarray, n: int) -> np.ndarray:
        size = len(grey) - n + 1
        inferer = PatchInferer(
            SlidingWindowSplitter(size, overlap=size - 1),
            merger_cls=Rows,
            batch_size=baseline.batch_size,
        )
        image = torch.from_numpy(grey).float()[None, None]
        with torch.inference_mode():
            features = inferer(
                (image - baseline.mean) / baseline.std,
                lambda batch: baseline.network(batch)[:, :, None, None],
            )
        return features.flatten(1).numpy()

    return evaluate


def make_tiatoolbox(baseline: Baseline) -> Evaluate:
    """Return TIAToolbox's extractor for whole slides, reading a PNG file.

    It evaluates every patch whose upper left pixel lies on the image, with white
    beyond; so it is given the ``n`` x ``n`` pixels alone.
    """
    import zarr
    from PIL import Image
    from tiatoolbox import logger
    from tiatoolbox.models.engine.deep_feature_extractor import DeepFeatureExtractor
    from tiatoolbox.models.engine.io_config import IOPatchPredictorConfig
    from tiatoolbox.models.models_abc import ModelABC

    logger.setLevel("ERROR")

    class Model(ModelABC):
        """The network, for batches of RGB patches with channels last."""

        def forward(self, rgb: torch.Tensor) -> torch.Tensor:
            grey = rgb[..., :1].permute(0, 3, 1, 2).float()
            return baseline.network((grey - baseline.mean) / baseline.std)

        @staticmethod
        def infer_batch(model, batch, *, device):
            del device
            with torch.inference_mode():
                return [model(batch).numpy()]

    def evaluate(grey: np.ndarray, n: int) -> np.ndarray:
        size = len(grey) - n + 1
        config = IOPatchPredictorConfig(
            patch_input_shape=(size, size),
            stride_shape=(1, 1),
            input_resolutions=[{"units": "baseline", "resolution": 1.0}],
        )
        extractor = DeepFeatureExtractor(
            Model(), batch_size=baseline.batch_size, verbose=False
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "region.png"
            Image.fromarray(np.repeat(grey[:n, :n, None], 3, axis=2)).save(path)
            written = extractor.run(
                [path],
                patch_mode=False,
                ioconfig=config,
                save_dir=Path(folder) / "features",
                output_type="zarr",
                auto_get_mask=False,
            )
            return np.asarray(zarr.open(str(written[path]), mode="r")["features"])

    return evaluate


def _region(subject: Subject, n: int) -> tuple[np.ndarray, Patches]:
    """Return a square of the slice with white beyond it, and its patches.

    One of the peers evaluates every patch that begins on the image and takes what
    lies beyond for white; so all of them are given that.
    """
    row, col = tissue_centre(subject.pipeline[0].cut(subject.image, stride=8))
    pixels = subject.image.pixels[row : row + n, col : col + n]
    if pixels.dtype != np.uint8:
        raise SystemExit("peers are compared on a slice of 8-bit grey levels")
    size = subject.patch_size
    grey = np.pad(pixels, (0, size - 1), constant_values=255)
    centres = np.stack(np.mgrid[:n, :n], axis=-1).reshape(-1, 2) + size // 2
    return grey, Patches(grey, centres, size)
