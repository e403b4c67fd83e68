"""
Map a slice nobody has annotated
================================

A fitted pipeline takes a new slice as it is, and gives its regions, factors and
clusters.
"""

# %%
# Two slices of one synthetic specimen, 60 micrometres apart. Only the first is shown to
# the model with its annotation: a patch at every sixteenth pixel, but for the rim of
# the tissue, where patches are half empty.
import matplotlib.pyplot as plt

from sklearn_microarch import PatchSampler, make_microarch_pipeline, map_slice
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.plotting import (
    ClusterMapDisplay,
    FactorMapDisplay,
    RegionMapDisplay,
)

phantom = make_thalamocortical_phantom(
    2,
    shape=(350, 1400),
    z_step_um=60.0,
    six_class=True,
    difficulty="easy",
    random_state=0,
)
sampler = PatchSampler(patch_size=48, random_state=0)
rows, labels = sampler.training_rows(
    phantom.images[0], phantom.rois[0], stride=16, names=phantom.roi_names
)
pipe = make_microarch_pipeline(sampler=sampler, n_components=12, random_state=0)
pipe.fit(rows, labels)

# %%
# With a stride of 8, a map has one cell for every eighth pixel of the slice, along rows
# and columns. The true borders of the new slice are drawn for comparison.
maps = map_slice(pipe, phantom.images[1], stride=8, check_drift=False)
RegionMapDisplay.from_maps(maps, reference=phantom.rois[1]).plot()

# %%
# The selected factors, each named after the region it was matched to.
FactorMapDisplay.from_maps(maps).plot()

# %%
# The clusters of the selected factors.
ClusterMapDisplay.from_maps(maps).plot()
plt.show()
