"""
Does the annotation fit its slice?
==================================

A network learns whatever regions it is given, also where they lie beside their tissue.
So look at the annotation before anything is trained.
"""

# %%
# A synthetic thalamocortical section stands in for a slice of your own, which
# ``read_image`` and ``read_rois`` would read.
import matplotlib.pyplot as plt
import numpy as np

from sklearn_microarch import check_slice
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.plotting import SliceCheckDisplay

phantom = make_thalamocortical_phantom(
    shape=(350, 1400), six_class=True, random_state=3
)
image, rois, names = phantom.images[0], phantom.rois[0], phantom.roi_names

# %%
# The report has a verdict, a line for each region, and what to look at. The column
# *apart* counts patches that share no pixel: what a region is really worth.
check = check_slice(image, rois, names)
print(check)
SliceCheckDisplay(check).plot()

# %%
# The same annotation, mirrored by mistake. The check says so, and shows where the
# regions would fit.
mirrored = check_slice(image, np.ascontiguousarray(rois[:, ::-1]), names)
print(mirrored.verdict)
SliceCheckDisplay(mirrored).plot()
plt.show()
