from ._border_distance import border_distance as border_distance
from ._border_distance import border_distance_at as border_distance_at
from ._count_independent import count_independent as count_independent
from ._shares_pixels import shares_pixels as shares_pixels
from ._spatial_blocks import SliceBlocks as SliceBlocks
from ._spatial_blocks import spatial_blocks as spatial_blocks
from ._spatial_strips import spatial_strips as spatial_strips
from ._strip_holdout import strip_holdout as strip_holdout
