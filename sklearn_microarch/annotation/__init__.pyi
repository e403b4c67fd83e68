from ._read_rois import read_rois as read_rois
from ._roi_map import RoiMap as RoiMap
