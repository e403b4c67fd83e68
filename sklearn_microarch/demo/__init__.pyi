from ._new_slice import map_new_slice as map_new_slice
from ._run import run_demo as run_demo
