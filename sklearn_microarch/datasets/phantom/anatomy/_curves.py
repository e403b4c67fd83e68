"""The borders of the phantom's anatomy: curves through a few control points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

__all__ = ["ASPECT", "CURVES", "Curve"]

#: Width over height of the frame in which the anatomy is drawn.
ASPECT = 4.09

# Control points are given in an atlas frame of this many units per slab height.
_ATLAS_HEIGHT = 383.0
_TABLE_SIZE = 2**14


@dataclass(frozen=True, eq=False)
class Curve:
    """A smooth function of one coordinate, tabulated for fast look-up.

    All in slab heights; constant beyond ``start`` and ``stop``.
    """

    start: float
    stop: float
    table: NDArray[np.float32]

    @classmethod
    def through(cls, *points: tuple[float, float]) -> "Curve":
        """Interpolate control points, given in atlas units, without overshoot."""
        at, value = np.array(points, dtype=np.float64).T / _ATLAS_HEIGHT
        grid = np.linspace(at[0], at[-1], _TABLE_SIZE)
        table = PchipInterpolator(at, value)(grid).astype(np.float32)
        return cls(float(at[0]), float(at[-1]), table)

    def __call__(self, at: NDArray) -> NDArray[np.float32]:
        """Look the curve up, at coordinates in slab heights."""
        return self.table[self._index(at)]

    def slope(self, at: NDArray) -> NDArray[np.float32]:
        """Look the curve's derivative up, at coordinates in slab heights."""
        spacing = (self.stop - self.start) / (_TABLE_SIZE - 1)
        return np.gradient(self.table, spacing).astype(np.float32)[self._index(at)]

    def _index(self, at: NDArray) -> NDArray[np.int32]:
        scale = (_TABLE_SIZE - 1) / (self.stop - self.start)
        index = (at - np.asarray(self.start, at.dtype)) * np.asarray(scale, at.dtype)
        return np.clip(index, 0, _TABLE_SIZE - 1).astype(np.int32)


# Functions of x (columns) carry "_y" in what they return: top, bottom, tract,
# capsule, reticular. Functions of y (rows) return an x: all the others.
CURVES = {
    "top": Curve.through(
        (5, 212),
        (40, 190),
        (75, 180),
        (120, 135),
        (165, 92),
        (215, 60),
        (290, 62),
        (360, 78),
        (400, 88),
        (520, 95),
        (700, 97),
        (800, 88),
        (880, 76),
        (1000, 57),
        (1130, 47),
        (1250, 42),
        (1400, 31),
        (1500, 24),
        (1566, 22),
    ),
    "bottom": Curve.through(
        (5, 214),
        (20, 238),
        (50, 272),
        (90, 325),
        (200, 326),
        (350, 330),
        (480, 341),
        (600, 353),
        (700, 358),
        (800, 358),
        (890, 358),
        (925, 346),
        (945, 332),
        (965, 333),
        (985, 350),
        (1010, 358),
        (1150, 347),
        (1270, 350),
        (1400, 356),
        (1566, 361),
    ),
    "right": Curve.through(
        (0, 1496),
        (22, 1498),
        (60, 1514),
        (110, 1532),
        (140, 1542),
        (220, 1545),
        (290, 1536),
        (362, 1524),
        (383, 1522),
    ),
    "callosum_left": Curve.through(
        (0, 1128),
        (97, 1137),
        (230, 1149),
        (318, 1135),
        (383, 1126),
    ),
    "callosum_right": Curve.through(
        (0, 1146),
        (97, 1157),
        (200, 1174),
        (318, 1168),
        (383, 1160),
    ),
    "striatum": Curve.through(
        (0, 700),
        (60, 720),
        (93, 770),
        (145, 850),
        (187, 905),
        (194, 945),
        (212, 972),
        (240, 976),
        (270, 1000),
        (310, 1010),
        (383, 1016),
    ),
    "capsule": Curve.through(
        (0, 90),
        (200, 120),
        (300, 138),
        (325, 148),
        (355, 158),
        (405, 152),
        (420, 147),
        (470, 133),
        (540, 124),
        (700, 124),
        (800, 145),
        (850, 170),
        (900, 205),
        (932, 245),
        (945, 290),
        (952, 345),
        (960, 400),
        (1566, 500),
    ),
    "reticular": Curve.through(
        (405, 152),
        (520, 150),
        (640, 141),
        (740, 160),
        (800, 182),
        (870, 232),
        (912, 288),
        (926, 330),
        (940, 400),
    ),
    "incerta": Curve.through(
        (0, 760),
        (130, 690),
        (145, 650),
        (185, 580),
        (250, 530),
        (290, 480),
        (318, 415),
        (345, 380),
        (383, 350),
    ),
    "hypothalamus": Curve.through(
        (0, 420),
        (60, 394),
        (93, 370),
        (148, 325),
        (240, 262),
        (330, 235),
        (383, 225),
    ),
    "lateral": Curve.through(
        (0, 225),
        (80, 205),
        (200, 160),
        (326, 122),
        (383, 110),
    ),
    "tract": Curve.through(
        (5, 232),
        (40, 228),
        (75, 216),
        (120, 186),
        (165, 142),
        (215, 108),
        (290, 86),
        (345, 60),
        (400, 0),
    ),
}
