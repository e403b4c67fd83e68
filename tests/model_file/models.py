"""Tiny fitted pipelines, and model files made by hand for the tests of this room."""

import functools
import hashlib
import io
import json
import tempfile
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import torch
from sklearn.pipeline import Pipeline

from sklearn_microarch import (
    CNNFeatureExtractor,
    GMMClusterer,
    NMFEmbedder,
    PatchSampler,
    SliceImage,
)
from sklearn_microarch.model_file import save_model


@functools.cache
def tiny_slice():
    """Return a slice of two textures, and its regions."""
    rois = np.repeat([[1] * 64 + [2] * 64], 64, axis=0)
    grey = np.random.default_rng(0).normal(60 + 40 * rois, 8 * rois)
    image = SliceImage(grey.clip(0, 255).astype("uint8"), pixel_size_um=1.17)
    return image, rois


def tiny_rows(sampler=None):
    """Return patches of the tiny slice and their regions."""
    return (sampler or tiny_sampler()).sample(*tiny_slice())


def tiny_sampler(**changes):
    """Return a sampler for the tiny slice."""
    settings = {"n_patches_per_roi": 30, "tissue": None, "random_state": 0} | changes
    return PatchSampler(16, **settings)


def fit_tiny(*, sampler=None, later=None, **network):
    """Return a fitted pipeline; ``later`` are its steps after the network."""
    settings = {"max_epochs": 1, "n_features": 6, "validation": None} | network
    sampler = sampler or tiny_sampler()
    if later is None:
        later = [
            ("nmf", NMFEmbedder(3, n_init=1, tol=0.01, random_state=0)),
            ("cluster", GMMClusterer(2, n_init=1, tol=0.1, random_state=0)),
        ]
    cnn = CNNFeatureExtractor(**{"random_state": 0} | settings)
    pipe = Pipeline([("patches", sampler), ("features", cnn), *later])
    return pipe.fit(*tiny_rows(sampler))


@functools.cache
def tiny_pipeline():
    """Return a fitted pipeline. Not to be changed."""
    return fit_tiny()


@functools.cache
def tiny_bytes():
    """Return the model file of the tiny pipeline."""
    with tempfile.TemporaryDirectory() as folder:
        path = save_model(tiny_pipeline(), f"{folder}/tiny.microarch")
        return Path(path).read_bytes()


def members_of(data):
    """Return all members of a model file, by name, the manifest parsed."""
    with ZipFile(io.BytesIO(data)) as zip_file:
        found = {name: zip_file.read(name) for name in zip_file.namelist()}
    return json.loads(found.pop("manifest.json")), found


def sign(members, manifest=None, *, format=1):
    """Return a model file whose sums are right, whatever the members hold.

    ``members`` are pairs of a name, or a ZipInfo, and bytes.
    """
    known, _ = members_of(tiny_bytes())
    manifest = known | {"format": format} | (manifest or {})
    pairs = list(members.items() if isinstance(members, dict) else members)
    sums = {
        getattr(name, "filename", name): {
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        for name, data in pairs
    }
    first = json.dumps({"members": sums} | manifest | {"members": sums}).encode()
    return zip_of([("manifest.json", first), *pairs], format=format)


def zip_of(pairs, *, comment=None, format=1):
    """Return a zip file of the kind of a model file; its comment signs the first."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as zip_file:
        for name, data in pairs:
            info = name if isinstance(name, ZipInfo) else ordinary(name)
            zip_file.writestr(info, data)
        signed = hashlib.sha256(pairs[0][1]).hexdigest()
        mark = f"sklearn_microarch model {format:04d} {signed}".encode()
        zip_file.comment = mark if comment is None else comment
    return buffer.getvalue()


def ordinary(name, mode=0o100644, **fields):
    """Return what a zip file says of a member."""
    info = ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    for field, value in fields.items():
        setattr(info, field, value)
    return info


class OwnNet(torch.nn.Module):
    """A network of a user's own."""

    def __init__(self, n_channels, _patch_shape, n_features, n_classes):
        super().__init__()
        self.conv = torch.nn.Conv2d(n_channels, n_features, 3)
        self.linear = torch.nn.Linear(n_features, n_classes)

    def features(self, x):
        return torch.relu(self.conv(x)).mean(dim=(2, 3))

    def head(self, z):
        return self.linear(z)


def make_own_net(n_channels, patch_shape, n_features, n_classes):
    """Build the network of a user's own."""
    return OwnNet(n_channels, patch_shape, n_features, n_classes)
