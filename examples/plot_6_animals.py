"""
Two animals, one model, one table
=================================

A factor means the same in two animals only if one model made it. Train on slices of all
animals, and draw their maps on one scale.
"""

# %%
# Two synthetic animals that differ from birth. The second has 40 % fewer cells in VP.
import matplotlib.pyplot as plt

from sklearn_microarch import (
    PatchSampler,
    make_microarch_pipeline,
    map_slice,
    regional_summary,
)
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.plotting import FactorMapDisplay

animals = [
    make_thalamocortical_phantom(
        shape=(256, 1024),
        six_class=True,
        difficulty="easy",
        cells=cells,
        random_state=seed,
    )
    for seed, cells in [(1, {}), (2, {"VP": 0.6})]
]
slices = [
    animal.images[0].replace(specimen=f"mouse {number}")
    for number, animal in enumerate(animals, start=1)
]
annotations = [animal.rois[0] for animal in animals]
names = animals[0].roi_names

# %%
# One model for both: patches are drawn evenly from the animals.
sampler = PatchSampler(patch_size=40, n_patches_per_roi=300, random_state=0)
patches, labels = sampler.sample(slices, annotations, names)
pipe = make_microarch_pipeline(sampler=sampler, n_components=8, random_state=0)
pipe.set_params(features__max_epochs=6).fit(patches, labels)
maps = [map_slice(pipe, one, stride=8, check_drift=False) for one in slices]

# %%
# One limit for a factor on all slices: what looks stronger is stronger.
FactorMapDisplay.from_maps(maps, factors=[0, 1]).plot()

# %%
# The table has a row for each animal, region, and factor or cluster. With several
# animals in each of two groups, ``compare_groups`` takes it from here.
table = regional_summary(maps, annotations, names)
factors = table[table["kind"] == "factor"]
print(factors[["specimen", "region", "area_mm2", "name", "loading"]].round(2).head(12))

# %%
# Each factor in the region it was matched to, by animal.
own = factors[factors["name"].str.partition("_")[2] == factors["region"]]
means = own.pivot_table(index="region", columns="specimen", values="loading")
ax = means.plot.bar(figsize=(7, 3.5), rot=0, ylabel="mean loading")
ax.figure.set_layout_engine("constrained")
plt.show()
