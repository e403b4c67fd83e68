"""
Factors, and the price of leakage
=================================

What the network knows of a patch is written as a sum of a few factors. Each region gets
the factor that covers most of it and spills least.
"""

# %%
# A network is trained on one slice. Its features are factorized at every twelfth pixel.
import matplotlib.pyplot as plt
import numpy as np

from sklearn_microarch import PatchSampler, lam_path, make_microarch_pipeline
from sklearn_microarch.datasets import make_thalamocortical_phantom

phantom = make_thalamocortical_phantom(
    shape=(350, 1400), six_class=True, difficulty="easy", random_state=0
)
image, rois, names = phantom.images[0], phantom.rois[0], phantom.roi_names
sampler = PatchSampler(patch_size=48, random_state=0)
rows, labels = sampler.training_rows(image, rois, stride=12, names=names)
pipe = make_microarch_pipeline(sampler=sampler, n_components=8, random_state=0)
loadings = pipe[:3].fit_transform(rows, labels)
print(loadings.shape, f"{np.mean(loadings == 0):.0%} of the loadings are exactly zero")

# %%
# A map of a factor lays its loadings back at the centres of the patches.
figure, axes = plt.subplots(4, 2, figsize=(10, 6), layout="constrained")
for factor, ax in enumerate(axes.flat):
    values = rows.to_map(loadings[:, factor])[::12, ::12]
    ax.imshow(values, cmap="magma", vmin=0, vmax=np.nanpercentile(values, 99))
    ax.set_title(f"factor {factor}", fontsize=8)
    ax.set_axis_off()

# %%
# The price of leakage is lambda. Raise it if factors spill outside of their region,
# lower it if they fill only part. A choice that holds over many prices is one to keep.
path = lam_path(loadings, labels, np.linspace(0, 3, 31), normalize=True, unannotated="")
figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
regions = sorted(set(labels) - {""})
for region in regions:
    chosen = [
        np.flatnonzero(support)[list(matched).index(region)]
        for support, matched in zip(path.support, path.matched_rois, strict=True)
    ]
    ax.step(path.lams, np.array(chosen) + 0.05 * regions.index(region), label=region)
ax.set(xlabel="lambda", ylabel="factor chosen", yticks=range(8))
ax.legend(fontsize=8, ncols=3)
plt.show()
