"""A small pipeline fitted on the phantom, shared by tests of whole chains."""

import functools

from sklearn_microarch import PatchSampler, make_microarch_pipeline
from sklearn_microarch.datasets import make_thalamocortical_phantom


@functools.cache
def phantom():
    """Return two slices of a small phantom."""
    return make_thalamocortical_phantom(
        2, shape=(256, 1024), six_class=True, z_step_um=40.0, random_state=0
    )


def small_pipeline(**changes):
    """Return an unfitted pipeline that trains in a few seconds."""
    sampler = PatchSampler(24, n_patches_per_roi=60, stride=16, random_state=0)
    pipe = make_microarch_pipeline(
        sampler=sampler, n_components=8, n_clusters=3, random_state=0
    )
    pipe.set_params(
        features__max_epochs=3, features__batch_size=32, features__n_features=16
    )
    return pipe.set_params(**changes)


@functools.cache
def training_patches(names=False):
    """Return the patches and labels the small pipeline is fitted on."""
    found = phantom()
    sampler = small_pipeline()["patches"]
    return sampler.sample(
        found.images[0], found.rois[0], found.roi_names if names else None
    )


@functools.cache
def fitted_pipeline(names=False):
    """Return a fitted pipeline. Not to be changed."""
    pipe = small_pipeline(features__unannotated=-1)
    return pipe.fit(*training_patches(names))
