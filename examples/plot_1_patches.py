"""
Patches are a view
==================

A slice of some million pixels has as many patches, one around each pixel. As copies
they would fill 90 GB; as what they are, one slice and a list of centres, a few MB.
"""

# %%
# A synthetic thalamocortical section stands in for a slice of your own, which
# ``read_image`` would read.
import matplotlib.pyplot as plt
import numpy as np

from sklearn_microarch import PatchSampler
from sklearn_microarch.datasets import make_thalamocortical_phantom

phantom = make_thalamocortical_phantom(
    shape=(350, 1400), six_class=True, random_state=0
)
image, rois = phantom.images[0], phantom.rois[0]
print(image)

# %%
# ``sample`` draws training patches, equally many from every region. A patch counts for
# the region its centre lies in, when most of its central part does too.
sampler = PatchSampler(patch_size=48, n_patches_per_roi=200, random_state=0)
patches, labels = sampler.sample(image, rois, phantom.roi_names)
print(patches, patches.shape)

# %%
# Patches behave like an array of that shape: one row is an array, several rows are
# patches again, and nothing is copied until then.
regions = np.unique(labels)
figure, axes = plt.subplots(1, len(regions), figsize=(10, 2))
for ax, region in zip(axes, regions, strict=True):
    ax.imshow(patches[labels == region][0], cmap="gray", vmin=0, vmax=255)
    ax.set_title(region)
    ax.set_axis_off()

# %%
# ``transform`` cuts a patch at every pixel of a slice's tissue (here: every fourth).
# ``to_map`` lays any value per patch back where it belongs.
sampler.set_params(stride=4).fit(patches)
dense = sampler.transform(image)
brightness = [patch.mean() for patch in dense[:: len(dense) // 500]]
print(f"{len(dense)} patches; {np.mean(brightness):.0f} grey levels on average")
where = dense.to_map(np.ones(len(dense)))
print(f"{np.isfinite(where).sum()} centres in a map of shape {where.shape}")
plt.show()
