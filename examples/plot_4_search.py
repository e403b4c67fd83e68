"""
Search over k and lambda without leaks
======================================

The number of factors and the price of leakage are chosen by cross-validation.
Neighbouring patches share their pixels, so the folds must be apart in space.
"""

# %%
import tempfile

import pandas as pd
from sklearn.model_selection import GridSearchCV

from sklearn_microarch import (
    PatchSampler,
    SpatialBlockKFold,
    factor_localization_scorer,
    make_microarch_pipeline,
)
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.model_selection import search_table

phantom = make_thalamocortical_phantom(
    shape=(350, 1400), six_class=True, random_state=0
)
sampler = PatchSampler(patch_size=32, n_patches_per_roi=150, random_state=0)
patches, labels = sampler.sample(phantom.images[0], phantom.rois[0], phantom.roi_names)

# %%
# Each fold tests on one strip of every region. Patches that share a pixel with a test
# patch are left out of training; the splitter says how many rows that leaves.
cv = SpatialBlockKFold(3)
for report in cv.report(patches, labels)[:6]:
    print(f"{report.region:<13} trained on {report.kept_share:.0%} of the other rows")

# %%
# With ``memory``, the network is trained once per fold, and once more for the refit;
# the held-out rows pass it once per fold.
cache = tempfile.TemporaryDirectory()
pipe = make_microarch_pipeline(sampler=sampler, memory=cache.name, random_state=0)
pipe.set_params(features__max_epochs=3)
search = GridSearchCV(
    pipe,
    {"nmf__n_components": [8, 12], "select__lam": [0.3, 1.0]},
    cv=cv,
    scoring=factor_localization_scorer,
    error_score="raise",
)
search.fit(patches, labels)
print(pd.DataFrame(search_table(search, per_fold=False)).round(3))
cache.cleanup()

# %%
# The score says how well the factors mark the annotated regions on held-out rows,
# corrected for chance. It says nothing of what they show inside a region.
selector = search.best_estimator_["select"]
print(
    dict(zip(selector.get_support(indices=True), selector.matched_rois_, strict=True))
)
