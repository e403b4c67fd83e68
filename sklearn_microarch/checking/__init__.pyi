from ._check_slice import check_slice as check_slice
from ._slice_check import SliceCheck as SliceCheck
