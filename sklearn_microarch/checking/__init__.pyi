from ._check_slice import check_slice as check_slice
from ._slice_check import SliceCheck as SliceCheck
from .doubts._doubts import Doubt as Doubt
from .doubts._doubts import Doubts as Doubts
from .doubts._find_doubts import find_doubts as find_doubts
