"""Where pixels lie in the world that a viewer shows."""

from dataclasses import dataclass
from typing import Any

import numpy as np

# Units as napari calls them, in micrometres.
_IN_UM = {"nanometer": 1e-3, "micrometer": 1.0, "millimeter": 1e3, "meter": 1e6}
_SAME = 1e-6


@dataclass(frozen=True)
class LayerPlacement:
    """World units of a pixel, and where the centre of the first pixel lies in them."""

    scale: float = 1.0
    origin: tuple[float, float] = (0.0, 0.0)
    unit: str = "pixel"

    @classmethod
    def of_pixel_size(cls, pixel_size_um: float | None) -> "LayerPlacement":
        """Place a slice at the origin: in micrometres, or in pixels where unknown."""
        return cls() if pixel_size_um is None else cls(pixel_size_um, unit="micrometer")

    @classmethod
    def of_layer(cls, layer: Any) -> "LayerPlacement":  # noqa: ANN401 - an Image or Labels
        """Return where a layer lies; ValueError where its pixels are not upright."""
        name = layer.name
        if layer.ndim != 2:
            raise ValueError(
                f"layer {name!r} has {layer.ndim} axes; one slice has two. Take one "
                "plane of the stack out of it first."
            )
        row, col = (float(part) for part in layer.scale)
        if row <= 0 or not np.isclose(row, col, rtol=1e-3):
            raise ValueError(
                f"layer {name!r} has the scale {row:g}, {col:g}; pixels must be square "
                "and not mirrored."
            )
        _check_upright(layer)
        units = [str(unit) for unit in getattr(layer, "units", ("pixel", "pixel"))]
        first, second = (float(part) for part in layer.translate)
        return cls(row, (first, second), units[0])

    @property
    def pixel_size_um(self) -> float | None:
        """Edge of a pixel; None where the scale is 1 and says nothing of length."""
        if self.unit in _IN_UM:
            return self.scale * _IN_UM[self.unit]
        # Most programs set the scale in micrometres and no unit.
        return None if self.scale == 1 else self.scale

    def cells(
        self, size: float = 1.0, offset: tuple[float, float] = (0.0, 0.0)
    ) -> dict[str, tuple]:
        """Return scale, translate and units of cells, placed in pixels of the slice."""
        row, col = (
            first + self.scale * at
            for first, at in zip(self.origin, offset, strict=True)
        )
        edge = self.scale * size
        return {
            "scale": (edge, edge),
            "translate": (row, col),
            "units": (self.unit, self.unit),
        }


def _check_upright(layer: Any) -> None:  # noqa: ANN401
    """Raise where a layer is rotated, sheared or transformed otherwise."""
    rotated = not np.allclose(layer.rotate, np.eye(2), atol=_SAME)
    sheared = not np.allclose(layer.shear, 0, atol=_SAME)
    moved = not np.allclose(np.asarray(layer.affine), np.eye(3), atol=_SAME)
    if rotated or sheared or moved:
        raise ValueError(
            f"layer {layer.name!r} is rotated, sheared or has an affine "
            "transformation; maps would not lie on it. Open the picture as it is, "
            "without a transformation."
        )
