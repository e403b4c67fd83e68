"""
How well does the network tell regions apart?
=============================================

The network sees a patch and names its region. It is judged on a slice that it has never
seen, at places that share no tissue with any patch it was trained on.
"""

# %%
# Two slices of one synthetic animal, 120 micrometres apart. A patch is as deep as it is
# wide: slices that are nearer than a patch would show the same tissue.
import matplotlib.pyplot as plt
from matplotlib.colors import ListedColormap

from sklearn_microarch import PatchSampler, feature_report, make_microarch_pipeline
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.metrics import evaluation_centres, region_report

phantom = make_thalamocortical_phantom(
    2,
    shape=(350, 1400),
    z_step_um=120.0,
    six_class=True,
    difficulty="easy",
    random_state=0,
)
names = phantom.roi_names
sampler = PatchSampler(patch_size=48, random_state=0)
rows, labels = sampler.training_rows(
    phantom.images[0], phantom.rois[0], stride=10, names=names
)
network = make_microarch_pipeline(sampler=sampler, random_state=0)[:2]
network.fit(rows, labels)

# %%
# The report counts every region alike. Its intervals draw whole squares of tissue, as
# neighbouring patches are right or wrong together.
image, rois = phantom.images[1], phantom.rois[1]
patches, truth = evaluation_centres(network["patches"], image, rois, names, step=10)
report = region_report(network, patches, truth, rois=rois)
print(report)

# %%
# Where it is right. Mistakes lie along borders, where a patch shows two regions, and at
# the rim. A region that is missed as a whole shows here, and in the table above. Slices
# of life size are four times as wide, and their regions are told far better.
right = (network.predict(patches) == truth).astype(float)
where = patches.to_map(right)[::10, ::10]
figure, ax = plt.subplots(figsize=(10, 3), layout="constrained")
place = {"extent": (0, image.shape[1], image.shape[0], 0)}
ax.imshow(image.data, cmap="gray", **place)
ax.imshow(where, cmap=ListedColormap(["tab:orange", "tab:blue"]), alpha=0.6, **place)
ax.set(title="blue: right, orange: wrong")
ax.set_axis_off()

# %%
# The network has to know more than the labels, or its maps only restate them. *Left* is
# the share of what varies within a region that the labels' scores do not explain.
features = network["features"].transform(patches)
scores = network["features"].decision_function(patches)
print(feature_report(features, scores, truth))
plt.show()
