from ._patch_sampler import PatchSampler as PatchSampler
from ._patches import Patches as Patches
