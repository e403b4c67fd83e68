"""The main job, end to end: train on an annotated slice, map a new one."""

from sklearn_microarch.demo._new_slice import map_new_slice
from sklearn_microarch.demo._run import run_demo

__all__ = ["map_new_slice", "run_demo"]
